from django.apps import AppConfig


class RefugeConfig(AppConfig):
    name = "refuge"
    default_auto_field = "django.db.models.BigAutoField"
