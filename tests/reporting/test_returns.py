"""Asking for a return, its pages and its files: who may, what they show, and that they all agree."""

import csv
import io
import os
import signal
import uuid
import zipfile
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.jobs.models import JobState, OutboxMessage
from dacase.jobs.services.dispatch import redispatch_unfinished
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from reporting.exports import FORMULA, NO_MOMENT, as_csv, as_xlsx, plain_text
from reporting.forms import RequestReturnForm
from reporting.models import Figure, Return
from reporting.panels import latest_returns
from reporting.periods import parse_quarter, quarter_of_day
from reporting.returns import KINDS, FigureRow
from reporting.rules import file_name, was_unfinished
from reporting.selectors import counted_returns, figure_rows, visible_returns
from reporting.services import keep_figures, request_return
from tests.cast import Cast, signed_in_client
from tests.jobs.conftest import broker, celery_app, relay, start, wait_for  # noqa: F401 - fixtures
from tests.reporting.world import NAME, at

QUARTER = parse_quarter("2026-Q1")
ABSENT = "00000000-0000-4000-8000-000000000000"


def ask(actor, period="2026-Q1", submission=None):
    with acting_as(actor):
        return request_return(
            kind="quarterly", period=period, submission=submission or uuid.uuid4(), actor=actor
        )


def run_all():
    for message in OutboxMessage.objects.unfinished():
        run_message(message.pk)


def reread(made, actor):
    with acting_as(actor):
        return visible_returns(actor).get(pk=made.pk)


def rows_of(made, actor):
    with acting_as(actor):
        return figure_rows(visible_returns(actor).get(pk=made.pk))


@pytest.fixture
def counted(world):
    """A commissioner, and a return of hers that a worker has counted."""
    commissioner = Cast().commissioner
    fill(world)
    made = ask(commissioner)
    run_all()
    return commissioner, reread(made, commissioner)


def fill(world):
    """Records with names, in the quarter."""
    for source in ["police"] * 12 + ["childrens"]:
        referral = world.referral(at("2026-05-01 10:00"), source)
        world.route(referral, at("2026-05-01 11:00"), accepted_at=at("2026-05-01 12:00"))
    world.assessment(at("2026-05-02 10:00"))
    world.marac_referral(at("2026-05-02 10:00"))
    world.hearing(date(2026, 5, 14), is_repeat=True)
    world.placement(date(2026, 5, 10), date(2026, 5, 20))
    world.turn_away(date(2026, 5, 10))


# --- asking ---


def test_asking_makes_a_return_a_job_and_a_message(cast):
    made = ask(cast.commissioner)
    message = OutboxMessage.objects.get()
    assert (message.task, message.args) == ("reporting.count_return", {"return_id": str(made.pk)})
    with acting_as(cast.commissioner):
        assert (made.job.state, made.job.result_path) == (JobState.QUEUED, f"/returns/{made.pk}/")
        assert Event.objects.get().data == {"kind": "quarterly", "period": "2026-Q1"}


def test_the_same_submission_is_one_return(cast):
    number = uuid.uuid4()
    assert ask(cast.commissioner, submission=number) == ask(cast.commissioner, submission=number)
    assert OutboxMessage.objects.count() == 1
    with acting_as(cast.commissioner):
        assert Return.objects.count() == 1
        assert Event.objects.count() == 1


def test_who_may_not_ask_is_refused(cast):
    for member in cast.all():
        if member.role != "commissioner":
            with pytest.raises(NotAllowed):
                ask(member)


@pytest.mark.parametrize("period", ["2098-Q1", "nonsense", ""])
def test_a_period_that_cannot_be_counted_is_told_at_its_field(cast, period):
    with pytest.raises(ValidationError) as refused:
        ask(cast.commissioner, period)
    assert "period" in refused.value.message_dict
    assert not OutboxMessage.objects.exists()


def test_an_unknown_kind_is_refused(cast):
    with pytest.raises(ValueError, match="Choose from: quarterly"), acting_as(cast.commissioner):
        request_return(kind="x", period="2026-Q1", submission=uuid.uuid4(), actor=cast.commissioner)


# --- counting ---


