"""Which files are mutated, and which tests are asked about each: the quick ones first."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from .copies import ROOT

PACKAGE: Final = "custom_components/air_baseline"
CORE: Final = f"{PACKAGE}/core"

CHANNEL: Final = (
    "tests/core/test_channel.py",
    "tests/core/test_channel_rules.py",
    "tests/core/alerting/test_episode.py",
    "tests/core/alerting/test_episode_life.py",
    "tests/core/alerting/test_guideline.py",
    "tests/core/test_part_days.py",
    "tests/core/storage/test_channel.py",
    "tests/core/explaining/test_hour_range.py",
    "tests/core/ledger/test_correction.py",
    "tests/core/learning/test_level_shift.py",
    "tests/home_history/test_look_back.py",
    "tests/inputs/test_life.py",
    "tests/test_coordinator.py",
    "tests/test_corrections.py",
    "tests/test_clock.py",
)
CLOCK: Final = (
    "tests/core/test_clock_steps.py",
    "tests/core/test_known_time.py",
    "tests/core/test_channel.py",
    "tests/core/storage/test_channel.py",
    "tests/test_clock.py",
    "tests/system/test_wrong_clock.py",
)
LEDGER: Final = (
    "tests/core/ledger/test_ledger.py",
    "tests/core/ledger/test_correction.py",
    "tests/core/ledger/test_day_summary.py",
    "tests/core/ledger/test_seen_parts.py",
    "tests/core/storage/test_entries.py",
    "tests/core/storage/test_days.py",
    "tests/core/test_channel_rules.py",
    "tests/core/test_channel.py",
    "tests/core/alerting/test_threshold.py",
    "tests/core/alerting/test_episode_life.py",
    "tests/core/explaining",
    "tests/core/storage/test_channel.py",
    "tests/core/test_part_days.py",
    "tests/core/learning/test_standing.py",
    "tests/core/learning/test_level_shift.py",
    "tests/core/learning/test_typical_range.py",
    "tests/core/test_clock_steps.py",
    "tests/core/ledger/test_folding.py",
    "tests/core/storage/test_written_is_readable.py",
    "tests/test_corrections.py",
)
STORED_FORM: Final = (
    "tests/core/storage",
    "tests/core/test_checked.py",
    "tests/core/test_clock_steps.py",
    "tests/storage/test_released.py",
    "tests/storage/test_damage.py",
    "tests/storage/test_open.py",
    "tests/test_coordinator.py",
)
STORE: Final = (
    "tests/storage/test_store.py",
    "tests/storage/test_ha_store.py",
    "tests/storage/test_open.py",
    "tests/storage/test_good_copy.py",
    "tests/storage/test_races.py",
    "tests/storage/test_store_damage.py",
    "tests/repairs/test_store.py",
    "tests/test_init.py",
    "tests/storage/test_disk.py",
    "tests/storage/test_released.py",
    "tests/system/test_removal.py",
    "tests/storage/test_power_cut.py",
    "tests/storage/test_damage.py",
    "tests/test_clock.py",
    "tests/system/test_in_flight.py",
)
COORDINATOR: Final = (
    "tests/test_coordinator.py",
    "tests/inputs/test_source_log.py",
    "tests/inputs/test_life.py",
    "tests/inputs/test_source_watch.py",
    "tests/system/test_isolation.py",
    "tests/test_event.py",
    "tests/test_sensor.py",
    "tests/listeners/test_renames.py",
    "tests/listeners/test_claims.py",
    "tests/listeners/test_settings.py",
    "tests/issues/test_troubles.py",
    "tests/test_corrections.py",
    "tests/test_diagnostics.py",
)
HISTORY: Final = (
    "tests/core/past",
    "tests/home_history/test_backfill.py",
    "tests/home_history/test_import_failures.py",
    "tests/home_history/test_glance.py",
    "tests/home_history/test_today.py",
    "tests/home_history/test_look_back.py",
    "tests/flows/test_history_survey.py",
)

# The first pattern that fits a file counts.
TESTS: Final = (
    (f"{CORE}/channel.py", CHANNEL),
    (f"{CORE}/ledger/*.py", LEDGER),
    (f"{CORE}/storage/*.py", STORED_FORM),
    (f"{CORE}/past/history_import.py", HISTORY),
    (f"{PACKAGE}/home_history/backfill.py", HISTORY[1:]),
    (f"{PACKAGE}/home_history/relearn.py", HISTORY[1:]),
    (f"{CORE}/clock_steps.py", CLOCK),
    (f"{CORE}/known_time.py", CLOCK),
    (
        f"{PACKAGE}/storage/question_record.py",
        ("tests/storage/test_question_record.py", "tests/issues", "tests/storage/test_released.py"),
    ),
    (f"{PACKAGE}/storage/*.py", STORE),
    (f"{PACKAGE}/coordinator.py", COORDINATOR),
)


def files() -> Iterator[str]:
    """Yield the paths from the root of the files that are mutated."""
    for pattern, _ in TESTS:
        for path in sorted(ROOT.glob(pattern)):
            if path.name != "__init__.py":
                yield path.relative_to(ROOT).as_posix()


def tests_of(path: str) -> tuple[str, ...]:
    """Return the tests to run for a file: first its own examples, and the test of its name."""
    tests = next(tests for pattern, tests in TESTS if fnmatch(path, pattern))
    own = [path] if ">>>" in (ROOT / path).read_text("utf-8") else []
    folder, _, name = path.removeprefix(f"{PACKAGE}/").rpartition("/")
    of_name = "/".join(("tests", *folder.split("/"), f"test_{name}")).replace("//", "/")
    own += [of_name] if (ROOT / of_name).is_file() else []
    return tuple(dict.fromkeys((*own, *tests)))


def sources() -> dict[str, str]:
    """Return the mutated files by their path, each once."""
    return {path: Path(ROOT / path).read_text("utf-8") for path in dict.fromkeys(files())}
