"""Measures what permissions cost on 250,000 invented cases; fails where a target is missed. `make bench`."""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import database

CASES, RUNS, WARM_UP = 250_000, 25, 3
BIG, SMALL = "Northmoor Front Door", "Tinwick Front Door"
BIG_SERVICE, SMALL_SERVICE = "Brightwater Advocacy", "Tinwick Brightwater Advocacy"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help="how many cases, about")
    parser.add_argument("--runs", type=int, default=RUNS, help="at least 15")
    parser.add_argument("--fresh", action="store_true", help="load again even where the database is there")
    options = parser.parse_args()
    if options.runs < 15 or options.cases < 1_000:
        parser.error("at least 15 runs on 1,000 cases")
    database.load(database.start(), options.cases, fresh=options.fresh)
    return measure(options.cases, options.runs)


def measure(cases: int, runs: int) -> int:
    from bench import report
    from bench.matching import match_and_plain
    from bench.pages import OURS, WITHOUT, Reading, readings
    from bench.whole_pages import day_pages, whole_pages

    actors, opened, facts = who_reads()
    found = readings(actors, opened)
    check_agreement(found)
    for agency, actor in actors.items():
        for page, (ours, bare) in (whole_pages(actor, opened[agency]) | match_and_plain(actor)).items():
            found += [Reading(page, agency, OURS, ours), Reading(page, agency, WITHOUT, bare)]
    workers, carried = who_works()
    facts |= carried
    for agency, worker in workers.items():
        for page, (ours, bare) in day_pages(worker).items():
            found += [Reading(page, agency, OURS, ours), Reading(page, agency, WITHOUT, bare)]
    times: report.Times = {(one.page, one.agency, one.way): [] for one in found}
    for number in range(WARM_UP + runs):
        random.shuffle(found)
        for one in found:
            begin = time.perf_counter()
            one.run()
            if number >= WARM_UP:
                times[one.page, one.agency, one.way].append(time.perf_counter() - begin)
        print(".", end="", flush=True)
    lines = report.lines_of(times)
    print(f"\nMilliseconds, median / 95th percentile of {runs} runs\n\n{report.table(lines)}\n")
    missed = [miss for line in lines for miss in line.misses]
    print("\n".join(["Missed:", *missed]) if missed else "Every target is met.")
    if cases == CASES:
        report.PATH.write_text(report.document(lines, report.machine() | facts, runs), encoding="utf-8")
        print(f"Written to {report.PATH.name} in docs.")
    return 1 if missed else 0


def who_reads() -> tuple[dict, dict, dict[str, str]]:
    """A worker of the big and of the small agency, a case that each opens, and what the database holds."""
    from django.db import connections

    from bench.settings import BARE
    from dacase.agencies.models import Membership
    from dacase.cases.models import Case

    actors, opened = {}, {}
    whole = Case.objects.using(BARE).count()
    shares = []
    for name, agency in (("big", BIG), ("small", SMALL)):
        member = Membership.objects.select_related("user", "agency", "team")
        actors[name] = member.filter(agency__name=agency, role="front_door").order_by("user__email")[0]
        seen = Case.objects.using(BARE).filter(viewer_groups__contains=[actors[name].agency.group_id])
        shares.append(f"{name} {100 * seen.count() / whole:.1f}%")
        # One of the newest that was heard at MARAC: its page has something of every room.
        opened[name] = (
            seen.filter(closed_at=None, hearings__isnull=False)
            .order_by("-opened_at")
            .values_list("pk", flat=True)[0]
        )
    with connections[BARE].cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM cases_grant")
        grants = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM cases_person")
        persons = cursor.fetchone()[0]
    still_open = Case.objects.using(BARE).filter(closed_at=None).count()
    return (
        actors,
        opened,
        {
            "PostgreSQL": version,
            "Database": f"{whole:,} cases, {still_open:,} of them open; {persons:,} persons; {grants:,} grants; 40 agencies ({', '.join(shares)})",
        },
    )


def who_works() -> tuple[dict, dict[str, str]]:
    """The caseworker with the most open episodes in the big and in the small place, and how many those are."""
    from django.db.models import Count

    from bench.settings import BARE
    from dacase.agencies.models import Membership
    from referrals.casework.models import Episode

    busiest = (
        Episode.objects.using(BARE)
        .filter(closed_at=None, worker__role="idva")
        .values("worker", "worker__agency__name")
        .annotate(open=Count("pk"))
        .order_by("-open", "worker")
    )
    found, carried = {}, []
    for name, agency in (("big", BIG_SERVICE), ("small", SMALL_SERVICE)):
        most = busiest.filter(worker__agency__name=agency)[0]
        found[name] = Membership.objects.select_related("user", "agency", "team").get(pk=most["worker"])
        carried.append(f"{name} {most['open']}")
    return found, {"Open episodes of the busiest caseworker": ", ".join(carried)}


def check_agreement(found: list) -> None:
    """Our way and guardian's must find the same, or the comparison means nothing."""
    from bench.pages import WITHOUT

    answers: dict[tuple[str, str], object] = {}
    for one in found:
        if one.way != WITHOUT:
            answer = one.run()
            if answers.setdefault((one.page, one.agency), answer) != answer:
                sys.exit(f"{one.page}, {one.agency}: {one.way} finds something else. Nothing was measured.")


if __name__ == "__main__":
    sys.exit(main())
