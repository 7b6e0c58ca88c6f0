"""A file of referrals: read, checked row by row, sent once, removed."""

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dacase.jobs.models import Job, JobState, OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals.models import Referral, Upload, UploadRow
from referrals.rules.tables import rows as table_rows
from referrals.rules.upload import MOST_ROWS, columns, number_of_row, read_rows, template, with_first_zero
from referrals.services.upload import keep_upload, send_upload
from tests.cast import Cast
from tests.meeting import by, while_it_is_open

EXAMPLE = {row["column"]: row["example"] for row in table_rows("upload_columns")}


def content(*changes, head=None, encoding="utf-8"):
    made = io.StringIO()
    writer = csv.DictWriter(made, head or columns(), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(EXAMPLE | one for one in changes)
    return made.getvalue().encode(encoding)


def send_file(client, data, name="rows.csv"):
    return client.post(reverse("referrals:upload"), {"file": SimpleUploadedFile(name, data)})


def kept(actor):
    with acting_as(actor):
        return list(UploadRow.objects.order_by("number"))


def run_all():
    for message in OutboxMessage.objects.unfinished().filter(task="referrals.send_upload"):
        run_message(message.pk)


def test_the_template_is_a_file_that_can_be_sent():
    assert columns()[:3] == ["phone", "email", "address"]
    assert columns().index("safe_to_call") < columns().index("what_happened")
    ((line, values),) = read_rows(b"\xef\xbb\xbf" + template().encode())
    assert (line, values["family_name"]) == (2, "Madeupson")
    assert all(row["meaning"] for row in table_rows("upload_columns"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (content({}, encoding="utf-16"), "could not be read"),
        ("family_name\nBrûlé".encode("latin-1"), "CSV UTF-8"),
        (b"a,b\n1,2\n", "Begin with the template"),
        (content({}, head=columns()[1:]), "lacks the column phone"),
        (content({}, head=[*columns(), "secret"]), "do not know: secret"),
        (content({}, head=[*columns(), "phone"]), "same column twice"),
        (content(), "no rows"),
        (content(*[{}] * (MOST_ROWS + 1)), "at most 500"),
        (content({"what_happened": "x" * 30_000}), "too long"),
        (content({}) + b'"open', "quotation marks"),
        (content({}) + b"\x00", "not a CSV file"),
        (b"", "names of the columns"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, words):
    with pytest.raises(ValidationError, match=words):
        read_rows(data)


def test_a_row_has_the_same_number_in_every_file_of_its_agency(cast):
    police, housing = cast.police_officer.agency_id, cast.housing_representative.agency_id
    assert number_of_row(police, EXAMPLE) == number_of_row(police, EXAMPLE | {"child_2_given_name": " "})
    assert number_of_row(police, EXAMPLE) != number_of_row(police, EXAMPLE | {"phone": "07700 900999"})
    assert number_of_row(police, EXAMPLE) != number_of_row(housing, EXAMPLE)


def test_a_file_is_shown_and_nothing_is_sent(cast, sign_in):
    officer = cast.police_officer
    client = sign_in(officer)
    response = send_file(client, content({}, {"family_name": "=1+1", "given_name": "+44"}))
    page = client.get(response["Location"]).content.decode()
    assert "Send 2 referrals" in page
    with acting_as(officer):
        assert not Referral.objects.exists()
    assert [row.values["family_name"] for row in kept(officer)] == ["Madeupson", "=1+1"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": ""}, "phone: Enter the phone number"),
        ({"safe_to_call": "perhaps"}, "safe_to_call: Write yes or no"),
        ({"family_name": ""}, "family_name: Enter the victim-survivor"),
        ({"family_name": "x" * 101}, "family_name: Family name must be 100"),
        ({"date_of_birth": "31/02/1990"}, "date_of_birth: Date of birth must be a real date"),
        ({"date_of_birth": "soon"}, "date_of_birth: Date of birth must be a real date"),
        ({"child_1_family_name": ""}, "child_1_family_name: Enter the child"),
        ({"priority": "urgent"}, "priority: How urgent is it: select"),
        ({"victim_aware": "no"}, "not_aware_reason: Say why"),
        ({"what_happened": ""}, "what_happened: Enter what has happened"),
        ({"safe_to_call": "no", "safe_to_leave_message": "yes"}, "ways: Leaving a message is only safe"),
        ({"date_of_birth": "01/01/1900"}, "date_of_birth: Date of birth must be within the last 120 years"),
        ({"child_1_date_of_birth": "01/01/1900"}, "child_1_date_of_birth: Date of birth must be within"),
    ],
)
def test_what_is_wrong_stands_beside_its_row(cast, sign_in, changes, said):
    client = sign_in(cast.police_officer)
    page = client.get(send_file(client, content({}, changes))["Location"]).content.decode()
    assert said in page
    assert "Send the 1 row without errors" in page


def test_rows_without_errors_are_sent_with_progress_and_removed(cast, sign_in):
    officer = cast.police_officer
    client = sign_in(officer)
    where = send_file(client, content({}, {"given_name": "Robin"}, {"given_name": "Lark", "phone": ""}))[
        "Location"
    ]
    response = client.post(where)
    assert client.post(where)["Location"] == response["Location"]
    run_all()
    with acting_as(officer):
        job = Job.objects.get()
        assert (job.state, job.progress, job.total) == (JobState.DONE, 2, 2)
        found = Referral.objects.prefetch_related("people").all()
        assert {(one.door, one.source) for one in found} == {("csv", "police")}
        assert {one.people.filter(role="victim").get().given_name for one in found} == {"Wren", "Robin"}
        assert {one.people.count() for one in found} == {3}
        assert not UploadRow.objects.exists()
    assert "Sent" in client.get(reverse("referrals:sent")).content.decode()


def test_a_row_says_all_that_tells_who_somebody_is(cast, sign_in):
    officer = cast.police_officer
    client = sign_in(officer)
    row = {
        "also_known_as": "Robin",
        "nhs_number": "943 476 5919",
        "perpetrator_also_known_as": "Raven",
        "perpetrator_pnc_id": "15/1A",
    }
    client.post(send_file(client, content(row))["Location"])
    run_all()
    with acting_as(officer):
        people = {one.role: one for one in Referral.objects.get().people.all()}
        assert (people["victim"].also_known_as, people["victim"].nhs_number) == ("Robin", "9434765919")
        known = people["perpetrator"]
        assert (known.also_known_as, known.pnc_id) == ("Raven", "2015/0000001A")
    page = client.get(reverse("referrals:detail", args=[known.referral_id])).content.decode()
    assert "Also known as Robin; NHS number 9434765919" in page
    assert "Also known as Raven; PNC ID 2015/0000001A" in page


def test_a_row_without_a_safe_way_says_before_that_it_comes_back(cast, sign_in):
    client, words = sign_in(cast.police_officer), "it comes back to you with a question"
    assert words not in client.get(send_file(client, content({}))["Location"]).content.decode()
    page = client.get(send_file(client, content({"safe_to_call": "no"}))["Location"]).content.decode()
    assert words in page
    assert "Send 1 referral" in page


def test_the_same_file_twice_and_the_same_row_twice_make_one(cast, sign_in):
    officer = cast.police_officer
    client = sign_in(officer)
    assert "same as row 2" in client.get(send_file(client, content({}, {}))["Location"]).content.decode()
    for _ in range(2):
        client.post(send_file(client, content({}))["Location"])
        run_all()
    with acting_as(officer):
        assert Referral.objects.count() == 1


def test_nobody_else_sees_the_file_and_an_unsent_one_goes(cast, sign_in):
    officer = cast.police_officer
    where = send_file(sign_in(officer), content({}))["Location"]
    for other in (cast.idva, cast.police_alder):
        assert sign_in(other).get(where).status_code == 404
        assert sign_in(other).post(where).status_code == 404
    again = send_file(sign_in(officer), content({"given_name": "Robin"}))["Location"]
    assert sign_in(officer).get(where).status_code == 404
    sign_in(officer).post(f"{again}discard/")
    with acting_as(officer):
        assert not Upload.objects.exists()


def test_a_file_with_only_wrong_rows_is_not_sent(cast, sign_in):
    officer = cast.police_officer
    client = sign_in(officer)
    where = send_file(client, content({"phone": ""}))["Location"]
    assert "No row of this file can be sent" in client.post(where).content.decode()
    with acting_as(officer), pytest.raises(ValidationError):
        send_upload(Upload.objects.get().pk, actor=officer)


def test_a_worker_that_dies_half_way_sends_the_rest_later(cast, sign_in, monkeypatch):
    from referrals import tasks

    officer = cast.police_officer
    client = sign_in(officer)
    client.post(send_file(client, content({}, {"given_name": "Robin"}))["Location"])
    real, calls = tasks.upload_service.send_row, []

    def dies(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise ConnectionError
        return real(*args, **kwargs)

    monkeypatch.setattr(tasks.upload_service, "send_row", dies)
    run_all()
    with acting_as(officer):
        assert (Referral.objects.count(), UploadRow.objects.count()) == (1, 1)
        assert Job.objects.get().state == JobState.FAILED
    monkeypatch.undo()
    client.post(send_file(client, content({}, {"given_name": "Robin"}))["Location"])
    run_all()
    with acting_as(officer):
        assert Referral.objects.count() == 2


def test_a_number_gets_back_the_zero_that_a_spreadsheet_took_and_a_date_may_begin_with_its_year(
    cast, sign_in
):
    officer = cast.police_officer
    client = sign_in(officer)
    row = {"phone": "7700900123", "date_of_birth": "1990-03-04"}
    client.post(send_file(client, content(row))["Location"])
    run_all()
    with acting_as(officer):
        referral = Referral.objects.select_related("contact").get()
        assert referral.contact.phone == "07700900123"
        assert referral.people.get(role="victim").date_of_birth == date(1990, 3, 4)


@pytest.mark.parametrize("kept", ["07700 900123", "+44 7700 900123", "020 7946 0000", "999", ""])
def test_a_number_that_lost_nothing_stays_as_it_is(kept):
    assert with_first_zero(kept) == kept


def test_a_row_that_is_refused_late_is_named_and_the_rows_after_it_are_sent(cast, sign_in, monkeypatch):
    from referrals import tasks

    officer = cast.police_officer
    client = sign_in(officer)
    client.post(send_file(client, content({}, {"given_name": "Robin"}, {"given_name": "Lark"}))["Location"])
    real = tasks.upload_service.send_row

    def refuses(row, *, answers, **kwargs):
        if answers["people"][0].given_name == "Robin":
            raise ValidationError({"people": "Invented refusal"})
        return real(row, answers=answers, **kwargs)

    monkeypatch.setattr(tasks.upload_service, "send_row", refuses)
    run_all()
    with acting_as(officer):
        assert Referral.objects.count() == 2
        job = Job.objects.get()
        assert (job.state, UploadRow.objects.get().number) == (JobState.FAILED, 3)
        assert "Not sent: row 3 (Invented refusal)" in job.error


@pytest.mark.parametrize("name", ["rows.xlsx", "rows"])
def test_another_kind_of_file_is_refused_beside_the_field(cast, sign_in, name):
    response = send_file(sign_in(cast.police_officer), b"x", name)
    assert "must be a CSV" in response.content.decode()
    assert "Select a file" in sign_in(cast.police_officer).post(reverse("referrals:upload")).content.decode()


def test_more_rows_cost_no_more_queries(cast, sign_in):
    client = sign_in(cast.police_officer)
    counts = []
    for rows in (1, 3, 300):
        data = content(*({"given_name": f"Wren{number}"} for number in range(rows)))
        with CaptureQueriesContext(connection) as asked:
            where = send_file(client, data)["Location"]
        with CaptureQueriesContext(connection) as shown:
            client.get(where)
        counts.append((len(asked), len(shown)))
    assert counts[1] == counts[2]
    assert counts[1][1] <= 12


def test_a_file_that_is_sent_while_another_is_uploaded_is_not_removed(committed):
    """Its rows would be gone, and the page with the progress would wait for ever."""
    officer = Cast().police_officer
    rows = [(1, {"given_name": "Wren"}, [])]
    sent = by(officer, keep_upload, rows=rows)()
    came = while_it_is_open(by(officer, send_upload, sent.pk), by(officer, keep_upload, rows=rows))
    assert isinstance(came, Upload), came
    with acting_as(officer):
        assert set(Upload.objects.values_list("pk", flat=True)) == {sent.pk, came.pk}
        assert UploadRow.objects.filter(upload=sent).count() == 1
