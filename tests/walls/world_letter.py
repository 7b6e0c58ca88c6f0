"""Letters, notes and wordings of the world: each agency's own, one letter and one note of them shared."""

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.casework.models import Letter, Note, ToolWording

WRITERS = {"advocacy": "idva", "front_door": "front_door_worker", "outsider": "outsider"}


def write(world) -> None:
    """For each case a letter that is shared and one that is not; wording that the agency loaded."""
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
        with acting_as(writer):
            ToolWording.objects.create(
                tool="dara", tool_version="18 topics, 1", licence="Invented", sha256="0" * 64,
                agency=writer.agency, loaded_by=writer,
            )  # fmt: skip
