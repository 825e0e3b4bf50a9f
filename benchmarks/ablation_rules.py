"""The rules of the core, and what the core is without each: one rule is switched off at a time.

What is changed is looked up by name, so a rule that was renamed or deleted fails at once and has
to be mended or taken out here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from math import inf
from types import ModuleType
from typing import Any, Final

CORE: Final = "custom_components.air_baseline.core"
NEVER: Final = 10_000  # More days, or alerts, than there are.
HARDLY: Final = 1e-3  # Days: as good as none, which cannot be divided by.

# From a module of the core to what a name in it is without the rule.
type Without = Callable[[ModuleType], Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the core: what it does, and what to put in its place, by module and name."""

    name: str
    what: str
    without: tuple[tuple[str, str, Without], ...]


@contextmanager
def switched_off(rule: Rule) -> Iterator[None]:
    """Be without a rule for a while."""
    modules = [(import_module(f"{CORE}.{path}"), name, make) for path, name, make in rule.without]
    before = [getattr(module, name) for module, name, _ in modules]
    for module, name, make in modules:
        setattr(module, name, make(module))
    try:
        yield
    finally:
        for (module, name, _), value in zip(modules, before, strict=True):
            setattr(module, name, value)


def _be(value: object) -> Without:
    """Put a value in the place of a constant or a function."""
    return lambda _: value


def _say(value: object) -> Without:
    """Put a function that always returns the same in the place of another."""
    return lambda _: lambda *_args, **_kwargs: value


def _any_rise(module: ModuleType) -> Callable[..., Any]:
    """Return the alert levels without the smallest rise above the range."""
    original = module.alert_levels
    return lambda threshold, ranges, _, *rest: original(threshold, ranges, -inf, *rest)


def _scores_with_itself(module: ModuleType) -> Callable[..., Any]:
    """Return the scores of reference days from all of them, their own day too."""
    return lambda levels: module.tail_of(levels).scores(levels)


def _rule(name: str, what: str, path: str, attribute: str, without: Without) -> Rule:
    return Rule(name, what, ((path, attribute, without),))


_THRESHOLD, _FORECAST, _EPISODE = "alerting.threshold", "alerting.forecast", "alerting.episode"
_TAIL: Final = "alerting.tail"
_RANGE, _SHIFT = "learning.typical_range", "learning.level_shift"
_CONFIDENCE: Final = "learning.confidence"

RULES: Final = (
    _rule("before", "the level before a rise", _THRESHOLD, "BEFORE_SHARE", _be(0.0)),
    _rule("floor", "a floor under the level before", _THRESHOLD, "BEFORE_FLOOR", _be(0.0)),
    _rule("pooling", "the whole day in the tail of an hour", _TAIL, "POOL_DAYS", _be(0.0)),
    _rule("itself", "a day is scored without itself", _THRESHOLD, "own_scores",
          _scores_with_itself),
    _rule("margin", "the margin", _FORECAST, "margin", _say(0.0)),
    _rule("level", "the level of six hours by itself", _THRESHOLD, "LEVEL_RANK", _be(inf)),
    _rule("below", "a margin below 0", _THRESHOLD, "MARGIN_LOW", _be(0.0)),
    _rule("events", "event days set no threshold", _FORECAST, "alert_days",
          _say((frozenset(), frozenset()))),
    _rule("habits", "14 days until an alert day is an event", _THRESHOLD, "HABIT_DAYS", _be(0)),
    _rule("effect", "the smallest rise above the range", _FORECAST, "alert_levels", _any_rise),
    _rule("reported", "high days are told once", _FORECAST, "_reported", _say(value=False)),
    _rule("lasting", "an episode ends after a day", _EPISODE, "LASTING_S", _be(inf)),
    _rule("blocked", "hours inside after a day's one", _EPISODE, "LASTING_INSIDE_SLOTS", _be(0)),
    _rule("shift", "the test for a lasting shift", _SHIFT, "find_shift", _say(None)),
    _rule("passed", "a shift that goes back is forgotten", _SHIFT, "has_passed", _say(value=False)),
    _rule("smoke", "high days that are over are excluded", _SHIFT, "find_passed", _say(None)),
    _rule("doubt", "a doubt suspends alerts", "learning.standing", "_doubts", _say(value=False)),
    _rule("weight", "days before a change count less", "ledger.correction", "CHANGE_WEIGHT",
          _be(1.0)),
    _rule("old", "old days count less", _RANGE, "HALF_LIFE_DAYS", _be(inf)),
    _rule("prior", "the law of homes", _RANGE, "PRIOR_DAYS", _be(HARDLY)),
    _rule("room", "the whole day in the range of a part", _RANGE, "ROOM_DAYS", _be(HARDLY)),
    _rule("widening", "the range is widened and narrowed", _FORECAST, "widening_of", _say(0.0)),
    _rule("added", "what misses have added up to", _RANGE, "LASTING_STEP", _be(0.0)),
    _rule("recent", "the recent miss", _RANGE, "RECENT_SHARE", _be(0.0)),
    _rule("usual", "a usual room in the confidence", _CONFIDENCE, "USUAL_DAYS", _be(HARDLY)),
)  # fmt: skip
