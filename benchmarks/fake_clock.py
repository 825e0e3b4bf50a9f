"""A real Home Assistant whose clock is wrong: which days are lost, and what it says meanwhile.

    python -m benchmarks.fake_clock [--rate 60] [--after MINUTES] [--at-once 2] [CASE ...]

Two rooms have learned for 36 days; then `hass` runs with a wrong clock, which is set right after
a while. libfaketime moves the clock: script/get-faketime fetches it, unless `--faketime` names
it. Time passes 60 times as fast, for timers too: all that `hass` can tell from its monotonic
clock stays true. `--rate 1 --after 2` lets it pass as it does, which takes hours.

Exits with 1 if a day was lost, something false was said, or a room says nothing at the end.
"""

import argparse
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final

from custom_components.air_baseline.core.day import iso_day, locate
from demo.sign_in import free_port

from .layout import Table
from .real_home.cases import Case, Stage, cases
from .real_home.founding import ROOT, ZONE, Founder, set_clock
from .real_home.judging import Seen, claims_at_end, false_claims, seen_in
from .real_home.life import Days, Life, TrialError, life_in

LEDGERS_S: Final = 300.0  # How often the witness looks at the ledgers, by the clock of the home.
SETTLE_S: Final = 3.0  # Real seconds: the witness has written its last lines by then.
AFTER_MIN: Final = 100.0  # Minutes: twice as long as an episode takes to begin.
SHOWN: Final = ("unusual", "with_usual", "above_guideline", "usual_high", "_learning")


@dataclass(slots=True)
class Outcome:
    """What one case came to."""

    case: Case
    report: list[str] = field(default_factory=list)
    days_before: Days = field(default_factory=dict)
    days_after: Days = field(default_factory=dict)
    good_after: Days = field(default_factory=dict)
    invented: int = 0  # Days in the store at the end that are not over.
    false: int = 0
    claims: tuple[int, int] = (0, 0)
    failed: str = ""

    @property
    def lost(self) -> int:
        """How many days are gone from the store at the end."""
        return sum(
            len(days - self.days_after.get(name, set())) for name, days in self.days_before.items()
        )

    @property
    def kept(self) -> bool:
        """Tell whether nothing was lost or invented or falsely said, and all rooms speak again."""
        said, rooms = self.claims
        wrong = self.failed or self.lost or self.invented or self.false
        return not wrong and said == rooms > 0

    @property
    def row(self) -> tuple[str, ...]:
        """Return the row of the table."""
        return (
            self.case.name,
            _days(self.days_before),
            _days(self.days_after),
            _days(self.good_after),
            str(self.lost),
            str(self.invented),
            str(self.false),
            f"{self.claims[0]} of {self.claims[1]}",
            self.failed or ("ok" if self.kept else "NOT OK"),
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the cases; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fake_clock",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--faketime", type=Path, help="libfaketimeMT.so.1")
    parser.add_argument("--rate", type=float, default=60.0)
    parser.add_argument("--after", type=float, default=AFTER_MIN, metavar="MINUTES")
    parser.add_argument("--at-once", type=int, default=2, metavar="HOMES")
    parser.add_argument("--folder", type=Path, help="keep the homes here")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    options = parser.parse_args(arguments)
    now = time.time()
    known = cases(now, options.after)
    if unknown := [name for name in options.cases if name not in known]:
        parser.error(f"no case {unknown[0]!r}; there are: {', '.join(known)}")
    library, founder = options.faketime or faketime(), Founder(now)

    def run(name: str) -> Outcome:
        outcome = Outcome(known[name])
        try:
            _run(outcome, Path(folder) / name, library, founder, options.rate)
        except TrialError as error:
            outcome.failed = str(error)
        print("\n".join([f"\n{name}", *outcome.report]), flush=True)
        return outcome

    with TemporaryDirectory() as temporary, ThreadPoolExecutor(options.at_once) as pool:
        folder = options.folder or temporary
        outcomes = list(pool.map(run, options.cases or known))
    header = (
        "case",
        "days before",
        "days after",
        "good copy after",
        "lost",
        "invented",
        "false claims",
        "rooms that compare again",
        "",
    )
    table = Table("A wrong clock", header, [outcome.row for outcome in outcomes])
    sys.stdout.write(table.text())
    return int(not all(outcome.kept for outcome in outcomes))


def faketime() -> Path:
    """Return where libfaketime is; fetch it if it is missing."""
    found = subprocess.run(
        [ROOT / "script" / "get-faketime"], check=True, stdout=subprocess.PIPE, text=True
    )
    return ROOT / found.stdout.strip()


def _run(outcome: Outcome, folder: Path, library: Path, founder: Founder, rate: float) -> None:
    founder.found(folder, free_port())
    with life_in(folder, library) as life:
        outcome.days_before, good = life.days_on_disk()
        outcome.report.append(f"  before: store {_days(outcome.days_before)}, good {_days(good)}")
        for number, stage in enumerate(outcome.case.stages):
            name = f"{number} {stage.name}"
            live(life, stage, name, founder, rate)
            seen = seen_in(name, life.diary())
            false = false_claims(stage, seen)
            outcome.false += len(false)
            outcome.claims = claims_at_end(seen)
            outcome.report += _report(stage, seen, life, false)
        set_clock(folder, outcome.case.stages[-1].wrong_s)
        life.stop()
        outcome.days_after, outcome.good_after = life.days_on_disk()
        today = iso_day(locate(life.now(), ZONE)[0])
        outcome.invented = sum(day >= today for days in outcome.days_after.values() for day in days)
        outcome.report += [f"  log: {line}" for line in life.complaints()]


def live(life: Life, stage: Stage, name: str, founder: Founder, rate: float) -> None:
    """Let a home live through a stage."""
    if stage.starts:
        set_clock(life.folder, stage.wrong_s)
        life.stop()
    founder.air(life.folder, name, stage.pm25, LEDGERS_S)
    if stage.starts:
        life.start()
    rate = 1.0 if stage.real_time else rate
    set_clock(life.folder, stage.wrong_s, rate)
    life.wait(stage.minutes * 60.0, rate)
    set_clock(life.folder, stage.wrong_s)
    time.sleep(SETTLE_S)


def _report(stage: Stage, seen: Seen, life: Life, false: list[str]) -> Iterator[str]:
    store, good = life.days_on_disk()
    look = seen.looks[-1] if seen.looks else {"days": {}, "repairs": []}
    yield f"  {stage.name} ({stage.wrong_s:+.0f} s), {stage.minutes:.0f} min, {stage.claims.value}"
    yield f"    days: store {_days(store)}, good copy {_days(good)}, live {_counts(look['days'])}"
    yield f"    repairs: {', '.join(look['repairs']) or 'none'}"
    for entity, state in seen.last().items():
        if entity.endswith(SHOWN):
            yield f"    {entity}: {state}"
    yield from (f"    FALSE: {claim}" for claim in false)
    yield from (f"    failed: {failure}" for failure in dict.fromkeys(seen.failures))


def _days(days: Days) -> str:
    return _counts({name: len(dates) for name, dates in days.items()})


def _counts(counts: Mapping[str, int]) -> str:
    return " ".join(map(str, counts.values())) or "none"


if __name__ == "__main__":
    sys.exit(main())
