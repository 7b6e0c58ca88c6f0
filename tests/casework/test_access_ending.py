"""An agency's access to a case that ends while it supports somebody: told ahead, given longer, and nothing lost."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.cases.choices import LawfulBasis, Purpose, Scope
from dacase.cases.models import Case, Grant
from dacase.cases.panels import case_panels, next_actions
from dacase.cases.rules.access import end_of, last_day
from dacase.cases.services.grant import grant_access
from dacase.walls.context import acting_as
from referrals.casework.models import Episode, Plan, Task
from referrals.casework.rules.access_ending import warned_until
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.access_ending import own_access_ending
from referrals.casework.selectors.day import contacts_due
from referrals.casework.services.closure import close_episode
from tests.casework import plans, todo
from tests.casework.episodes import all_answers, begun
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db
HOW_MANY_DAYS = 14


def in_days(days):
    return timezone.now() + timedelta(days=days)


def whole(case, member, *, by):
    with acting_as(by):
        return Grant.objects.get(
            content_object=case, group=member.agency.group, permission__codename=Scope.CASE
        )


@pytest.fixture
def case(cast):
    """A case of the advocacy service, and of social care for ten days more."""
    case = make_case(cast.idva)
    share(case, cast.social_worker.agency, actor=cast.idva, until=in_days(10))
    return case


@pytest.fixture
def support(cast, case):
    """Social care and the advocacy service support her both."""
    begun(case, cast.idva_manager, cast.idva)
    return begun(case, cast.social_worker, cast.social_worker, kind="social_care")


def asked_of(case, reader):
    with acting_as(reader):
        panels, _ = case_panels(case, reader)
        return {action.url: action for action in next_actions(panels)}


def extend_url(case, grant):
    return reverse("cases:grant_extend", args=[case.pk, grant.pk])


def test_every_line_says_how_many_days_ahead():
    lines = rows("access_ending")
    assert [line["from_date"] for line in lines] == sorted({line["from_date"] for line in lines})
    assert all(int(line["days"]) >= 1 for line in lines)
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert warned_until(now) == now + timedelta(days=HOW_MANY_DAYS)
    with pytest.raises(KeyError):
        warned_until(datetime(1990, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 31)])
def test_the_last_day_and_the_moment_it_is_over_belong_together(day):
    assert last_day(end_of(day)) == day
    assert last_day(end_of(day) + timedelta(hours=9)) == day + timedelta(days=1)


def test_its_worker_is_told_to_ask_and_who_may_give_it_is_asked(cast, case, support):
    day = f"{last_day(whole(case, cast.social_worker, by=cast.idva).valid_until):%-d %B %Y}"
    own = asked_of(case, cast.social_worker)[reverse("cases:access", args=[case.pk])]
    assert own.text == f"Your agency’s access ends on {day}: ask for longer"
    address = extend_url(case, whole(case, cast.social_worker, by=cast.idva))
    theirs = asked_of(case, cast.idva)[address]
    assert theirs.text.endswith(f"supports somebody here, and its access ends on {day}: give it longer")
    assert own.due_at == theirs.due_at
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    assert not any("access ends" in one.text for one in asked_of(case, cast.refuge_worker).values())


@pytest.mark.parametrize("change", ["later", "no_end", "closed"])
def test_nothing_is_told_before_its_time_without_an_end_or_without_support(cast, case, support, change):
    if change == "closed":
        with acting_as(cast.social_worker):
            close_episode(
                support.pk, reason="needs_met", answers=all_answers(), version=1, actor=cast.social_worker
            )
    else:
        until = in_days(HOW_MANY_DAYS + 1) if change == "later" else None
        share(case, cast.social_worker.agency, actor=cast.idva, until=until)
    for reader in (cast.social_worker, cast.idva):
        assert not any("access" in action.text for action in asked_of(case, reader).values())


def told(select, reader, days=10):
    with acting_as(reader):
        return [one.case_id for one in select(reader, [reader.pk], in_days(days))]


def test_for_a_day_the_own_support_comes_by_the_clock(cast, case, support):
    assert told(own_access_ending, cast.social_worker) == [case.pk]
    assert told(own_access_ending, cast.social_worker, days=9) == []
    for reader in (cast.idva, cast.outsider):
        assert told(own_access_ending, reader) == []
    with acting_as(cast.social_worker):
        (one,) = own_access_ending(cast.social_worker, [cast.social_worker.pk], in_days(10))
        assert last_day(one.access_until) == last_day(
            whole(case, cast.social_worker, by=cast.idva).valid_until
        )


def test_within_a_week_it_stands_on_the_day_of_its_worker(cast, case, support, sign_in):
    grant, day = whole(case, cast.social_worker, by=cast.idva), reverse("casework:my_day")
    assert "ask for longer" not in sign_in(cast.social_worker).get(day).content.decode()
    with acting_as(cast.idva):
        Grant.objects.filter(pk=grant.pk).update(valid_until=in_days(6))
    assert "ask for longer" in sign_in(cast.social_worker).get(day).content.decode()
    assert "for longer" not in sign_in(cast.refuge_worker).get(day).content.decode()


def test_it_is_given_longer_on_one_page_with_all_filled_in(cast, case, support, sign_in):
    grant = whole(case, cast.social_worker, by=cast.idva)
    with acting_as(cast.idva):
        Grant.objects.filter(pk=grant.pk).update(reason="To see to the children")
    url, later = extend_url(case, grant), last_day(grant.valid_until) + timedelta(weeks=4)
    client = sign_in(cast.idva)
    assert url in client.get(reverse("cases:access", args=[case.pk])).content.decode()
    page = client.get(url).content.decode()
    for words in (cast.social_worker.agency.name, "To see to the children", f'value="{later.year}"'):
        assert words in page
    sent = {f"until_{part}": getattr(later, part) for part in ("day", "month", "year")}
    assert "There is a problem" in client.post(url, sent | {"reason": ""}).content.decode()
    for _ in range(2):
        assert client.post(url, sent | {"reason": "To see to the children"}).status_code == 302
    now = whole(case, cast.social_worker, by=cast.idva)
    assert (now.valid_until, now.purpose, now.lawful_basis) == (
        end_of(later),
        grant.purpose,
        grant.lawful_basis,
    )
    assert url not in {action.url for action in asked_of(case, cast.idva).values()}


def test_an_agency_asks_another_and_gives_itself_nothing(cast, case, support, sign_in):
    grant = whole(case, cast.social_worker, by=cast.idva)
    client = sign_in(cast.social_worker)
    page = client.get(reverse("cases:access", args=[case.pk])).content.decode()
    assert f"If your agency still needs it then, ask {cast.idva.agency.name}" in page
    assert extend_url(case, grant) not in page
    sent = {"until_day": "", "until_month": "", "until_year": "", "reason": "We need it"}
    assert "cannot make its own access longer" in client.post(extend_url(case, grant), sent).content.decode()
    with acting_as(cast.social_worker), pytest.raises(ValidationError, match="cannot make its own"):
        grant_access(
            case, agency=cast.social_worker.agency, purpose=Purpose.SUPPORT, lawful_basis=LawfulBasis.PUBLIC_TASK,
            until=in_days(11), actor=cast.social_worker,
        )  # fmt: skip
    assert whole(case, cast.social_worker, by=cast.idva).valid_until == grant.valid_until
    assert sign_in(cast.outsider).get(extend_url(case, grant)).status_code == 404
    assert sign_in(cast.idva).get(extend_url(make_case(cast.idva), grant)).status_code == 404


def test_no_case_is_left_to_run_out_for_everybody(cast, case):
    with acting_as(cast.idva), pytest.raises(ValidationError, match="Nobody would see it"):
        grant_access(
            case, agency=cast.idva.agency, purpose=Purpose.SUPPORT, lawful_basis=LawfulBasis.PUBLIC_TASK,
            until=in_days(30), actor=cast.idva,
        )  # fmt: skip


def owned(actor):
    with acting_as(actor):
        found = {}
        for model in (Episode, Task, Plan):
            of_her = model.objects.own_of(actor)
            found[model] = sorted(of_her.values_list("pk", "version"))
        return found


def test_nothing_of_the_support_is_lost_when_access_comes_back(cast, case, support, sign_in):
    todo.added(case, cast.social_worker)
    plans.planned(case, cast.social_worker)
    before = owned(cast.social_worker)
    assert all(before[model] for model in (Episode, Task, Plan))
    with acting_as(cast.idva):
        Grant.objects.filter(pk=whole(case, cast.social_worker, by=cast.idva).pk).update(
            valid_until=timezone.now() + timedelta(milliseconds=300)
        )
    time.sleep(0.5)
    assert not any(owned(cast.social_worker).values())
    with acting_as(cast.social_worker):
        assert not Case.objects.visible_to(cast.social_worker).filter(pk=case.pk).exists()
    address = f"{reverse('cases:grant_create', args=[case.pk])}?agency={cast.social_worker.agency_id}"
    assert asked_of(case, cast.idva)[address].text.endswith("cannot see the case any more: share it again")
    client = sign_in(cast.idva)
    assert "Cannot see the case" in client.get(reverse("cases:detail", args=[case.pk])).content.decode()
    chosen = f'<option value="{cast.social_worker.agency_id}" selected>'
    assert chosen in client.get(address).content.decode()
    share(case, cast.social_worker.agency, actor=cast.idva)
    assert owned(cast.social_worker) == before
    with acting_as(cast.social_worker):
        assert [one.pk for one in contacts_due(cast.social_worker, [cast.social_worker.pk], in_days(30))] == [
            support.pk
        ]
    assert address not in asked_of(case, cast.idva)


def test_the_page_of_the_support_says_it_too(cast, case, support, sign_in):
    url = reverse("casework:episode", args=[support.pk])
    assert "access ends on" in sign_in(cast.social_worker).get(url).content.decode()
    share(case, cast.social_worker.agency, actor=cast.idva)
    assert "access ends on" not in sign_in(cast.social_worker).get(url).content.decode()
