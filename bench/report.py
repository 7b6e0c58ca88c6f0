"""Medians, ratios and targets: on the screen and in docs/bench.md."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from django.utils import timezone

from bench.matching import MATCH
from bench.pages import GUARDIAN, GUARDIAN_BARE, LETTERS_SEARCH, OURS, WITHOUT

SLOWER_AT_MOST, FASTER_AT_LEAST, MATCH_AT_MOST = 1.5, 3.0, 2.0
# Guardian's shortcut is compared where it matters: for the agency that sees most cases.
COMPARED = "big"
# Half of everybody begins with a letter or two; guardian's shortcut then reads about as much as anybody.
NOT_COMPARED = {LETTERS_SEARCH}
PATH = Path(__file__).resolve().parent.parent / "docs" / "bench.md"
Times = dict[tuple[str, str, str], list[float]]


@dataclass(frozen=True)
class Line:
    """One page for one agency: milliseconds of each way, and what is missed."""

    page: str
    agency: str
    times: dict[str, list[float]]

    def ms(self, way: str) -> float:
        return median(self.times[way]) * 1000

    def p95(self, way: str) -> float:
        return quantiles(self.times[way], n=20, method="inclusive")[-1] * 1000

    @property
    def slower(self) -> float:
        """How many times as long as with no permission."""
        return self.ms(OURS) / self.ms(WITHOUT)

    @property
    def faster(self) -> float | None:
        """How many times faster than guardian's shortcut, the quicker of its two ways; None where it was not tried."""
        if GUARDIAN not in self.times:
            return None
        return min(self.ms(GUARDIAN), self.ms(GUARDIAN_BARE)) / self.ms(OURS)

    @property
    def misses(self) -> list[str]:
        found = []
        most = MATCH_AT_MOST if self.page == MATCH else SLOWER_AT_MOST
        if self.slower > most:
            found.append(
                f"{self.page}, {self.agency}: {self.slower:.2f} times the bare query, more than {most}"
            )
        compared = self.agency == COMPARED and self.page not in NOT_COMPARED
        if compared and self.faster is not None and self.faster < FASTER_AT_LEAST:
            found.append(
                f"{self.page}, {self.agency}: {self.faster:.1f} times faster than guardian, less than {FASTER_AT_LEAST:g}"
            )
        return found


def lines_of(times: Times) -> list[Line]:
    pages: dict[tuple[str, str], dict[str, list[float]]] = {}
    for (page, agency, way), measured in times.items():
        pages.setdefault((page, agency), {})[way] = measured
    return [Line(page, agency, ways) for (page, agency), ways in sorted(pages.items())]


def table(lines: list[Line]) -> str:
    ways = [OURS, WITHOUT, GUARDIAN, GUARDIAN_BARE]
    head = ["Page", "Agency", *ways, "ours / bare", "guardian / ours"]
    rows = [head, ["---"] * 2 + ["---:"] * 6]
    for line in lines:
        cells = [f"{line.ms(way):.1f} / {line.p95(way):.1f}" if way in line.times else "" for way in ways]
        faster = "" if line.faster is None else f"{line.faster:.1f}"
        rows.append([line.page, line.agency, *cells, f"{line.slower:.2f}", faster])
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )


def document(lines: list[Line], facts: dict[str, str], runs: int) -> str:
    """The text of docs/bench.md."""
    told = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    missed = [f"- {miss}" for line in lines for miss in line.misses]
    verdict = "\n".join(["Missed this time:", "", *missed]) if missed else "Every target is met."
    return f"""# What permissions cost, measured

Written by `make bench` ({timezone.localdate():%-d %B %Y}). Milliseconds, median / 95th percentile of {runs} runs after a
warm-up; all ways interleaved in one process on one machine, so compare the ratios and not the times.

{table(lines)}

{verdict}

- *ours*: the selectors that the pages use, on the application's login: opening the transaction with its signed
  context, row security on every table, `visible_to` as well.
- *bare*: the same page with no permission clause, on a login that no row security binds.
- *guardian*: the same page on `get_objects_for_user` over the same direct-foreign-key table, behind row security;
  *no walls*: the same on the bare login. The last column takes the quicker of the two.
- *Page*: the whole page through Django's test client, sessions, templates and the read log included; *bare* is then
  the same views with every permission taken out.
- *{MATCH}*: by names, date of birth, numbers and phone among the files that the reader may open; *bare* is then a
  plain trigram look-up of the family name alone among all persons, and the target {MATCH_AT_MOST:g} times that.
- *big* sees 60% of all cases, *small* 3%.
- *Page: my day* is that of the caseworker with the most open episodes of each; a service has a worker for every 70
  cases a year. Every source stops after 30 rows, but what was never assessed, and what supervision is due, is looked
  for among all that she has open.

Targets: at most {SLOWER_AT_MOST} times the bare query for both agencies; for the big one at least {FASTER_AT_LEAST:g} times faster
than guardian's shortcut, but for a search by three letters. The command fails where one is missed. It keeps its database; `make bench` again takes
about a minute. `python bench/run.py --cases 20000` tries it on fewer cases and leaves this file alone.

{told}
"""


def machine() -> dict[str, str]:
    cpu = (
        next(
            (
                line.split(":")[1].strip()
                for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")
            ),
            platform.processor() or platform.machine(),
        )
        if Path("/proc/cpuinfo").exists()
        else platform.processor() or platform.machine()
    )
    return {"Machine": f"{os.cpu_count()} cores, {cpu}", "Python": platform.python_version()}
