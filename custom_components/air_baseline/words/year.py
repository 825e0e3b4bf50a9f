"""The sentences about the year: when it was learned, which seasons were seen, and last year."""

from collections.abc import Sequence
from typing import Final, Protocol

from ..core.codes import LearningState
from ..core.explaining.explanation import Explanation, Subject, TypicalRange
from ..core.explaining.year_facts import UsualThen, YearFacts
from ..core.learning.last_year import TimeOfYear
from ..inputs.room_config import RoomSource

YEAR_DIGITS: Final = 4  # Follows from the calendar: "2025" or "2025/26".
_LEARNING = frozenset({LearningState.COLLECTING, LearningState.PROVISIONAL})


class Speaker(Protocol):
    """The words of one language, as far as these sentences need them."""

    def say(self, key: str, **parts: str | int) -> str:
        """Return one translated fragment."""

    def span(self, typical: TypicalRange | UsualThen, source: RoomSource) -> str:
        """Return a range in the unit of the source, with the unit."""

    def date(self, iso: str | None) -> str:
        """Return an ISO date, nothing for none."""

    def temperature(self, celsius: float | None) -> str:
        """Return a temperature in the unit of the home."""


def year_lines(words: Speaker, explanation: Explanation) -> list[str]:
    """Return from when to when was learned, the seasons seen, and where the year comes from."""
    year, lines = explanation.year, list[str]()
    if year.learned_from and year.learned_to:
        lines.append(" ".join([_learned(words, explanation), *_seasons(words, explanation)]))
    if year.hourly_from and year.hourly_to:
        lines.append(
            words.say(
                "because_year_hourly",
                first=words.date(year.hourly_from),
                last=words.date(year.hourly_to),
            )
        )
    if year.gap is not None:
        lines.append(words.say(f"year_{year.gap}"))
    return lines


def last_year(words: Speaker, explanation: Explanation, source: RoomSource) -> list[str]:
    """Return what was usual in the same weeks of last year, beside the range of now."""
    known = explanation.year.last_year
    about_now = explanation.subject in {Subject.RANGE, Subject.STATE}
    if known is None or explanation.typical is None or not about_now:
        return []
    return [words.say("inferred_last_year", span=words.span(known, source))]


def _learned(words: Speaker, explanation: Explanation) -> str:
    year = explanation.year
    first, last = words.date(year.learned_from), words.date(year.learned_to)
    if explanation.state in _LEARNING:
        return words.say("because_days_so_far", first=first, last=last)
    if year.outdoors is None:
        return words.say("because_learned", first=first, last=last)
    low, high = (words.temperature(one) for one in year.outdoors)
    return words.say("because_learned_outdoors", first=first, last=last, low=low, high=high)


def _seasons(words: Speaker, explanation: Explanation) -> list[str]:
    """Return a sentence for each season; of the present one only if it was seen before."""
    said, seasons = list[str](), explanation.year.seasons
    least = min((len(years) for _, years in seasons), default=0)
    if least:
        return [words.say("seasons_all" if least == 1 else "seasons_all_twice")]
    for season, years in seasons:
        present = season is seasons[-1][0]
        known = [one for one in years if not (present and one == explanation.year.present)]
        if known:
            said.append(
                words.say(
                    "season_once" if len(known) == 1 else "season_more",
                    season=words.say(f"season_{season}"),
                    number=len(known),
                    years=_years(words, explanation.year, season, known),
                )
            )
        elif not present:
            said.append(words.say("season_not_seen", season=words.say(f"season_{season}")))
    return said


def _years(words: Speaker, year: YearFacts, season: TimeOfYear, known: Sequence[str]) -> str:
    """Return when a season was seen: this year, last year, or its years as numbers.

    A season that goes on in another year was that of last year if it is the next to come, or the
    present one: one that has just ended is not.
    """
    begun = int(known[0][:YEAR_DIGITS])
    if len(known) > 1 or year.present is None:
        return ", ".join(known)
    if known[0] != str(begun):
        near = season in {year.seasons[0][0], year.seasons[-1][0]}
        last = near and begun == int(year.present[:YEAR_DIGITS]) - 1
        return words.say("season_last_year") if last else known[0]
    if begun == year.calendar_year:
        return words.say("season_this_year")
    return words.say("season_last_year") if begun == year.calendar_year - 1 else known[0]
