"""Code lists of the front door and the casework."""

from django.db.models import TextChoices


class ReferralState(TextChoices):
    """Where a referral is, as its sender sees it. Routed referrals go on in their routes."""

    RECEIVED = "received", "Received"
    IN_TRIAGE = "in_triage", "Being looked at"
    ROUTED = "routed", "Routed to a service"
    RETURNED = "returned", "Returned with a question"
    DECLINED = "declined", "Declined"
    NO_FURTHER_ACTION = "no_further_action", "No further action"


class RouteState(TextChoices):
    """Where a referral is with the service it was routed to. Only a named person makes it safe."""

    ROUTED = "routed", "Waiting to be opened"
    OPENED = "opened", "Opened"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    DECLINED = "declined", "Declined"


class Priority(TextChoices):
    HIGH = "high", "High: somebody may be in danger now"
    STANDARD = "standard", "Standard"


class Answer(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    DONT_KNOW = "dont_know", "Don’t know"


class AnswerSource(TextChoices):
    VICTIM = "victim", "The victim-survivor"
    PROFESSIONAL = "professional", "A professional"
    RECORDS = "records", "Records"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or a friend"


class RiskTool(TextChoices):
    """Risk assessment tools. Their topics, with labels of our own: data/<tool>_topics.csv."""

    DASH = "dash", "Dash"


class Aware(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_SAFE_TO_ASK = "not_safe_to_ask", "It was not safe to ask"


class Consent(TextChoices):
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    NOT_ASKED = "not_asked", "Not asked"
    NOT_SAFE_TO_ASK = "not_safe_to_ask", "It was not safe to ask"
