"""The two pages for people without an account: for somebody who wants help, and for other professionals."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from dacase.agencies.choices import AgencyKind
from dacase.cases.choices import PartyRole
from dacase.cases.rules.names import NOT_GIVEN
from dacase.ui.forms import (
    CheckboxesField,
    EmailField,
    Form,
    LongTextField,
    Look,
    PhoneField,
    SelectField,
    SubmitOnceForm,
    TextField,
    YesNoField,
)
from referrals.choices import Priority, ReferralDoor
from referrals.forms.referral import ReferralForm, ReferralPage
from referrals.selectors.referral import front_doors
from referrals.services.public_referral import put_in_letterbox
from referrals.services.referral import ContactAnswers, NamedPerson, OutsideDetails

HELLO_WAYS = [
    ("safe_to_call", "You may call me"),
    ("safe_to_text", "You may send me a text message"),
    ("safe_to_leave_message", "You may leave me a voice message"),
    ("safe_to_write", "You may email me"),
]
WISHES = [
    ("talk", "Somebody to talk to"),
    ("stay", "Somewhere to stay"),
    ("money", "Money"),
    ("children", "My children"),
    ("rights", "My rights"),
    ("health", "My health"),
    ("other", "Something else"),
]
AGAIN = "We could not be sure that a person sent this. Please press the button again"


class TrapMixin(Form):
    """A box that no person sees and many a program fills in. Whoever did is asked again: nothing is dropped."""

    web_page = TextField(label="Leave this empty", required=False, max_length=2_000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("web_page"):
            self.retype("web_page", "")
            self.add_error(None, AGAIN)
        return data


class HelloForm(TrapMixin, SubmitOnceForm):
    """What somebody who wants help is asked: first how to get in touch, and everything may be left out."""

    phone = PhoneField(label="Phone number", required=False, max_length=30)
    email = EmailField(label="Email address", required=False)
    ways = CheckboxesField(
        label="What is all right for you?",
        choices=HELLO_WAYS,
        required=False,
        help_text="Tick only what nobody else will see or hear. We do nothing that you have not ticked.",
    )
    safe_times = TextField(
        label="When is a good time?",
        required=False,
        max_length=300,
        help_text="For example, weekdays between 10am and 2pm",
    )
    called = TextField(
        label="What name should we ask for?",
        required=False,
        max_length=100,
        help_text="A first name is enough. It need not be your own.",
    )
    code_word = TextField(
        label="A word that we say first, so that you know it is us",
        required=False,
        max_length=60,
        help_text="Choose any word. Whoever calls says it before anything else.",
    )
    who_else_sees = TextField(
        label="Who else might see or hear a message?",
        required=False,
        max_length=300,
    )
    wishes = CheckboxesField(label="What would you like help with?", choices=WISHES, required=False)
    words = LongTextField(
        label="Is there anything you would like to tell us?",
        required=False,
        max_length=4_000,
        rows=6,
        help_text="As much or as little as you like.",
    )
    soon = YesNoField(label="Are you worried that something may happen today or tomorrow?", required=False)
    receiver = SelectField(label="Where do you live?", choices=(), blank="Choose an area")

    field_order = (
        "submission",
        "phone",
        "email",
        "ways",
        "safe_times",
        "called",
        "code_word",
        "who_else_sees",
    )
    sections = [
        (
            "How we may get in touch",
            "You choose. If you leave this out we cannot answer, but we will read what you write.",
            ["phone", "email", "ways", "safe_times", "called", "code_word", "who_else_sees"],
        ),
        ("What you would like", "", ["wishes", "words", "soon", "receiver"]),
    ]
    looks = {
        "phone": Look(width=20),
        "code_word": Look(width=20),
        "called": Look(width=20),
        "ways": Look(small=True),
        "wishes": Look(small=True),
        "soon": Look(inline=True),
    }
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doors = list(front_doors())
        if len(self.doors) > 1:
            areas = [("", "Choose an area"), *((str(door.pk), door.name) for door in self.doors)]
            self.fields["receiver"].choices = areas  # type: ignore[attr-defined]
        else:
            del self.fields["receiver"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        ways = set(data.get("ways", ()))
        if ways - {"safe_to_write"} and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Enter the phone number that we may use")
        if "safe_to_write" in ways and not data.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter the email address that we may use")
        if "safe_to_leave_message" in ways and not ways & {"safe_to_call", "safe_to_text"}:
            self.add_error("ways", "To leave you a message we need to call. Tick that we may call you")
        if not ways and (data.get("phone") or data.get("email")) and "ways" not in self.errors:
            self.add_error("ways", "Tick how we may use what you gave us, or take it out")
        if not any(data.get(name) for name in ("phone", "email", "wishes", "words")) and not self.errors:
            self.add_error("words", "Tell us how to get in touch, or what you would like help with")
        return data

    def send(self) -> bool:
        """Put it into the letterbox. False where that was refused; why is an error of the form then."""
        return self.attempt(lambda: put_in_letterbox(**self.answers()))

    def answers(self) -> dict[str, Any]:
        """What was typed, for the service."""
        data = self.cleaned_data
        texts = {name: data[name] for name in ("phone", "email", "safe_times", "who_else_sees", "code_word")}
        ways: dict[str, Any] = dict.fromkeys(data["ways"], True)
        chosen = [door for door in self.doors if str(door.pk) == data.get("receiver")]
        return {
            "submission": data["submission"],
            "door": ReferralDoor.SELF,
            "contact": ContactAnswers(**texts, **ways),
            "people": [NamedPerson(PartyRole.VICTIM, NOT_GIVEN, data["called"])],
            "what_happened": self.story(),
            "priority": Priority.HIGH if data["soon"] else Priority.STANDARD,
            "receiver": chosen[0] if chosen else None,
        }

    def story(self) -> str:
        """What she wants and what she wrote, as the front door reads it."""
        data = self.cleaned_data
        wishes = "; ".join(words for code, words in WISHES if code in data["wishes"])
        parts = [f"Asks for help with: {wishes}." if wishes else "", data["words"]]
        return "\n\n".join(part for part in parts if part) or "Asks us to get in touch."

    @property
    def way(self) -> int:
        """How we get in touch, as the number that the next page's address ends in: it tells nobody anything."""
        ways = self.cleaned_data["ways"]
        return next((n for n, (code, _) in enumerate(HELLO_WAYS, start=1) if code in ways), 0)


