"""Code lists of who works here."""

from django.db.models import TextChoices


class AgencyKind(TextChoices):
    """Kinds of agency in a partnership; also the source of a referral in a return."""

    POLICE = "police", "Police"
    SPECIALIST = "specialist", "Specialist domestic abuse service"
    CHILDRENS = "childrens", "Children’s social care"
    ADULTS = "adults", "Adults’ social care"
    HOUSING = "housing", "Housing"
    PRIMARY_CARE = "primary_care", "Primary care"
    ACUTE = "acute", "Acute hospital"
    MENTAL_HEALTH = "mental_health", "Mental health"
    SUBSTANCE = "substance", "Substance misuse"
    PROBATION = "probation", "Probation"
    EDUCATION = "education", "Education"
    FIRE = "fire", "Fire and rescue"
    COMMISSIONER = "commissioner", "Commissioner"
    OTHER = "other", "Other"


class Service(TextChoices):
    """What an agency does in the partnership beyond referring."""

    FRONT_DOOR = "front_door", "Front door (takes in and routes referrals)"
    ADVOCACY = "advocacy", "Advocacy and support (IDVA)"
    REFUGE = "refuge", "Refuge"
    SANCTUARY = "sanctuary", "Sanctuary scheme"
    MARAC = "marac", "MARAC coordination"


class Role(TextChoices):
    """Roles of a membership. What each may do: roles.csv beside this file."""

    REFERRER = "referrer", "Referrer"
    FRONT_DOOR = "front_door", "Front door worker"
    IDVA = "idva", "IDVA"
    IDVA_MANAGER = "idva_manager", "IDVA manager"
    SOCIAL_WORKER = "social_worker", "Social worker"
    MARAC_COORDINATOR = "marac_coordinator", "MARAC coordinator"
    MARAC_CHAIR = "marac_chair", "MARAC chair"
    MARAC_REPRESENTATIVE = "marac_representative", "MARAC representative"
    REFUGE_WORKER = "refuge_worker", "Refuge worker"
    PROGRAMME_WORKER = "programme_worker", "Programme worker"
    COMMISSIONER = "commissioner", "Commissioner"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Agency administrator"
    # Nobody works as it: what comes by the public pages is taken in under it. It cannot sign in.
    PUBLIC_DOOR = "public_door", "Public page"


class WorkState(TextChoices):
    """Where somebody's work for an agency stands today."""

    CURRENT = "current", "Works here now"
    ENDING = "ending", "Has a last day"
    LATER = "later", "Starts later"
    ENDED = "ended", "Has ended"