def test_a_worker_counts_once_however_often_it_is_told(counted):
    commissioner, made = counted
    message = OutboxMessage.objects.get()
    run_message(message.pk)
    OutboxMessage.objects.update(done_at=None, dispatched_at=timezone.now())
    run_message(message.pk)  # as if the worker had died after its commit: the figures are there already
    message.refresh_from_db()
    with acting_as(commissioner):
        assert Figure.objects.filter(made_return=made, breakdown="").count() == len(KINDS["quarterly"].keys)
        assert list(Event.objects.filter(verb="return_counted").values_list("data", flat=True)) == [
            {"figures": made.figures.count()}
        ]
    assert message.failed_at  # and somebody is told that it was odd


def test_progress_is_seen_while_it_is_counted(world, monkeypatch):
    from reporting import tasks

    commissioner = Cast().commissioner
    made = ask(commissioner)
    browser, seen = signed_in_client(commissioner), []
    count = tasks.count_return

    def watched(kind, period, progress):
        def spy(place, measure):
            progress(place, measure)
            if place == 4:
                seen.append(in_another_session(lambda: browser.get(f"/returns/{made.pk}/").content.decode()))

        return count(kind, period, spy)

    monkeypatch.setattr(tasks, "count_return", watched)
    run_all()
    assert "Counting: Referrals to MARAC, 40% (4 of 10)" in seen[0]


