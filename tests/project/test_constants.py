"""Every number that somebody chose has a unit and a reason, right where it stands.

The reason is the measurement that chose it (a source that docs/developers/statistics.md lists), a
standard or a specification, or the words "by judgement". Numbers that nobody chose, because they
are arithmetic or part of a format, are listed here with their unit.
"""

import ast
from pathlib import Path
import re
import tokenize

import pytest

ROOT = Path(__file__).parent.parent.parent
INTEGRATION = ROOT / "custom_components" / "air_baseline"

REASON = re.compile(
    r"by judgement|follows from|specif|recordings|trial run|short run|tuning run|measured"
    r"|`(tables|promises|trust|plumes|detection|relearning|scenarios|speed)`"
    r"|WHO|UBA|BCP 47",
    re.IGNORECASE,
)
NOT_CHOSEN = {
    "BEGINNING": "POSIX time 0",
    "DAYS": "days",
    "DAY_S": "seconds",
    "EARLIEST_DAY": "day of POSIX time 0",
    "HOURS": "hours of a day",
    "HOUR_S": "seconds",
    "LATEST_DAY": "day of the latest time",
    "LOOK_SECOND": "second of a minute",
    "MOST": "largest whole number of JavaScript",
    "PARALLEL_UPDATES": "no limit",
    "PARTS": "parts of a day",
    "RANGE_WIDTH": "numbers of a stored range",
    "SATURDAY": "day of a week",
    "ENTRY_VERSION": "version of the configuration",
    "SENSORS": "decimals, percent",
    "SLOTS_PER_HOUR": "slots",
    "SLOT_MINUTES": "minutes of an hour",
    "STORAGE_VERSION": "version of the stored form",
    "TICK_SECOND": "second of a minute",
    "VERSION": "version of the stored form",
    "_COUNT_OF_SIGN": "slots by byte",
    "_EMPTY": "columns of an entry without a value",
    "_INDEX": "points",
    "_MASS": "μg/m³",
    "_NO_COUNT": "a byte that is no count",
    "_NUMBER": "ids from 1",
    "_RATIO": "ppb",
}


type Comments = dict[int, str]  # By line of code.


def comments_of(source: str) -> Comments:
    """Return the comments of a module: those at the end of a line, and those right above it."""
    at_end: Comments = {}
    above: Comments = {}
    for token in tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__):
        if token.type == tokenize.COMMENT:
            line = token.start[0]
            if token.line.lstrip().startswith("#"):
                above[line + 1] = f"{above.pop(line, '')} {token.string}"
            else:
                at_end[line] = token.string
    return {line: above.get(line, "") + at_end.get(line, "") for line in above | at_end}


def has_number(node: ast.AST) -> bool:
    """Tell whether there is a literal number in some code."""
    return any(
        isinstance(part, ast.Constant) and type(part.value) in (int, float)
        for part in ast.walk(node)
    )


def has_reason(node: ast.AST, comments: Comments) -> bool:
    """Tell whether a value, or each number within it, has a reason on its line or right above."""
    if isinstance(node, ast.expr | ast.stmt | ast.keyword):
        near = comments.get(node.lineno, ""), comments.get(node.end_lineno or node.lineno, "")
        if any(REASON.search(comment) for comment in near):
            return True
    parts = [part for part in ast.iter_child_nodes(node) if has_number(part)]
    return bool(parts) and all(has_reason(part, comments) for part in parts)


def without_reason(source: str) -> list[str]:
    """Return the constants of a module that have a number and no reason for it."""
    comments = comments_of(source)
    found: list[str] = []
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or not has_number(statement):
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = [
            name.id
            for target in targets
            for name in ast.walk(target)
            if isinstance(name, ast.Name) and name.id.isupper()
        ]
        if not has_reason(statement, comments):
            found += [name for name in names if name not in NOT_CHOSEN]
    return found


@pytest.mark.parametrize("path", sorted(INTEGRATION.rglob("*.py")), ids=lambda path: path.stem)
def test_every_number_has_a_unit_and_a_reason(path: Path) -> None:
    assert without_reason(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "HOLD_S = 1800.0",
        "HOLD_S = 1800.0  # Seconds.",
        "HOLD_S: Final = 1800.0",
        "# Seconds, by judgement.\n\nHOLD_S = 1800.0",
        "LATE_S = 300.0  # Seconds, by judgement.\nHOLD_S = 1800.0",
        "HOLD_S = timedelta(minutes=30)",
        "HOLD_S = Limits(\n    low=10.0,  # Seconds, by judgement.\n    high=1800.0,\n)",
    ],
)
def test_a_number_without_a_reason_is_found(planted: str) -> None:
    assert without_reason(planted) == ["HOLD_S"]


@pytest.mark.parametrize(
    "planted",
    [
        "HOLD_S = 1800.0  # Seconds, by judgement.",
        "# Seconds. Recordings: sensors are quiet for up\n# to 30 minutes.\nHOLD_S = 1800.0",
        "LOW, HIGH = -0.5, 6.0  # Spreads (`promises`).",
        "LIMITS = Limits(\n    low=1.0,  # By judgement.\n    # By judgement.\n    high=2.0,\n)",
        "DAY_S = 86_400",
        "NAME = 'pm25'",
        "lower = 3",
    ],
)
def test_a_number_with_a_reason_passes(planted: str) -> None:
    assert without_reason(planted) == []
