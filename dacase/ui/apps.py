from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "dacase.ui"

    def ready(self) -> None:
        from dacase.ui import checks  # noqa: F401 - registers the checks with Django
