"""Code lists of the case and the walls round it."""

from django.db.models import TextChoices


class PartyRole(TextChoices):
    """What somebody is in a case. A connected person is a relative, friend or carer who does no harm there."""

    VICTIM = "victim", "Victim-survivor"
    PERPETRATOR = "perpetrator", "Perpetrator"
    CHILD = "child", "Child"
    CONNECTED = "connected", "Connected person"


# Whom services support, and who says what they consent to. The order is that of pages.
SUPPORTED = (PartyRole.VICTIM, PartyRole.CHILD)


class Sex(TextChoices):
    """Sex with the three ways of having no answer kept apart (GSS harmonised list)."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    PREFER_NOT_TO_SAY = "prefer_not_to_say", "Prefer not to say"
    NOT_KNOWN = "not_known", "Not known"
    NOT_ASKED = "not_asked", "Not asked"


class LocationKind(TextChoices):
    ADDRESS = "address", "Address"
    PHONE = "phone", "Phone"
    EMAIL = "email", "Email"
    SCHOOL = "school", "School or nursery"
    GP = "gp", "GP practice"


class Scope(TextChoices):
    """How much of a case a grant opens. The value is also the codename of the guardian permission."""

    CASE = "view_case", "The whole file"
    SUMMARY = "view_case_summary", "That the case is open, and with whom"


class Purpose(TextChoices):
    REFERRAL = "referral", "To take in and route a referral"
    SUPPORT = "support", "To support the victim-survivor or the children"
    SAFEGUARDING = "safeguarding", "To safeguard a child or an adult at risk"
    MARAC = "marac", "To prepare and hold a MARAC hearing"
    ACCOMMODATION = "accommodation", "To find or provide safe accommodation"


class LawfulBasis(TextChoices):
    """UK GDPR Article 6 bases that partnerships use; Article 9 conditions follow in the agreement."""

    PUBLIC_TASK = "public_task", "Public task (Article 6(1)(e))"
    LEGAL_OBLIGATION = "legal_obligation", "Legal obligation (Article 6(1)(c))"
    VITAL_INTERESTS = "vital_interests", "Vital interests (Article 6(1)(d))"
    LEGITIMATE_INTERESTS = "legitimate_interests", "Legitimate interests (Article 6(1)(f))"
    CONSENT = "consent", "Consent (Article 6(1)(a))"


class ReadPurpose(TextChoices):
    """Why somebody looks at a location."""

    CONTACT = "contact", "To make contact"
    SAFETY = "safety", "To plan for safety"
    REFERRAL = "referral", "To make or answer a referral"
    CORRECTION = "correction", "To check or correct it"


class ContactMethod(TextChoices):
    """Ways to make contact. What a safe-contact plan must say for each: data/contact_methods.csv."""

    PHONE = "phone", "Phone call"
    TEXT = "text", "Text message"
    EMAIL = "email", "Email"
    LETTER = "letter", "Letter"
    VIDEO = "video", "Video call"
    VISIT = "visit", "Visit or meeting"
    THIRD_PARTY = "third_party", "Through somebody else"


class Band(TextChoices):
    """Risk bands. No band says that somebody is safe."""

    STANDARD = "standard", "Standard"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class ClosingReason(TextChoices):
    """Why a case is closed. Kept as a code in the event, so that no sentence about a person enters a log."""

    ENDED = "ended", "Support has ended as planned"
    NOT_WANTED = "not_wanted", "The victim-survivor does not want support now"
    NO_CONTACT = "no_contact", "No contact could be made"
    MOVED = "moved", "Another area has taken over"
    DUPLICATE = "duplicate", "It is the same as another case"
    MISTAKE = "mistake", "It was opened by mistake"


class ReopeningReason(TextChoices):
    """Why a closed case is opened again."""

    NEW_REFERRAL = "new_referral", "There is a new referral"
    NEW_RISK = "new_risk", "Something has happened or the risk has changed"
    ASKED = "asked", "The victim-survivor has asked for support again"
    MISTAKE = "mistake", "It was closed by mistake"


class MergeReason(TextChoices):
    """Why two records are taken for one person. A code, so that no sentence about a person enters a log."""

    SAME_DETAILS = "same_details", "The details leave no doubt"
    PERSON_SAID = "confirmed_by_person", "The person confirmed it"
    AGENCY_SAID = "confirmed_by_agency", "Another agency confirmed it"
    TWICE = "recorded_twice", "One referral was recorded twice"
