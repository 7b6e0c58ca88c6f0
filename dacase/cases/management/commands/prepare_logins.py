import os

from django.core.management.base import BaseCommand, CommandError

from dacase.walls.logins import prepare_logins


class Command(BaseCommand):
    help = "Make the three database logins and the database. Needs DATABASE_ADMIN_URL, or DATABASE_URL outside production."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        url = os.environ.get("DATABASE_ADMIN_URL")
        if not url and os.environ.get("DACASE_ENV") != "production":
            url = os.environ.get("DATABASE_URL")
        if not url:
            raise CommandError(
                "Set DATABASE_ADMIN_URL to the URL of a role that may create roles and databases."
            )
        prepare_logins(url)
        self.stdout.write("Logins ready.")
