"""The first agency of an installation, or another one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dacase.agencies.choices import AgencyKind, Service
from dacase.agencies.services.agency import open_agency
from dacase.agencies.templatetags.mail_links import password_reset_link


class Command(BaseCommand):
    help = "Make an agency and its administrator, and print a link that lets her choose her password. Asks what is missing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--name", help="of the agency")
        parser.add_argument("--kind", choices=AgencyKind.values)
        parser.add_argument("--services", help=f"with spaces between; any of: {' '.join(Service.values)}")
        parser.add_argument("--administrator", help="her name")
        parser.add_argument("--email", help="her e-mail address, which she signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        def asked(name: str, question: str) -> str:
            return options[name] if options[name] is not None else input(f"{question}: ").strip()

        try:
            membership = open_agency(
                name=asked("name", "Name of the agency"),
                kind=asked("kind", f"Its kind ({', '.join(AgencyKind.values)})"),
                services=asked(
                    "services", f"Its services, with spaces between ({', '.join(Service.values)})"
                ).split(),
                administrator_name=asked("administrator", "Name of its administrator"),
                administrator_email=asked("email", "Her e-mail address"),
            )
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from None
        self.stdout.write(
            f"{membership.agency} is made. Give this link to {membership.user} and to nobody else; it works once, for one"
            f" hour:\n{password_reset_link(membership.user_id)}"
        )
