from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.ui.forms import Form
from referrals.casework.forms.cover import AnswerForm, HandOverForm
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.selectors.hand_over import episodes_in, own_hand_overs
from referrals.casework.selectors.team import open_episodes_of
from referrals.casework.services import hand_over as services
from referrals.casework.views.lists import episode_table
from referrals.views.refusals import missing_is_404


@require_http_methods(["GET", "POST"])
@requires("work_episode")
def hand_over_create(request: ActingRequest) -> HttpResponse:
    """Offer one’s own work, some or all of it, to a colleague."""
    member = request.membership
    episodes = [one for one in open_episodes_of(member, member.pk) if not one.is_on_offer]
    workers = [
        one for one in workers_to_give(member, {one.case_id for one in episodes}) if one.pk != member.pk
    ]
    form = HandOverForm(request.POST or None, episodes=episodes, workers=workers)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.attempt(
            lambda: services.hand_over(
                data["episodes"],
                to=data["worker"],
                note=data["note"],
                submission=data["submission"],
                actor=member,
            )
        ):
            messages.success(request, f"{data['worker'].user.name} is asked. Until then it stays with you.")
            return redirect("casework:my_day")
    context = {"form": form, "heading": "Hand over", "back_url": reverse("casework:my_day")}
    return render(request, "layouts/form.html", context | {"submit_text": "Hand over"})


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def hand_over(request: ActingRequest, pk: UUID) -> HttpResponse:
    """What a colleague hands over, and the answer to it; the giver may take it back until then."""
    member = request.membership
    offered = read_or_404(request, own_hand_overs(member), pk)
    is_giver = offered.giver_id == member.pk
    form = (Form if is_giver else AnswerForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        takes = form.cleaned_data.get("answer") == "yes"
        act = services.accept_hand_over if takes else services.decline_hand_over
        if form.attempt(lambda: act(pk, actor=member)):
            words = "It stays with you." if is_giver else "It stays where it was."
            messages.success(request, "It is yours now." if takes else words)
            return redirect("casework:my_day")
    context = {
        "offered": offered,
        "form": form if offered.answered_at is None else None,
        "submit_text": "Take it back" if is_giver else "Answer",
        "heading": f"From {offered.giver.user.name} to {offered.receiver.user.name}",
        "table": episode_table("What is handed over", episodes_in(offered, member)),
    }
    return render(request, "casework/hand_over/detail.html", context)