def in_another_session(function):
    """What `function` gives with database connections of its own."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def run():
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_who_may_no_longer_ask_gets_no_figures(world):
    commissioner = Cast().commissioner
    made = ask(commissioner)
    type(commissioner).objects.filter(pk=commissioner.pk).update(role="referrer")
    try:
        run_all()
    finally:
        type(commissioner).objects.filter(pk=commissioner.pk).update(role="commissioner")
    made = reread(made, commissioner)
    assert (made.job.state, made.counted_at) == (JobState.FAILED, None)
    assert "could not be counted" in made.job.error
    page = signed_in_client(commissioner).get(f"/returns/{made.pk}/").content.decode()
    assert "Did not finish" in page
    assert "Ask for the return again" in page


def test_without_the_login_of_figures_the_page_says_so(world, monkeypatch):
    from django.db import connections
    from django.utils.connection import ConnectionDoesNotExist

    commissioner = Cast().commissioner
    made = ask(commissioner)
    whole = type(connections).__getitem__

    def without_figures(self, alias):
        if alias == "figures":
            raise ConnectionDoesNotExist
        return whole(self, alias)

    monkeypatch.setattr(type(connections), "__getitem__", without_figures)
    run_all()
    with pytest.raises(CommandError, match="DATABASE_FIGURES_URL"):
        call_command("make_return", "quarterly", period="2026-Q1", format="csv", output="-")
    monkeypatch.undo()
    assert "DATABASE_FIGURES_URL is not set" in reread(made, commissioner).job.error


@pytest.mark.slow
def test_a_worker_killed_in_mid_return_leaves_one_set_of_figures(world, start, relay, broker):  # noqa: F811
    from django.db import connections

    commissioner = Cast().commissioner
    fill(world)
    made = ask(commissioner)
    relay.turn()
    with connections["owner"].cursor() as cursor:
        # The count stops at the placements until this transaction ends.
        cursor.execute("BEGIN; LOCK TABLE refuge_placement IN ACCESS EXCLUSIVE MODE")
        worker = start("worker")
        wait_for(lambda: reread(made, commissioner).job.progress == 7)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        broker.flushdb()
        cursor.execute("ROLLBACK")
    assert rows_of(made, commissioner) == []
    wait_for(lambda: redispatch_unfinished() == 1, seconds=5)
    relay.turn()
    start("worker")
    wait_for(lambda: reread(made, commissioner).counted_at)
    rows = rows_of(made, commissioner)
    assert len(rows) == len({(row.measure, row.breakdown) for row in rows})
    assert [row.value for row in rows if (row.measure, row.breakdown) == ("referrals_received", "")] == [13]
    assert reread(made, commissioner).job.state == JobState.DONE


# --- the same figures everywhere ---


def figures_of_csv(content):
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [(line["measure"], line["breakdown_title"], int(line["value"])) for line in lines]


def figures_of_xlsx(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    titles = {row[0]: row[6] for row in book.get_sheet_by_name("Definitions").to_python()[1:]}
    lines = book.get_sheet_by_name("Figures").to_python()[4:]
    return [(titles[line[0]], line[2], int(line[3])) for line in lines]


def test_page_files_and_command_show_the_same_figures(counted, tmp_path):
    commissioner, made = counted
    browser = signed_in_client(commissioner)
    files = {ending: browser.get(f"/returns/{made.pk}/{ending}/") for ending in ("csv", "xlsx")}
    rows = figures_of_csv(files["csv"].content)
    assert ("referrals_received", "Police", 12) in rows
    assert ("placement_nights", "Total", 10) in rows
    assert figures_of_xlsx(files["xlsx"].content) == rows
    for ending, response in files.items():
        path = tmp_path / f"return.{ending}"
        call_command("make_return", "quarterly", period="2026-Q1", format=ending, output=str(path))
        assert path.read_bytes() == response.content
        assert response["Content-Disposition"] == f'attachment; filename="return-quarterly-2026-Q1.{ending}"'
        assert browser.get(f"/returns/{made.pk}/{ending}/").content == response.content
    assert sorted(figures_of_page(browser.get(f"/returns/{made.pk}/").content.decode())) == sorted(rows)


def figures_of_page(page):
    """The figures in the tables of the page, as in the files."""
    from html.parser import HTMLParser

    class Tables(HTMLParser):
        tables, cell, depth = [], None, 0

        def handle_starttag(self, tag, attrs):
            if tag == "table":
                self.tables.append([])
            elif tag == "tr":
                self.tables[-1].append([])
            elif tag in ("td", "th"):
                self.cell = ""

        def handle_endtag(self, tag):
            if tag in ("td", "th"):
                self.tables[-1][-1].append(self.cell.strip())
                self.cell = None

        def handle_data(self, data):
            if self.cell is not None:
                self.cell += data

    parser = Tables()
    parser.tables = []
    parser.feed(page.partition('<h2 class="govuk-heading-m">Totals</h2>')[2])
    keys = {measure.title: measure.key for measure in KINDS["quarterly"].measures}
    wholes, *parts = parser.tables
    found = [(keys[line[0]], "Total", int(line[1].replace(",", ""))) for line in wholes[1:]]
    for head, *lines in parts:
        for line in lines[:-1]:
            found += [
                (keys[title], line[0], int(value.replace(",", "")))
                for title, value in zip(head[1:], line[1:], strict=True)
            ]
    return found


def test_no_part_of_a_file_names_anybody(counted):
    commissioner, made = counted
    content = signed_in_client(commissioner).get(f"/returns/{made.pk}/xlsx/").content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist())
    names = [*NAME.split(), commissioner.user.name, commissioner.user.email, commissioner.agency.name]
    assert [name for name in names if name in text] == []
    assert "<dc:creator></dc:creator>" in text
    assert "<f>" not in text
    assert "http" not in text.replace("http://schemas.", "").replace("http://purl.org", "").replace(
        "http://www.w3.org", ""
    )


def test_no_page_names_anybody(counted):
    commissioner, made = counted
    browser = signed_in_client(commissioner)
    for url in ("/returns/", f"/returns/{made.pk}/", f"/returns/{made.pk}/csv/", "/"):
        assert not any(part in browser.get(url).content.decode() for part in NAME.split())


def test_a_file_is_the_same_bytes_on_another_day(counted, monkeypatch):
    rows = rows_of(counted[1], counted[0])
    first = as_xlsx("quarterly", QUARTER, rows)
    import time

    monkeypatch.setattr(time, "localtime", lambda *args: time.gmtime(NO_MOMENT.timestamp() + 10**8))
    assert as_xlsx("quarterly", QUARTER, rows) == first


def test_text_stays_text_and_numbers_numbers(counted):
    rows = rows_of(counted[1], counted[0])
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx("quarterly", QUARTER, rows)))
    for line in book.get_sheet_by_name("Figures").to_python()[4:]:
        assert [type(cell) for cell in line] == [str, str, str, float, str]
    assert as_csv("quarterly", QUARTER, rows).startswith(b"\xef\xbb\xbfperiod,measure,")
    assert "Children’s social care" in as_csv("quarterly", QUARTER, rows).decode()


@pytest.mark.parametrize("begin", FORMULA)
def test_what_a_spreadsheet_would_run_is_disarmed(begin):
    assert plain_text(f"{begin}1+1") == f"'{begin}1+1"
    assert plain_text("Plain") == "Plain"


def test_file_names_are_neutral():
    assert file_name("quarterly", "2026-Q2", "xlsx") == "return-quarterly-2026-Q2.xlsx"


# --- pages ---


def test_an_agency_without_returns_is_told_what_to_do(cast, sign_in):
    page = sign_in(cast.commissioner).get("/returns/").content.decode()
    assert "No returns yet" in page
    assert 'href="/returns/new/"' in page


def test_asking_on_the_page(cast, sign_in):
    browser = sign_in(cast.commissioner)
    page = browser.get("/returns/new/").content.decode()
    assert "not finished)" in page
    number = str(uuid.uuid4())
    for _ in range(2):  # a double click
        response = browser.post("/returns/new/", {"period": "2026-Q1", "submission": number})
        assert response.status_code == 302
    page = browser.get(response["Location"]).content.decode()
    assert "Waiting to start" in page
    assert "You can leave this page" in page
    with acting_as(cast.commissioner):
        assert Return.objects.count() == 1


@pytest.mark.parametrize("period", ["", "2098-Q1", "x", "\x00", "x" * 1_000_000])
def test_a_wrong_quarter_is_told_at_its_field(cast, sign_in, period):
    response = sign_in(cast.commissioner).post(
        "/returns/new/", {"period": period, "submission": str(uuid.uuid4())}
    )
    assert response.status_code == 200
    assert "govuk-error-summary" in response.content.decode()
    assert not OutboxMessage.objects.exists()


def test_the_form_offers_past_quarters_and_the_one_that_runs():
    today = timezone.localdate()
    choices = dict(RequestReturnForm().fields["period"].choices)
    assert "not finished" in choices[quarter_of_day(today).code]
    assert "not finished" not in choices[quarter_of_day(today).former.code]
    assert RequestReturnForm().fields["period"].initial == quarter_of_day(today).former.code
    assert "2019-Q1" in choices


def test_an_unfinished_quarter_is_marked(world):
    commissioner = Cast().commissioner
    made = ask(commissioner, quarter_of_day(timezone.localdate()).code)
    run_all()
    assert was_unfinished(reread(made, commissioner))
    browser = signed_in_client(commissioner)
    assert "had not finished when this was counted" in browser.get(f"/returns/{made.pk}/").content.decode()
    assert "Counted before the quarter ended" in browser.get("/returns/").content.decode()


def test_pages_ask_little_of_the_database(counted, django_assert_max_num_queries):
    commissioner, made = counted
    for _ in range(30):
        ask(commissioner)
    browser = signed_in_client(commissioner)
    for url in ("/returns/", f"/returns/{made.pk}/"):
        browser.get(url)
        with django_assert_max_num_queries(14):
            browser.get(url)
    page = browser.get("/returns/").content.decode()
    assert "31" in page
    assert "after=" in page


def test_a_quarter_without_records_has_noughts_and_no_chart(world):
    commissioner = Cast().commissioner
    made = ask(commissioner, "2019-Q1")
    run_all()
    page = signed_in_client(commissioner).get(f"/returns/{made.pk}/").content.decode()
    assert "April to June 2019" in page
    assert "<svg" not in page.partition("<main")[2]


def test_htmx_is_given_the_progress(counted):
    commissioner, made = counted
    headers = {"HX-Request": "true", "HX-Target": "progress"}
    content = signed_in_client(commissioner).get(f"/returns/{made.pk}/", headers=headers).content.decode()
    assert "See the figures" in content
    assert "<html" not in content


# --- who sees what ---


def test_another_agencys_return_is_as_if_it_were_not(counted):
    commissioner, made = counted
    other = Cast().idva_manager
    type(other).objects.filter(pk=other.pk).update(role="commissioner")
    try:
        browser = signed_in_client(other)
        for url in (f"/returns/{made.pk}/", f"/returns/{made.pk}/csv/"):
            theirs, absent = browser.get(url), browser.get(url.replace(str(made.pk), ABSENT))
            assert theirs.status_code == absent.status_code == 404
        assert "No returns yet" in browser.get("/returns/").content.decode()
    finally:
        type(other).objects.filter(pk=other.pk).update(role="idva_manager")


def test_every_other_role_is_refused_whatever_the_return(counted):
    made = counted[1]
    for member in Cast().all():
        if member.role == "commissioner":
            continue
        browser = signed_in_client(member)
        for pk in (made.pk, ABSENT):
            for url in ("/returns/", "/returns/new/", f"/returns/{pk}/", f"/returns/{pk}/csv/"):
                assert browser.get(url).status_code == 403, (member.role, url)


def test_returns_are_seen_by_their_agency_only_without_the_walls_too(counted):
    commissioner, made = counted
    cast = Cast()
    everything = Return.objects.using("owner")
    assert list(everything.visible_to(commissioner)) == [made]
    assert list(everything.visible_to(cast.idva)) == []
    with acting_as(cast.idva):
        assert not Return.objects.exists()
        assert not Figure.objects.exists()
        assert list(counted_returns(cast.idva)) == []


def test_figures_are_kept_only_for_who_may_ask(cast):
    made = ask(cast.commissioner)
    with pytest.raises(NotAllowed), acting_as(cast.idva):
        keep_figures(made, [FigureRow("turn_aways", "", 1)], actor=cast.idva)


def test_a_return_without_figures_has_no_file(cast, sign_in):
    made = ask(cast.commissioner)
    browser = sign_in(cast.commissioner)
    for ending in ("csv", "xlsx", "exe"):
        assert browser.get(f"/returns/{made.pk}/{ending}/").status_code == 404
    assert rows_of(made, cast.commissioner) == []


def test_a_download_leaves_an_event(counted):
    commissioner, made = counted
    browser = signed_in_client(commissioner)
    assert browser.get(f"/returns/{made.pk}/exe/").status_code == 404
    browser.get(f"/returns/{made.pk}/csv/")
    with acting_as(commissioner):
        assert [event.data for event in Event.objects.filter(verb="return_downloaded")] == [{"format": "csv"}]


def test_addresses_say_nothing(counted):
    assert reverse("reporting:download", args=[counted[1].pk, "csv"]).startswith("/returns/")


# --- the home page ---


def test_the_home_page_reminds_until_the_last_quarter_is_there(world):
    commissioner = Cast().commissioner
    ended = quarter_of_day(timezone.localdate()).former
    with acting_as(commissioner):
        panel = latest_returns(commissioner)
    assert [action.text for action in panel.next_actions] == [f"Ask for the return for {ended.title}"]
    assert panel.context["table"] is None
    ask(commissioner, ended.code)
    with acting_as(commissioner):
        panel = latest_returns(commissioner)
    assert panel.next_actions == []
    assert len(panel.context["table"].rows) == 1
    assert latest_returns(Cast().idva) is None


# --- the command ---


def test_the_command_counts_years_long_past(world, capfdbinary):
    world.referral(at("2019-04-01 00:00"))
    world.referral(at("2019-03-31 23:59"))
    call_command("make_return", "quarterly", period="2019-Q1", format="csv", output="-")
    assert ("referrals_received", "Total", 1) in figures_of_csv(capfdbinary.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"period": "2026"}, "Write a quarter as 2026-Q1"),
        ({"period": "2098-Q1"}, "has not begun yet"),
        ({"period": "1066-Q1"}, "from 2000 to 2099"),
        ({"format": "pdf"}, "no format “pdf”"),
        ({"kind": "yearly"}, "no return called “yearly”"),
    ],
)
def test_the_command_refuses_in_one_sentence(db, tmp_path, arguments, words):
    path = tmp_path / "return.csv"
    values = {"kind": "quarterly", "period": "2026-Q1", "format": "csv", "output": str(path)} | arguments
    with pytest.raises(CommandError, match=words) as refused:
        call_command("make_return", values.pop("kind"), **values)
    assert refused.value.returncode
    assert not path.exists()


def test_a_file_that_cannot_be_written_leaves_the_former_one(world, tmp_path, monkeypatch):
    path = tmp_path / "return.csv"
    path.write_text("former")
    monkeypatch.setattr(
        os, "fdopen", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(CommandError, match="No space left"):
        call_command("make_return", "quarterly", period="2026-Q1", format="csv", output=str(path))
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]


def test_no_folder_no_file(world, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "make_return", "quarterly", period="2026-Q1", format="csv", output=str(tmp_path / "no" / "x")
        )


def test_a_link_stays_a_link_and_a_pipe_a_pipe(world, tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("former")
    link.symlink_to(real)
    call_command("make_return", "quarterly", period="2026-Q1", format="csv", output=str(link))
    assert link.is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbfperiod")
    call_command("make_return", "quarterly", period="2026-Q1", format="csv", output="/dev/null")
    assert os.stat("/dev/null").st_rdev


def test_tomorrows_quarter_is_refused_and_todays_counted():
    from reporting.periods import PeriodError
    from reporting.rules import check_quarter

    first = date(2026, 4, 1)
    assert check_quarter("2026-Q1", first).code == "2026-Q1"
    with pytest.raises(PeriodError, match="April to June 2026 has not begun yet"):
        check_quarter("2026-Q1", first - timedelta(days=1))
