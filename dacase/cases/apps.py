from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "dacase.cases"
    default_auto_field = "django.db.models.BigAutoField"
