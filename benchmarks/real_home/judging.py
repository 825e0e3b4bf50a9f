"""What people could read in a stage of a trial, and which of it was false."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .cases import Claims, Stage

NO_CLAIM: Final = frozenset({"unknown", "unavailable", "not_enough_data"})
CLAIMING: Final = ("unusual", "compared", "above_guideline", "usual_low", "usual_high", "mean_24h")
NOTHING_WRONG: Final = frozenset({"usual", "lower", "off"})
COMPARED: Final = "pm25_compared"
GRACE_S: Final = 60.0  # After the clock was set: three readings of each sensor.

type Line = Mapping[str, Any]


@dataclass(slots=True)
class Seen:
    """The lines of one stage."""

    states: dict[str, list[Line]] = field(default_factory=dict)  # By entity.
    looks: list[Line] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def last(self) -> dict[str, str]:
        """Return the last state of each entity, with its reason."""
        return {
            entity: f"{lines[-1]['state']}{_reason(lines[-1])}"
            for entity, lines in self.states.items()
        }


def seen_in(stage: str, diary: Iterable[Line]) -> Seen:
    """Return what the witness saw in a stage."""
    seen = Seen()
    for line in diary:
        if line["stage"] != stage:
            continue
        if "entity" in line:
            seen.states.setdefault(line["entity"], []).append(line)
        elif "repairs" in line:
            seen.looks.append(line)
        elif "failed" in line:
            seen.failures.append(line["failed"])
    return seen


def false_claims(stage: Stage, seen: Seen) -> list[str]:
    """Return the claims that stood when they were false, each with the time at which it began."""
    grace_s = 0.0 if stage.starts else GRACE_S
    return [
        f"{entity} {line['state']} {line['after'] / 60.0:.0f} min after"
        for entity, lines in seen.states.items()
        for line in _standing_after(lines, grace_s)
        if _is_false(stage.claims, line)
    ]


def claims_at_end(seen: Seen) -> tuple[int, int]:
    """Return how many rooms compare their PM2.5 at the end of a stage, of how many."""
    ends = [lines[-1] for lines in seen.states.values() if lines[-1]["key"] == COMPARED]
    return sum(line["state"] not in NO_CLAIM for line in ends), len(ends)


def _standing_after(lines: list[Line], after_s: float) -> Iterator[Line]:
    """Yield the states that stood at some time after a moment of the stage."""
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if following is None or following["after"] > after_s:
            yield line


def _is_false(claims: Claims, line: Line) -> bool:
    key = str(line["key"])
    if claims is Claims.ALL_FALSE:
        return key.endswith(CLAIMING) and line["state"] not in NO_CLAIM
    if claims is Claims.USUAL_FALSE:
        # The mean of 24 hours may be low: it was calm for most of them.
        judged = key in (COMPARED, "pm25_unusual")
        return judged and line["state"] in NOTHING_WRONG
    return False


def _reason(line: Line) -> str:
    return f" ({line['reason']})" if "reason" in line else ""
