"""Code lists of safe accommodation."""

from django.db.models import TextChoices


class ServiceKind(TextChoices):
    """Types of safe accommodation (Part 4 return)."""

    REFUGE = "refuge", "Refuge"
    SPECIALIST = "specialist", "Specialist safe accommodation"
    DISPERSED = "dispersed", "Dispersed accommodation"
    SANCTUARY = "sanctuary", "Sanctuary scheme"
    SECOND_STAGE = "second_stage", "Second-stage accommodation"


class PlacementState(TextChoices):
    PLACED = "placed", "In place"
    ENDED = "ended", "Ended"
    CANCELLED = "cancelled", "Cancelled before arrival"


class DecidedBy(TextChoices):
    """Who decided that a household was not placed; the cause follows."""

    SERVICE = "service", "The refuge service"
    SURVIVOR = "survivor", "The victim-survivor"
    REFERRER = "referrer", "The referrer"


class TurnAwayCause(TextChoices):
    NO_CAPACITY = "no_capacity", "No unit was free"
    HOUSEHOLD_TOO_LARGE = "household_too_large", "The household was too large"
    SUPPORT_NEED = "support_need", "A support need could not be met"
    ACCESS_NEED = "access_need", "An access need could not be met"
    NO_RECOURSE = "no_recourse", "No recourse to public funds, and no other funding"
    OLDER_SON = "older_son", "A son was older than the service can take"
    UNSAFE_AREA = "unsafe_area", "The area was not safe for the household"
    TOO_FAR = "too_far", "Too far away"
    CHANGED_MIND = "changed_mind", "Decided on something else"
    NO_CONTACT = "no_contact", "Contact was lost"
    OTHER = "other", "Another cause"


class LeavingReason(TextChoices):
    PLANNED = "planned", "Planned move"
    OTHER_REFUGE = "other_refuge", "Moved to another refuge"
    RETURNED_HOME = "returned_home", "Returned home"
    LEFT = "left", "Left without telling us"
    OTHER = "other", "Another reason"
