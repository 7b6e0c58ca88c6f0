"""Letters and notes of the world: each agency's own, one of them shared."""

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.casework.models import Letter, Note

WRITERS = {"advocacy": "idva", "front_door": "front_door_worker", "outsider": "outsider"}


def write(world) -> None:
    """For each case a letter that is shared and one that is not."""
    for key, writer_key in WRITERS.items():
        writer, case = getattr(world.cast, writer_key), world.cases[key]
        with acting_as(writer):
            for shared_at in (timezone.now(), None):
                Letter.objects.create(
                    case=case, agency=writer.agency, template="please_look", way="email",
                    colleague=world.cast.housing_representative, written_by=writer, shared_at=shared_at,
                )  # fmt: skip
                Note.objects.create(
                    case=case, agency=writer.agency, kind="other", text="Invented", author=writer,
                    shared_at=shared_at,
                )  # fmt: skip
