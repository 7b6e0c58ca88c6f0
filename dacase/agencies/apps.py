from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "dacase.agencies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dacase import checks  # noqa: F401 - registers the system checks of production
        from dacase.agencies import sign_in_signals

        sign_in_signals.connect()
