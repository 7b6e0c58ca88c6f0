from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "referrals.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from referrals.casework import checks  # noqa: F401 - registers the check with Django
