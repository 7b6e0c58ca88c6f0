from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.frame import contact_banner, form_page, frame, posted
from dacase.cases.services.safe_contact import ContactRefusedError
from dacase.ui.components import Column, Fact, Link, Table, Tag
from dacase.ui.tables import keyset_page
from referrals.casework.choices import LetterState
from referrals.casework.forms.letter import LetterForm, SettleForm
from referrals.casework.models import Letter
from referrals.casework.rules.letter import letter_templates
from referrals.casework.selectors.letter import (
    NEWEST_FIRST,
    colleagues_with_the_file,
    letters_of,
    own_letters,
    text_of,
)
from referrals.casework.services import letter as services

MEANINGS = {
    LetterState.DRAFT: "new",
    LetterState.QUEUED: "info",
    LetterState.SENDING: "info",
    LetterState.SENT: "good",
    LetterState.PRINTED: "good",
    LetterState.REFUSED: "warning",
    LetterState.IN_DOUBT: "warning",
}


@require_GET
@requires("write_letter")
def letter_list(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """The letters and e-mails that the own agency wrote in this case."""
    case = case_or_404(request, case_pk)
    page = keyset_page(
        letters_of(case, request.membership), order=NEWEST_FIRST, after=request.GET.get("after")
    )
    columns: list[str | Column] = ["Letter", "To", "State", "By"]
    table = Table("Letters and emails, newest first", columns, [_row(letter) for letter in page])
    context = frame(request, case, "casework:letters", page=page, table=table)
    return render(request, "casework/letter/list.html", context)


def _row(letter: Letter) -> list[object]:
    return [
        Link(letter_templates()[letter.template].title, reverse("casework:letter", args=[letter.pk])),
        _recipient(letter),
        Tag(letter.get_state_display(), MEANINGS[LetterState(letter.state)]),
        letter.written_by.user.name,
    ]


def _recipient(letter: Letter) -> str:
    if letter.colleague is not None:
        return f"{letter.colleague.user.name}, {letter.colleague.agency.name}"
    return "The victim-survivor"


@require_http_methods(["GET", "POST"])
@requires("write_letter")
def letter_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Choose to whom, what for and how; the next page shows the words before anything goes."""
    case = case_or_404(request, case_pk)
    form = LetterForm(posted(request), colleagues=colleagues_with_the_file(case, request.membership))
    if form.is_valid() and form.attempt(
        lambda: services.write_letter(case_pk, actor=request.membership, **form.letter())
    ):
        return redirect("casework:letter", form.result.pk)
    intro = "It says nothing of the case, to anybody. It goes to one person."
    context = form_page(
        request, case, "Write a letter or email", form=form, intro=intro, submit_text="Continue",
        back_url=reverse("casework:letters", args=[case_pk]),
    )  # fmt: skip
    return render(request, "layouts/form.html", context)


@require_GET
@requires("write_letter")
def letter(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The words of one letter, where it stands, and what to do next."""
    found = read_or_404(request, own_letters(request.membership), pk)
    template = letter_templates()[found.template]
    facts = [
        Fact("To", _recipient(found)),
        Fact("How", found.get_way_display()),
        Fact("State", Tag(found.get_state_display(), MEANINGS[LetterState(found.state)])),
        Fact("Written by", found.written_by.user.name),
    ]
    context = {
        "letter": found,
        "template": template,
        "facts": facts,
        "text": text_of(found, link="[a link to this service]"),
        "settle": SettleForm(),
    }
    if found.party is not None:
        context["plan"] = contact_banner(found.party, request.membership)
    return render(request, "casework/letter/detail.html", context)


@require_POST
@requires("write_letter")
def letter_send(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Send an e-mail, once."""
    found = read_or_404(request, own_letters(request.membership), pk)
    if _attempted(request, lambda: services.send_letter(found.pk, actor=request.membership)):
        messages.success(request, "The email is on its way.")
    return redirect("casework:letter", pk)


@require_POST
@requires("write_letter")
def letter_print(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record that it is printed, and lead to the paper."""
    found = read_or_404(request, own_letters(request.membership), pk)
    if _attempted(request, lambda: services.print_letter(found.pk, actor=request.membership)):
        return redirect("casework:letter_paper", pk)
    return redirect("casework:letter", pk)


@require_GET
@requires("write_letter")
def letter_paper(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The letter as it is printed, with where it goes: asked of the safe-contact plan each time."""
    found = read_or_404(request, own_letters(request.membership), pk)
    if found.state != LetterState.PRINTED:
        raise Http404
    try:
        place = services.place_for(found, actor=request.membership)
    except ContactRefusedError as refused:
        messages.warning(request, " ".join(refused.messages))
        return redirect("casework:letter", pk)
    context = {
        "letter": found,
        "place": place,
        "text": text_of(found),
        "back_url": reverse("casework:letter", args=[pk]),
        "back_text": "Back to the letter",
    }
    return render(request, "casework/letter/paper.html", context)


@require_POST
@requires("write_letter")
def letter_settle(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say whether an e-mail in doubt has arrived."""
    found = read_or_404(request, own_letters(request.membership), pk)
    form = SettleForm(request.POST)
    if form.is_valid():
        services.settle_letter(found.pk, was_sent=form.cleaned_data["was_sent"], actor=request.membership)
    else:
        messages.warning(request, "Select yes or no.")
    return redirect("casework:letter", pk)


def _attempted(request: ActingRequest, act: Callable[[], object]) -> bool:
    """Whether the act went through; if not, its reasons stand on the next page."""
    try:
        act()
    except ValidationError as refused:
        for words in refused.messages:
            messages.warning(request, words)
        return False
    return True
