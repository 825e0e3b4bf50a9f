"""Anybody's rule: both forms are scored alike, and what is no rule is refused with a reason."""

import json
from pathlib import Path
import re
import sys

import numpy as np
import pytest

from benchmarks import honesty
from benchmarks.outside import (
    HEADER,
    Ours,
    Recording,
    Rule,
    RuleError,
    Statement,
    recordings,
    run,
    score_rule,
    scored,
    write_inputs,
)
from benchmarks.plumes import Plume, PlumeKind
from benchmarks.seeds import TUNING
from tests.words import FOLDER

LIBRARY = (FOLDER.parent.parent / "docs" / "library.md").read_text("utf-8")
DAY, HOUR = 86_400.0, 3_600.0
HOMES, DAYS = 1, 70


@pytest.fixture
def limit(tmp_path: Path) -> Path:
    """Write the example of the page to a file."""
    (code,) = re.findall(r"```python\n(class .*?)```", LIBRARY, flags=re.DOTALL)
    path = tmp_path / "limit.py"
    path.write_text(code, "utf-8")
    return path


def test_the_page_shows_the_table_as_it_is_printed() -> None:
    assert f"\n{HEADER}\nlimit " in LIBRARY


def hours(
    days: int, *unusual: float, plumes: tuple[Plume, ...] = ()
) -> tuple[Recording, list[Statement]]:
    """Return a recording of an hour a step, and a rule that is unusual at some hours."""
    times = np.arange(days * 24, dtype=np.float64) * HOUR
    said = [Statement(at, 5.0, 0.0, 10.0, at in unusual) for at in times.tolist()]
    return Recording("made up", times, np.full(len(times), 5.0), plumes), said


def a_plume(day: int) -> Plume:
    """Return an hour of smoke at the beginning of a day."""
    return Plume(
        size=1.0,
        kind=PlumeKind.DAY,
        start=day * DAY,
        burn_s=HOUR,
        air_changes=1.0,
        height=50.0,
    )


def test_false_alarms_are_counted_after_the_weeks_of_learning() -> None:
    late = [50 * DAY, 50 * DAY + HOUR, 51 * DAY]
    score = scored("x", [hours(65, 10 * DAY, *late)])
    assert score.watched_days == 30
    assert score.false_alarms == 2.0, "an hour later is the same episode"
    assert score.held == 1.0


def test_a_plume_is_noticed_while_it_is_there() -> None:
    plumes = tuple(a_plume(day) for day in (20, 40, 50))
    score = scored("x", [hours(65, 40 * DAY + HOUR, 55 * DAY, plumes=plumes)])
    assert (score.noticed, score.plumes, score.minutes) == (1, 2, 60.0)
    assert score.false_alarms is None, "alarms with plumes are not counted"


def test_a_rule_that_says_nothing_is_not_scored() -> None:
    recording, said = hours(65)
    silent = [Statement(one.at, one.level, None, None, None) for one in said]
    score = scored("x", [(recording, silent)])
    assert (score.watched_days, score.false_alarms, score.held) == (0, None, None)


def test_both_forms_of_a_rule_have_the_same_score(limit: Path, tmp_path: Path) -> None:
    folder = tmp_path / "limit"
    assert write_inputs(folder, TUNING, HOMES, DAYS) == 2 * HOMES
    for path in folder.glob("*.csv"):
        lines = [line.split(",") for line in path.read_text("utf-8").splitlines()[1:]]
        path.with_suffix(".jsonl").write_text(
            "".join(
                json.dumps(
                    {
                        "at": at,
                        "measured": float(level),
                        "low": 0.0,
                        "high": 25.0,
                        "unusual": float(level) > 25.0,
                    }
                )
                + "\n"
                for at, level in lines
            ),
            "utf-8",
        )
    assert score_rule(folder, TUNING, HOMES, DAYS) == score_rule(limit, TUNING, HOMES, DAYS)


def test_a_range_is_asked_for_before_the_level_is_known() -> None:
    class Curious:
        def __init__(self) -> None:
            self.known: list[tuple[str, float]] = []

        def usual(self, at: float) -> tuple[float, float] | None:
            self.known.append(("asked", at))
            return None

        def read(self, at: float, level: float) -> bool | None:
            self.known.append(("told", at))
            return None

    rule = Curious()
    recording, _ = hours(1)
    list(run(rule, recording))
    assert [what for what, _ in rule.known] == ["asked", "told"] * 24


