"""Licensed wording from the file to the assessment. Every sentence here is invented, none is licensed."""

import io
import json
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.walls.context import acting_as
from referrals.casework.models import ToolWording, TopicWording
from referrals.casework.services import wording as services
from referrals.casework.services.risk_assessment import start_assessment
from tests.casework.builders import TOOLS, assessed
from tests.casework.test_wording_files import as_csv, whole
from tests.factories import make_case

DARA, LICENCE = TOOLS["dara"], "Invented licence of the moon, all songs reserved"
SENTENCE = "Does the invented moon number A01 sing?"


def keep(actor, *, rows=None, **changes):
    values = {
        "content": as_csv(whole() if rows is None else rows),
        "name": "file.csv",
        "licence": LICENCE,
        "submission": uuid.uuid4(),
    } | changes
    with acting_as(actor):
        return services.keep_wording(DARA, actor=actor, **values)


def use(wording, actor):
    with acting_as(actor):
        return services.use_wording(wording.pk, actor=actor)


def withdraw(wording, actor):
    with acting_as(actor):
        return services.withdraw_wording(wording.pk, actor=actor)


def begun(cast, **values):
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        return start_assessment(case.pk, submission=uuid.uuid4(), tool="dara", actor=cast.idva, **values)


def section_of(assessment, client):
    return client.get(reverse("casework:assessment_section", args=[assessment.pk, 1])).content.decode()


def detail_of(assessment, client):
    return client.get(reverse("casework:assessment_detail", args=[assessment.pk])).content.decode()


@pytest.fixture
def elsewhere(cast):
    """An administrator of another agency."""
    return Membership.objects.create(
        user=cast.social_worker.user, agency=cast.social_worker.agency, role="administrator"
    )


def test_wording_is_shown_once_it_is_used_and_our_labels_after_it_is_withdrawn(cast, sign_in):
    kept, assessment, client = keep(cast.administrator), begun(cast), sign_in(cast.idva)
    assert SENTENCE not in section_of(assessment, client)
    use(kept, cast.administrator)
    for page in (section_of(assessment, client), detail_of(assessment, client)):
        assert SENTENCE in page
        assert LICENCE in page
        assert "Decides whom they may see" in page
    assert "Invented help" in section_of(assessment, client)
    withdraw(kept, cast.administrator)
    for page in (section_of(assessment, client), detail_of(assessment, client)):
        assert "invented moon" not in page
        assert LICENCE not in page
        assert "Decides whom they may see" in page
    with acting_as(cast.administrator):
        verbs = Event.objects.filter(verb__startswith="wording").order_by("at").values_list("verb", flat=True)
        assert list(verbs) == ["wording_loaded", "wording_withdrawn"]


def test_it_costs_no_page_more_than_its_budget(cast, sign_in, django_assert_max_num_queries):
    use(keep(cast.administrator), cast.administrator)
    assessment, client = begun(cast), sign_in(cast.idva)
    for look in (section_of, detail_of):
        look(assessment, client)
        with django_assert_max_num_queries(13):
            assert SENTENCE in look(assessment, client)


def test_earlier_days_other_tools_and_other_versions_keep_our_labels(cast, sign_in):
    use(keep(cast.administrator), cast.administrator)
    client = sign_in(cast.idva)
    assert "invented moon" not in section_of(
        begun(cast, assessed_on=timezone.localdate() - timedelta(days=1)), client
    )
    assert "invented moon" not in detail_of(assessed(make_case(cast.idva), cast.idva), client)
    ToolWording.objects.update(tool_version="another")
    assert "invented moon" not in section_of(begun(cast), client)


def test_the_newest_day_is_shown_and_one_day_has_one_wording(cast, sign_in, monkeypatch):
    admin = cast.administrator
    use(keep(admin), admin)
    with pytest.raises(ValidationError, match="from the same day"):
        use(keep(admin), admin)
    tomorrow = timezone.localdate() + timedelta(days=1)
    later = [row | {"question": "Does the invented sun dance?"} for row in whole()]
    use(keep(admin, rows=later, from_date=tomorrow), admin)
    assert SENTENCE in section_of(begun(cast), sign_in(cast.idva))
    monkeypatch.setattr(timezone, "localdate", lambda *moment: tomorrow)
    assert "Does the invented sun dance?" in section_of(begun(cast), sign_in(cast.idva))


def test_one_agency_replaces_nothing_that_another_uses_and_reaches_nothing_of_it(cast, elsewhere):
    used = use(keep(cast.administrator), cast.administrator)
    with pytest.raises(ValidationError, match="has to withdraw it first"):
        use(keep(elsewhere), elsewhere)
    with pytest.raises(ToolWording.DoesNotExist):
        withdraw(used, elsewhere)
    withdraw(used, cast.administrator)
    with acting_as(elsewhere):
        assert services.use_wording(
            ToolWording.objects.visible_to(elsewhere).get().pk, actor=elsewhere
        ).is_used


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"licence": "  "}, "licence"),
        ({"licence": "x" * 1_001}, "licence"),
        ({"from_date": timezone.localdate() - timedelta(days=2)}, "from_date"),
        ({"content": b"\xff"}, "file"),
        ({"content": as_csv(whole()[1:])}, "file"),
    ],
)
def test_what_is_wrong_is_refused_by_field_and_nothing_is_kept(cast, changes, field):
    with pytest.raises(ValidationError) as refusal:
        keep(cast.administrator, **changes)
    assert list(refusal.value.message_dict) == [field]
    assert not ToolWording.objects.exists()


