"""Files of referrals that an agency has uploaded and not sent in full yet."""

from uuid import UUID

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from referrals.models import Upload, UploadRow


def uploads(membership: Membership) -> QuerySet[Upload]:
    """The files that this user has uploaded: a colleague's words are shown to nobody before they are sent."""
    return Upload.objects.visible_to(membership).filter(uploaded_by__user_id=membership.user_id)


def rows_of(upload: Upload) -> list[UploadRow]:
    """The rows that are left, in the order of the file."""
    return list(upload.rows.order_by("number"))


def row_values(row_id: UUID, membership: Membership) -> dict[str, str] | None:
    """The values of a row that is left, by column. None where it has been sent."""
    own = UploadRow.objects.filter(upload__in=uploads(membership), pk=row_id)
    return own.values_list("values", flat=True).first()
