from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from dacase.cases.services.rekey import rekey_locations
from dacase.walls.install import install


class Command(BaseCommand):
    help = "Bring the database up to this version: logins (outside production), tables, walls. Safe to run again."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        if not settings.PRODUCTION:
            call_command("prepare_logins", stdout=self.stdout)
        with connections["owner"].cursor() as cursor:
            # Both are trusted extensions: the database's owner may make them.
            cursor.execute(
                "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gist"
            )
        call_command("migrate", database="owner", verbosity=options["verbosity"], stdout=self.stdout)
        self.stdout.write("Walls installed." if install() else "Walls unchanged.")
        if changed := rekey_locations():
            self.stdout.write(
                f"The context key is new: {changed} locations are compared with it from now on."
            )
        for fault in run_checks(tags=[Tags.database], databases=["owner"]):
            # Said, and not refused: what a room can no longer explain is still to be read.
            self.stderr.write(str(fault))
