"""A recorded case, taken up again where its file ends."""

from typing import Any

from dacase.cases.choices import Purpose, Scope
from dacase.demo.partners import Area, Worker
from dacase.demo.published.recorded import HeardCase
from dacase.demo.story.case_file import Access, CaseFile, Teller
from dacase.demo.story.household import Someone
from referrals.casework.models import RiskAssessment

CASE = """
SELECT c.reference, c.opened_at, l.band, l.band_set_on, l.worker_id FROM cases_case c
  JOIN cases_headline l ON l.case_id = c.id WHERE c.id = %s"""
PEOPLE = """
SELECT p.id, y.id, y.role, p.given_name, p.family_name, p.date_of_birth, p.sex, y.relationship
  FROM cases_party y JOIN cases_person p ON p.id = y.person_id WHERE y.case_id = %s
 ORDER BY y.role DESC, y.created_at, y.id"""
SOURCE = "SELECT source FROM referrals_referral WHERE case_id = %s ORDER BY received_at LIMIT 1"


def case_on_file(teller: Teller, cursor: Any, case: HeardCase) -> CaseFile:
    """The file of a recorded case, to which hearings can be added. Its own rows are not written again."""
    cursor.execute(CASE, [case.id])
    reference, opened_at, band, band_set_on, worker_id = cursor.fetchone()
    cursor.execute(PEOPLE, [case.id])
    people = [Someone(person.hex, party.hex, *rest) for person, party, *rest in cursor.fetchall()]
    cursor.execute(SOURCE, [case.id])
    kinds = {partner.kind: partner.key for partner in teller.area.partners.values()}
    found = cursor.fetchone()
    worker = worker_with(teller.area, worker_id.hex if worker_id else "")
    file = CaseFile(
        teller, people, opened_at, worker, kinds.get(found[0], "police") if found else "police",
        id=case.id, reference=reference, band=band, band_set_on=band_set_on, worker=worker,
    )  # fmt: skip
    # Only days before: later ones are on record and stay as they are.
    file.heard_on = sorted(case.heard_on)
    file.risk = latest_risk(case.id)
    file.grants["marac", Scope.CASE.value] = Access(opened_at, Purpose.MARAC.value, worker, "")
    return file


def worker_with(area: Area, key: str) -> Worker:
    """The worker with the membership `key`, or else an advocate of the area."""
    everybody = [worker for partner in area.partners.values() for worker in partner.people.values()]
    return next(
        (worker for worker in everybody if worker.id == key), area["advocacy"].may["refer_to_marac"][0]
    )


def latest_risk(case_id: str) -> dict[str, Any]:
    """What a hearing's paper says of the latest assessment; empty where there is none."""
    found = (
        RiskAssessment.objects.using("owner")
        .filter(case_id=case_id)
        .completed()
        .order_by("-assessed_on")
        .first()
    )
    if found is None:
        return {}
    yes = found.answers.using("owner").filter(answer="yes").values_list("topic", flat=True)
    return {"yes_count": found.yes_count, "yes": set(yes), "judgement": found.judgement_reason}
