"""Code lists of the casework."""

from django.db.models import TextChoices


class EpisodeKind(TextChoices):
    """The service that an episode is of."""

    IDVA = "idva", "IDVA"
    HOSPITAL_IDVA = "hospital_idva", "Hospital IDVA"
    OUTREACH = "outreach", "Outreach"
    IRIS = "iris", "IRIS advocate-educator"
    CHILDRENS_WORKER = "childrens_worker", "Children’s worker"
    GROUP_WORK = "group_work", "Group work"
    COUNSELLING = "counselling", "Counselling"
    SOCIAL_CARE = "social_care", "Social care"
    REFUGE_SUPPORT = "refuge_support", "Refuge support"


class Answer(TextChoices):
    """Every answer of any tool. Which tool takes which, and which speak for danger: data/answers.csv."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NEVER = "never", "Never"
    SOMETIMES = "sometimes", "Sometimes"
    OFTEN = "often", "Often"
    ALWAYS = "always", "All the time"
    DONT_KNOW = "dont_know", "Don’t know"
    REFUSED = "refused", "Would rather not say"


class EarlyReason(TextChoices):
    """Why the risk is assessed again before the review is due."""

    CHANGE = "change", "Something has changed for the victim-survivor"
    INCIDENT = "incident", "There was a new incident"
    MOVE = "move", "Somebody has moved or is about to"
    FIRST_HERE = "first_here", "It is the first by our agency, or with this tool"
    OTHER = "other", "Something else"


class AnswerSource(TextChoices):
    VICTIM = "victim", "The victim-survivor"
    PROFESSIONAL = "professional", "A professional"
    RECORDS = "records", "Records"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or a friend"


class RiskTool(TextChoices):
    """Risk assessment tools. Their topics, with labels of our own: data/<tool>_topics.csv."""

    DASH = "dash", "Dash"
    YOUNG_DASH = "young_dash", "Young people’s Dash"
    DASH_2009 = "dash_2009", "DASH 2009"
    DARA = "dara", "DARA"


class EpisodeState(TextChoices):
    """Where an episode stands: worked out from its dates, never stored."""

    NOBODY = "nobody", "Nobody works on it"
    FIRST_CONTACT = "first_contact", "Waiting for first contact"
    IN_SUPPORT = "in_support", "In support"
    SIGN_OFF = "sign_off", "Waiting for sign-off to close"
    CLOSED = "closed", "Closed"


class Direction(TextChoices):
    OUTGOING = "outgoing", "We made contact, or tried to"
    INCOMING = "incoming", "They made contact with us"


class WithWhom(TextChoices):
    PERSON = "person", "The person supported"
    PROFESSIONAL = "professional", "A professional"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or a friend"
    SOMEBODY_ELSE = "somebody_else", "Somebody else"
    NOBODY = "nobody", "Nobody"


class WasSafe(TextChoices):
    """Whether the contact itself went without danger, as far as can be told."""

    YES = "yes", "Yes, as far as we can tell"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class CoverReason(TextChoices):
    LEAVE = "leave", "Leave"
    SICKNESS = "sickness", "Sickness"
    TRAINING = "training", "Training"
    OTHER = "other", "Other"


class EntryKind(TextChoices):
    """What an entry of “My day” is."""

    FIRST_CONTACT = "first_contact", "First contact"
    NEXT_TRY = "next_try", "Try again"
    ASSESS = "assess", "First assessment"
    REVIEW = "review", "Review"
    ROUTE = "route", "Referral"
    CONSENT = "consent", "Consent"
    TASK = "task", "Task"
    SUPERVISION = "supervision", "Supervision"
    HAND_OVER = "hand_over", "Hand-over"
    SIGN_OFF = "sign_off", "Sign-off"
    AGAINST_PLAN = "against_plan", "Contact against the plan"
    NOBODY = "nobody", "Nobody works on it"
    PLAN_ACTION = "plan_action", "Action of a plan"
    PLAN_REVIEW = "plan_review", "Review of a plan"
    CONCESSION = "concession", "Concession"
    ACCESS = "access", "Access that ends"


class LetterWay(TextChoices):
    EMAIL = "email", "Email"
    LETTER = "letter", "Letter on paper"


class LetterState(TextChoices):
    """Where a letter is. To a victim-survivor it goes once at most: in doubt, a person decides."""

    DRAFT = "draft", "Not sent yet"
    QUEUED = "queued", "On its way"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    PRINTED = "printed", "Printed"
    REFUSED = "refused", "Not sent"
    IN_DOUBT = "in_doubt", "Not known whether it was sent"


class NoteKind(TextChoices):
    CONVERSATION = "conversation", "Conversation with the person supported"
    PROFESSIONALS = "professionals", "Conversation with professionals"
    MEETING = "meeting", "Meeting"
    OBSERVATION = "observation", "Something seen or heard"
    DECISION = "decision", "Decision and why"
    OTHER = "other", "Something else"


class Precision(TextChoices):
    """How well the day of an incident is known."""

    EXACT = "exact", "On a day that is known"
    ABOUT = "about", "About a day"
    MONTH = "month", "Only the month is known"


class Known(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class ReportedBy(TextChoices):
    """Who told of an incident."""

    VICTIM = "victim", "The victim-survivor"
    CHILD = "child", "A child"
    FAMILY_OR_FRIEND = "family_or_friend", "Family or a friend"
    NEIGHBOUR = "neighbour", "A neighbour or a passer-by"
    PROFESSIONAL = "professional", "A professional"
    PERPETRATOR = "perpetrator", "The perpetrator"
    SOMEBODY_ELSE = "somebody_else", "Somebody else"
    NOT_KNOWN = "not_known", "Not known"


class Severity(TextChoices):
    """How severe a type of abuse is. None of the first says that all is well; the last two are never merged."""

    NONE = "none", "None"
    STANDARD = "standard", "Standard"
    MODERATE = "moderate", "Moderate"
    HIGH = "high", "High"
    NOT_KNOWN = "not_known", "Not known"
    NOT_ASKED = "not_asked", "Not asked"


class SeverityChange(TextChoices):
    """Since the last record, or over the last months where there is none."""

    WORSE = "worse", "More severe"
    SAME = "same", "About as severe"
    REDUCED = "reduced", "Less severe"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class FrequencyChange(TextChoices):
    """Since the last record, or over the last months where there is none."""

    WORSE = "worse", "More often"
    SAME = "same", "About as often"
    REDUCED = "reduced", "Less often"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class Stage(TextChoices):
    """When in the support a severity grid is recorded."""

    INTAKE = "intake", "Intake"
    REVIEW = "review", "Review"
    EXIT = "exit", "Exit"


class ActionOwner(TextChoices):
    """Who does what a plan says."""

    VICTIM = "victim", "The victim-survivor"
    WORKER = "worker", "A worker of your agency"
    OTHER = "other", "Another agency"


class ActionState(TextChoices):
    """Where an action of a plan stands. What was settled can be put back."""

    TO_DO = "to_do", "To do"
    DONE = "done", "Done"
    NOT_NEEDED = "not_needed", "No longer needed"
    NOT_POSSIBLE = "not_possible", "Not possible"


class ConsentAnswer(TextChoices):
    """What was answered when consent was asked for, or why nobody asked."""

    GIVEN = "given", "Asked and given"
    REFUSED = "refused", "Asked and refused"
    NOT_SAFE = "not_safe", "Not safe to ask"
    NOT_ASKED = "not_asked", "Not asked"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ConsentWay(TextChoices):
    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "By phone"
    WRITING = "writing", "In writing"


class TaskState(TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Not done"


class ReminderState(TextChoices):
    """Where the e-mail about a task is. One that was being sent when its worker died is not sent again."""

    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    NOT_TAKEN = "not_taken", "Not taken by the mail server"


class SignOffState(TextChoices):
    OPEN = "open", "Waiting for a manager"
    SIGNED_OFF = "signed_off", "Signed off"
    SENT_BACK = "sent_back", "Sent back"
