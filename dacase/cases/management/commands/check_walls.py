from django.core.management.base import BaseCommand, CommandError

from dacase.walls.check import faults


class Command(BaseCommand):
    help = "Check that every wall stands in the database, and that no copy has drifted from its grants."

    def handle(self, *args: object, **options: object) -> None:
        found = faults()
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Every wall stands.")