def test_acts_done_twice_are_done_once(cast):
    admin, key = cast.administrator, uuid.uuid4()
    one = keep(admin, submission=key)
    assert keep(admin, submission=key) == one
    for act in (use, use, withdraw, withdraw):
        act(one, admin)
    assert (ToolWording.objects.count(), TopicWording.objects.count()) == (1, 18)
    with acting_as(admin):
        assert Event.objects.filter(verb__startswith="wording").count() == 2
    with pytest.raises(ValidationError, match="withdrawn"):
        use(one, admin)


@pytest.mark.parametrize("key", ["idva", "idva_manager", "front_door_worker", "marac_coordinator", "auditor"])
def test_only_an_administrator_may(cast, key):
    actor, kept = getattr(cast, key), keep(cast.administrator)
    for act in (keep, lambda one: use(kept, one), lambda one: withdraw(kept, one)):
        with pytest.raises(NotAllowed):
            act(actor)


def send(client, content, *, name="file.csv", **changes):
    day = timezone.localdate()
    data = {
        "tool": "dara:18 topics, 1",
        "licence": LICENCE,
        "submission": uuid.uuid4(),
        "from_date_day": day.day,
        "from_date_month": day.month,
        "from_date_year": day.year,
        "file": SimpleUploadedFile(name, content),
    }
    return client.post(reverse("casework:wording_load"), data | changes)


def test_the_pages_from_file_to_withdrawal(cast, sign_in):
    client = sign_in(cast.administrator)
    assert "has loaded no wording" in client.get(reverse("casework:wordings")).content.decode()
    response = send(client, json.dumps(whole()).encode(), name="file.json")
    page = client.get(response.url).content.decode()
    assert "Not used yet" in page
    assert page.count("invented moon number") == 18
    page = client.post(f"{response.url}use/", follow=True).content.decode()
    assert "The wording is used." in page
    assert "Use this wording" not in page
    page = client.get(f"{response.url}withdraw/").content.decode()
    assert "those of earlier days as well" in page
    page = client.post(f"{response.url}withdraw/", follow=True).content.decode()
    assert "Assessments show our own labels" in page
    assert "Withdrawn" in page
    page = client.post(f"{response.url}use/", follow=True).content.decode()
    assert "Load the file again" in page


def test_wrong_rows_are_shown_and_what_was_typed_stays(cast, sign_in):
    rows = [whole()[0] | {"code": "Z99"}, *whole()[2:]]
    page = send(sign_in(cast.administrator), as_csv(rows)).content.decode()
    assert page.count("3 rows of the file must be corrected. Nothing was loaded") == 2
    assert "This tool has no topic with this code" in page
    assert "Decides whom they may see: this topic has no row" in page
    assert LICENCE in page
    assert not ToolWording.objects.exists()


@pytest.mark.parametrize(
    ("content", "changes", "words"),
    [
        (b"\xff\xfe", {}, "Save it again in UTF-8"),
        (b"", {}, "The selected file is empty"),
        (b"x" * (1024 * 1024 + 1), {}, "must be smaller than 1MB"),
        (b"code,question\nA01,x", {"name": "file.pdf"}, "must be a CSV or JSON"),
        (as_csv(whole()), {"tool": "nothing"}, "select one of the answers"),
        (as_csv(whole()), {"licence": ""}, "Enter licence and acknowledgement"),
        (as_csv(whole()), {"from_date_year": 2001}, "must be today or in the future"),
    ],
)
def test_bad_input_is_told_beside_its_field(cast, sign_in, content, changes, words):
    page = send(sign_in(cast.administrator), content, **changes).content.decode()
    assert words in page
    assert not ToolWording.objects.exists()


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "wording.csv"
        path.write_bytes(as_csv(whole()))
        return path

    def load(self, path, *more):
        out, err = io.StringIO(), io.StringIO()
        call_command("load_wording", "dara", str(path), "--licence", LICENCE, *more, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    def test_a_file_is_loaded_and_used_as_on_the_page(self, cast, file, sign_in):
        out, _ = self.load(file, "--as", cast.administrator.user.email.upper())
        assert "18 topics are used from today on" in out
        assert SENTENCE in section_of(begun(cast), sign_in(cast.idva))
        with pytest.raises(CommandError, match="same day"):
            self.load(file)
        assert ToolWording.objects.count() == 1

    def test_a_dry_run_loads_nothing(self, cast, file):
        assert "Nothing was loaded" in self.load(file, "--dry-run")[0]
        assert not ToolWording.objects.exists()

    def test_wrong_rows_are_told_and_nothing_is_loaded(self, cast, tmp_path):
        path = tmp_path / "wording.csv"
        path.write_bytes(as_csv(whole()[1:]))
        err = io.StringIO()
        with pytest.raises(CommandError, match="1 row must be corrected"):
            call_command("load_wording", "dara", str(path), "--licence", LICENCE, stderr=err)
        assert "row none, A01: Decides whom they may see: this topic has no row" in err.getvalue()
        assert not ToolWording.objects.exists()

    def test_who_loads_must_be_one_administrator(self, cast, file, elsewhere):
        with pytest.raises(CommandError, match="Say with --as"):
            self.load(file)
        with pytest.raises(CommandError, match="Say with --as"):
            self.load(file, "--as", cast.idva.user.email)
        self.load(file, "--as", cast.administrator.user.email)

    def test_a_file_or_a_version_that_is_not_there_is_told(self, cast, file, tmp_path):
        with pytest.raises(CommandError, match="could not be read"):
            self.load(tmp_path / "absent.csv")
        with pytest.raises(CommandError, match="There is: 18 topics, 1"):
            self.load(file, "--tool-version", "none")
