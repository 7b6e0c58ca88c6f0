import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacase.settings")

application = get_wsgi_application()

from dacase.checks import refuse_unsafe  # noqa: E402 - needs the settings that were just read

refuse_unsafe()
