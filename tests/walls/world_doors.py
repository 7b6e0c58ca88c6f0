"""What came by the other doors: letters, an outside sender, files of two agencies."""

from typing import TYPE_CHECKING

from dacase.walls.context import acting_as
from referrals.models import OutsideSender, PublicReferral, Referral, Upload, UploadRow

if TYPE_CHECKING:
    from tests.walls.world import World


def knock(world: "World") -> None:
    """A letter that waits and one that was refused; who sent a referral; a file's rows."""
    cast = world.cast
    door = cast.front_door_worker.agency
    with acting_as(None):
        PublicReferral.objects.bulk_create(
            [PublicReferral(receiver=door, door="self", body={"what_happened": "Invented"}) for _ in range(2)]
        )
    with acting_as(cast.front_door_worker):
        for referral in Referral.objects.filter(receiver_agency=door):
            OutsideSender.objects.create(
                referral=referral,
                name="Invented",
                job="Nurse",
                organisation="Invented",
                typed_phone="07700 900001",
            )
    # As the owner: the application cannot send one to an agency that is no front door.
    PublicReferral.objects.using("owner").create(receiver=cast.outsider.agency, door="self")
    with acting_as(cast.outsider):
        for referral in Referral.objects.filter(receiver_agency=cast.outsider.agency):
            OutsideSender.objects.create(
                referral=referral,
                name="Invented",
                job="Nurse",
                organisation="Elsewhere",
                typed_phone="07700 900001",
            )
    for member in (cast.police_officer, cast.outsider):
        with acting_as(member):
            upload = Upload.objects.create(agency=member.agency, uploaded_by=member)
            UploadRow.objects.create(upload=upload, number=2, values={"family_name": "Invented"})
