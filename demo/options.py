"""The options of script/demo: which home, how old it is, and where."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
import os
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from custom_components.air_baseline.core.pollutant import Pollutant
from script.csv_file import RecordingError, chosen_column, zone_named

from .home import ROOT
from .homes import big_home, measure_of, recorded_home
from .house import TOAST_S, House, family_home

PORT: Final = 8123
MOST_YEARS: Final = 2.5  # The air of a home has numbers for no earlier days.

LOOK: Final = """
  Air                        the start page: every room, its usual range, what is still missing
  Settings > Repairs         toast burnt in the living room: what was measured, inferred,
                             not known, and what you can answer
  Overview > Living room     learned: what is unusual now, and how sure that is
  Overview > Bedroom         two days old: not enough data yet
  Overview > Kitchen         its sensor was moved 16 days ago: a repair asks what changed
  Overview > Study           its sensor has been silent for three days
  Burn some toast            a button of the living room; unusual some 40 minutes later

What you do here is kept for the next time; script/demo --fresh starts again.
"""
LOOK_SET_UP: Final = """
Its sensors have recorded six weeks. Air Baseline is not set up yet, so that you can do it:
Settings > Devices & services > Add integration > Air Baseline.
"""
LOOK_YEARS: Final = """
The recorder has hourly means of {years:g} years, from which the living room, the kitchen and the
study take their year. Air > Living room shows it; the bedroom is too new to have one.
"""
LOOK_BIG: Final = """
{rooms} rooms, each with generated air of its own. The first four are those of script/demo.
"""
LOOK_RECORDED: Final = """
The room replays {name}, shifted in time so that its past ends now.
The rest continues live; when it is over, the sensor falls silent.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was requested; `look` says what there is to see."""

    port: int
    folder: Path
    fresh: bool
    zone: ZoneInfo
    make: Callable[[float, ZoneInfo], House]
    look: str
    set_up: bool
    released: bool
    no_browser: bool


def parse(arguments: Sequence[str] | None) -> Options:
    """Return what was requested; RecordingError or OSError if a recording is unusable."""
    said = _parser().parse_args(arguments)
    kind, make, look = _home(said)
    return Options(
        port=said.port,
        folder=said.folder or ROOT / f".demo{kind}",
        fresh=said.fresh or bool(kind),
        zone=zone_named(said.timezone) if said.timezone else machine_zone(),
        make=make,
        look=look,
        set_up=not said.not_set_up,
        released=said.released,
        no_browser=said.no_browser,
    )


def _home(said: argparse.Namespace) -> tuple[str, Callable[[float, ZoneInfo], House], str]:
    """Return the kind of home, the function that makes it, and what there is to see.

    The usual home is kept between runs; the others are made again each time.
    """
    if said.years and (said.csv or said.rooms):
        raise RecordingError("--years is for the family's home, not with --rooms or --csv")
    if said.csv:
        column = chosen_column(said.csv, said.column)
        measure = measure_of(said.quantity, said.unit)
        make = partial(recorded_home, said.csv, measure, column)
        return "-csv", make, LOOK_RECORDED.format(name=said.csv.name)
    if said.rooms:
        return "-rooms", partial(big_home, said.rooms), LOOK_BIG.format(rooms=said.rooms)
    make = partial(family_home, toast_s=said.toast * 60.0, years=said.years)
    kind = f"-years-{said.years:g}" if said.years else ""
    look = LOOK_SET_UP if said.not_set_up else LOOK
    look += LOOK_YEARS.format(years=said.years) if said.years else ""
    return ("-not-set-up" if said.not_set_up else "") + kind, make, look


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/demo", description="Start a real Home Assistant with a demo home."
    )
    parser.add_argument("--fresh", action="store_true", help="discard the home of the last run")
    parser.add_argument("--port", type=int, default=PORT, help="instead of %(default)s")
    parser.add_argument(
        "--released",
        action="store_true",
        help="install the archive of a release, as HACS does, instead of a link to this checkout",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--toast",
        type=float,
        default=TOAST_S / 60.0,
        metavar="MINUTES",
        help="minutes between the toast and the start of a new home, instead of %(default).0f",
    )
    parser.add_argument(
        "--years",
        type=_years,
        default=0.0,
        help="let the recorder have hourly means of so many years",
    )
    parser.add_argument("--folder", type=Path, help="instead of .demo")
    parser.add_argument("--timezone", help="the home's zone; by default this machine's")
    homes = parser.add_mutually_exclusive_group()
    homes.add_argument(
        "--not-set-up", action="store_true", help="leave it to you to add Air Baseline"
    )
    homes.add_argument("--rooms", type=_count, help="a big home with this many rooms")
    homes.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="a room with your own recording: a CSV file with a column for the time, or Home "
        "Assistant's export (.csv, .gz)",
    )
    recording = parser.add_argument_group("with --csv")
    recording.add_argument(
        "--column", help="the column or entity that holds the level, if there are several"
    )
    recording.add_argument(
        "--quantity",
        default=Pollutant.PM25.value,
        choices=[pollutant.value for pollutant in Pollutant],
    )
    recording.add_argument("--unit", help='the unit of the column, such as "μg/m³" or ppb')
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("a home has at least one room")
    return count


def _years(text: str) -> float:
    years = float(text)
    if not 0.0 <= years <= MOST_YEARS:
        raise argparse.ArgumentTypeError(f"from 0 to {MOST_YEARS:g} years")
    return years


def machine_zone() -> ZoneInfo:
    """Return this machine's time zone, UTC where it has no name."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        _, _, name = os.path.realpath("/etc/localtime").partition("/zoneinfo/")
    try:
        return ZoneInfo(name)
    except OSError, ValueError:
        return ZoneInfo("UTC")
