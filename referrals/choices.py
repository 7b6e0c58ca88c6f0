"""Code lists of the front door."""

from django.db.models import TextChoices


class ReferralState(TextChoices):
    """Where a referral is, as its sender sees it. Routed referrals go on in their routes."""

    RECEIVED = "received", "Received"
    IN_TRIAGE = "in_triage", "Being looked at"
    ROUTED = "routed", "Routed to a service"
    # Undecided: the front door still sees it, and its clock runs.
    RETURNED = "returned", "Returned with a question"
    DECLINED = "declined", "Declined"
    NO_FURTHER_ACTION = "no_further_action", "No further action"


class ReferralDoor(TextChoices):
    """How a referral arrived. All doors end in services/referral.py."""

    AGENCY = "agency", "A member of the partnership"
    PROFESSIONAL = "professional", "The page for other professionals"
    SELF = "self", "The page for anybody who wants help"
    CSV = "csv", "A file"
    API = "api", "Another system"


# Who sends by these has no account: nobody there reads an answer.
PUBLIC_DOORS = (ReferralDoor.PROFESSIONAL, ReferralDoor.SELF)


class ReferralSource(TextChoices):
    """Who a referral is counted as coming from: the kinds of agency (agencies.choices.AgencyKind), and herself."""

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
    SELF = "self", "The victim-survivor herself or himself"


class CallBack(TextChoices):
    """What calling an outside sender back on the organisation’s own published number has shown."""

    CONFIRMED = "confirmed", "The organisation knows the sender, who confirmed the referral"
    NOT_KNOWN = "not_known", "The organisation does not know the sender"
    NOT_REACHED = "not_reached", "Nobody could be reached yet"
    IN_DANGER = "in_danger", "Not confirmed, and acted on because somebody may be in danger now"


class Told(TextChoices):
    """What came of telling an outside sender, who reads nothing here, what was decided."""

    SPOKE = "spoke", "I spoke with the sender, who knows what was decided"
    LEFT_WORD = "left_word", "I left word to call us, and try again"
    GAVE_UP = "gave_up", "Not reached after several tries, and we do not try again"


class RouteState(TextChoices):
    """Where a referral is with the service it was routed to. Only a named person makes it safe."""

    ROUTED = "routed", "Waiting to be opened"
    OPENED = "opened", "Opened"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    DECLINED = "declined", "Declined"


SENT_BACK = [RouteState.RETURNED, RouteState.DECLINED]


class Priority(TextChoices):
    """How fast somebody must decide: data/clocks.csv."""

    IMMEDIATE = "immediate", "Immediate: a life is at risk, or a child must be protected today"
    HIGH = "high", "High: somebody may be in danger now"
    MEDIUM = "medium", "Medium: harm is likely if nothing changes"
    STANDARD = "standard", "Standard"


class QuestionCode(TextChoices):
    """What the front door asks a sender. The words: data/decision_reasons.csv, decision `return`."""

    SAFE_CONTACT = "safe_contact", "A safe way to make contact"
    IDENTITY = "identity", "Who somebody is"
    WHAT_HAPPENED = "what_happened", "What happened"
    CONSENT = "consent", "Awareness and consent"
    OTHER = "other", "Something else"


class EscalatedTo(TextChoices):
    """Whom an escalation tells: data/escalations.csv."""

    SECOND_PERSON = "second_person", "A second person where the referral waits"
    EVERYBODY = "everybody", "Everybody who answers for it, and the front door"


class Aware(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_SAFE_TO_ASK = "not_safe_to_ask", "It was not safe to ask"


class Consent(TextChoices):
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    NOT_ASKED = "not_asked", "Not asked"
    NOT_SAFE_TO_ASK = "not_safe_to_ask", "It was not safe to ask"