class PartnersForm(TrapMixin, ReferralForm):
    """The referral page for somebody without an account, who says who she is and is called back."""

    sender_name = TextField(label="Your name", max_length=120)
    sender_job = TextField(label="Your job", max_length=120, help_text="For example, practice nurse")
    organisation = TextField(label="Your organisation", max_length=200)
    kind = SelectField(
        label="What kind of organisation?",
        choices=[pair for pair in AgencyKind.choices if pair[0] != AgencyKind.COMMISSIONER],
    )
    sender_phone = PhoneField(
        label="Your direct phone number",
        help_text="We call your organisation on its published number first and ask for you.",
    )
    sender_email = EmailField(label="Your work email address", required=False)

    sections = [
        *ReferralForm.sections[:3],
        ReferralForm.sections[3],
        (
            "You and your organisation",
            (
                "Before anybody acts on this referral, we call your organisation on the number that it publishes, "
                "and ask for you. We do not use a number typed here for that."
            ),
            ["sender_name", "sender_job", "organisation", "kind", "sender_phone", "sender_email"],
        ),
    ]
    looks = {**ReferralForm.looks, "sender_phone": Look(width=20)}

    def outside(self) -> OutsideDetails:
        """Who sends it, as she says."""
        data = self.cleaned_data
        return OutsideDetails(
            name=data["sender_name"],
            job=data["sender_job"],
            organisation=data["organisation"],
            kind=data["kind"],
            typed_phone=data["sender_phone"],
            email=data["sender_email"],
        )


class Posted:
    """Binds forms to what was posted, and keeps no draft: who is here has no account to keep it for."""

    def __init__(self, request: HttpRequest) -> None:
        self.sent = request.method == "POST"
        self.data = request.POST if self.sent else None

    def bind(self, form_class: Any, *, prefix: str | None = None) -> Any:
        return form_class(self.data, prefix=prefix)


class PartnersPage(ReferralPage):
    """The form with its rows of perpetrators and children."""

    form_class = PartnersForm
    form: PartnersForm

    def send(self) -> UUID | None:
        """Put it into the letterbox. None where that was refused; why is an error of the form then."""
        outside = self.form.outside()
        sent = self.form.attempt(
            lambda: put_in_letterbox(door=ReferralDoor.PROFESSIONAL, outside=outside, **self.answers())
        )
        return self.form.result if sent else None
