from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "dacase.agencies"
    default_auto_field = "django.db.models.BigAutoField"