def test_ours_is_a_rule_like_any_other() -> None:
    assert isinstance(Ours(), Rule)
    first = next(recordings(TUNING, HOMES, DAYS))
    said = list(run(Ours(), first))
    late = [one for one in said if one.at > said[0].at + 40 * DAY]
    assert any(one.unusual is not None for one in late)
    assert any(one.high is not None for one in late)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("rule.py", "x = 1", "no function make"),
        ("rule.py", "def make():\n    return 3", "no function make"),
        ("gone.py", None, "no Python file"),
        ("rule.txt", "x", "neither a Python file nor a folder"),
    ],
)
def test_what_is_no_rule_is_refused(
    tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(RuleError, match=reason):
        score_rule(path, TUNING, HOMES, DAYS)


USUAL = "def usual(self, at):\n        return {}\n    "
READ = "def read(self, at, level):\n        return {}\n"
RULE = "class R:\n    " + USUAL + READ + "def make():\n    return R()\n"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def make(:", "SyntaxError"),
        ("def make(seed):\n    return seed", "TypeError"),
        (RULE.format("(1.0, 2.0, 3.0)", "None"), "ValueError"),
        (RULE.format("('1', '2')", "None"), "no end of a range"),
        (RULE.format("None", "'false'"), "not true, false or null"),
        (RULE.format("None", "level / 0"), "ZeroDivisionError"),
    ],
)
def test_what_the_code_of_a_rule_raises_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, reason: str
) -> None:
    path = tmp_path / "rule.py"
    path.write_text(code, "utf-8")
    assert honesty.main(["--rule", str(path), "--homes", "1", "--days", "40"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"honesty: {path}: ")
    assert reason in line


def a_file(folder: Path, *, cut: int | None = None, **other: object) -> Path:
    """Write a file for each recording: a line for each reading, with other values than its own."""
    write_inputs(folder, TUNING, HOMES, DAYS)
    for path in folder.glob("*.csv"):
        rows = [line.split(",") for line in path.read_text("utf-8").splitlines()[1:cut]]
        said = [{"at": at, "measured": float(level), **other} for at, level in rows]
        path.with_suffix(".jsonl").write_text("\n".join(map(json.dumps, said)), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"measured": 5.0e4}, "line 1: the recording has no 50000 then"),
        ({"at": "2001-01-01T00:00:00Z"}, "line 1: the recording has no"),
        ({"low": "0"}, "line 1: '0' is no end of a range"),
        ({"high": True}, "line 1: True is no end of a range"),
        ({"unusual": "false"}, "line 1: unusual is 'false'"),
        ({"unusual": 0}, "line 1: unusual is 0"),
        ({"cut": 2000}, "was it cut short"),
        ({"cut": 2}, "was it cut short"),
    ],
)
def test_a_file_must_be_about_the_recording(
    tmp_path: Path, other: dict[str, object], reason: str
) -> None:
    with pytest.raises(RuleError, match=reason):
        score_rule(a_file(tmp_path, **other), TUNING, HOMES, DAYS)  # type: ignore[arg-type]


def test_a_file_that_says_nothing_is_scored_as_such(tmp_path: Path) -> None:
    score = score_rule(a_file(tmp_path), TUNING, HOMES, DAYS)
    assert (score.watched_days, score.false_alarms, score.held) == (0, None, None)


@pytest.mark.parametrize(
    "lines",
    ["nonsense", '{"at": "yesterday", "measured": 1}', '{"at": "2026-01-01", "measured": 1}\n' * 2],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, lines: str) -> None:
    write_inputs(tmp_path, TUNING, HOMES, DAYS)
    for path in tmp_path.glob("*.csv"):
        path.with_suffix(".jsonl").write_text(lines, "utf-8")
    with pytest.raises(RuleError, match="line"):
        score_rule(tmp_path, TUNING, HOMES, DAYS)


def test_the_command_scores_a_rule_next_to_ours(
    limit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["--homes", str(HOMES), "--days", str(DAYS)]
    assert honesty.main(["--rule", str(limit), *chosen]) == 0
    head, theirs, ours = capsys.readouterr().out.splitlines()
    assert head.startswith("rule")
    assert theirs.startswith("limit")
    assert ours.startswith("Air Baseline")
    assert honesty.main(["--rule", str(tmp_path / "none"), *chosen]) == 2
    assert "neither" in capsys.readouterr().err
    assert sys.modules.get("limit") is None
