"""A question or a report about a source, as the store keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ..core import checked
from ..core.checked import EARLIEST_DAY
from ..core.day import DAY_S
from ..core.pollutant import Pollutant
from ..core.questions import Rise

# Days that are kept of a trouble, by judgement: two weeks show what comes every weekend.
TROUBLE_DAYS = 14
LONGEST_HIDDEN_S = 7 * DAY_S  # Seconds. It follows from "Not now", which hides for a week.
MOST_OTHERS = 10_000  # Rises in one question, by judgement: no home has as many sensors.


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecord:
    """What was asked or reported about a room, and what came of it. Times are POSIX times.

    `what` is a topic of `core.questions` or a trouble of a source, `at` when it became true.
    `asked_at` is None while it waits. It is not shown before `hidden_until`. `episodes` are the
    ids of the room's episodes, `others` the rises of other rooms, which are part of it.

    A trouble of a source keeps the `days` (ordinals of dates) on which it began, oldest first, and
    the time from which it is over, `over_at` (None: it is there).
    """

    what: str
    at: float
    asked_at: float | None
    answered: bool = False
    hidden_until: float = 0.0
    episodes: Mapping[Pollutant, int] = field(default_factory=dict)
    others: tuple[Rise, ...] = ()
    days: tuple[int, ...] = ()
    over_at: float | None = None

    def is_shown_at(self, now: float) -> bool:
        """Tell whether it was asked and is not hidden until later."""
        return self.asked_at is not None and now >= self.hidden_until

    @property
    def repeated(self) -> bool:
        """Tell whether a trouble has come back on another day."""
        return len(self.days) > 1

    def set_back(self, at: float) -> Self:
        """Return the record without times after a POSIX time: the clock was ahead."""
        return replace(
            self,
            at=min(self.at, at),
            asked_at=None if self.asked_at is None else min(self.asked_at, at),
            hidden_until=min(self.hidden_until, at + LONGEST_HIDDEN_S),
            over_at=None if self.over_at is None else min(self.over_at, at),
            days=tuple(day for day in self.days if day <= EARLIEST_DAY + 1 + at // DAY_S + 1),
        )

    def began(self, day: int) -> Self:
        """Return the record of a trouble that is there, and began on a day (an ordinal)."""
        days = sorted({*self.days, day})
        kept = tuple(one for one in days if one > day - TROUBLE_DAYS)
        return replace(self, days=kept, over_at=None)

    def dump(self) -> dict[str, Any]:
        """Return its stored form, which is plain JSON."""
        return {
            "kind": self.what,
            "at": self.at,
            "answered": self.answered,
            "hidden_until": self.hidden_until,
            "episodes": {pollutant.value: episode for pollutant, episode in self.episodes.items()},
            "asked_at": self.asked_at,
            "others": [[rise.room, rise.pollutant.value, rise.episode] for rise in self.others],
            **({"days": list(self.days)} if self.days else {}),
            **({} if self.over_at is None else {"over_at": self.over_at}),
        }

    @classmethod
    def load(cls, data: object) -> Self:
        """Return the record of a stored form; raises KeyError or StoredFormError."""
        item = checked.mapping(data)
        at = checked.time(item["at"])
        return cls(
            what=checked.text(item["kind"]),
            at=at,
            asked_at=checked.optional(checked.time, item.get("asked_at", at)),
            answered=checked.flag(item["answered"]),
            hidden_until=checked.time(item.get("hidden_until", 0.0)),
            episodes={
                checked.code(Pollutant, pollutant): checked.integer(episode)
                for pollutant, episode in checked.mapping(item.get("episodes", {})).items()
            },
            others=tuple(
                Rise(
                    room=checked.text(room),
                    pollutant=checked.code(Pollutant, pollutant),
                    episode=checked.integer(episode),
                )
                for room, pollutant, episode in checked.rows(item.get("others", []), 3, MOST_OTHERS)
            ),
            days=tuple(map(checked.day, checked.items(item.get("days", []), TROUBLE_DAYS))),
            over_at=checked.optional(checked.time, item.get("over_at")),
        )
