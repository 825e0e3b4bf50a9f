"""What explanations say of the year, in words."""

from dataclasses import replace
from datetime import UTC

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.codes import YearGap
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.explaining.explanation import (
    Explanation,
    Subject,
    TypicalRange,
)
from custom_components.air_baseline.core.explaining.year_facts import UsualThen, YearFacts
from custom_components.air_baseline.core.learning.last_year import TimeOfYear
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.year.week import WeekOrigin
from custom_components.air_baseline.inputs.room_config import RoomSource
from custom_components.air_baseline.words.explanation import Words
from custom_components.air_baseline.words.year import last_year, year_lines
from tests.words import LANGUAGES, words as texts_of

WINTER, SPRING, SUMMER, AUTUMN = TimeOfYear
SOURCE = RoomSource(entity_id="sensor.pm25", pollutant=Pollutant.PM25, unit="μg/m³")
type Seen = dict[TimeOfYear, tuple[str, ...]]
NOT_SEEN: Seen = dict.fromkeys(TimeOfYear, ())


@pytest.fixture(autouse=True)
def _today(freezer: FrozenDateTimeFactory) -> None:
    """Stop the clock: dates of this year are said without it."""
    freezer.move_to("2026-11-30T12:00:00+00:00")


def words(language: str = "en", temperature_unit: str = "°C") -> Words:
    common = texts_of(language)["common"]
    texts = {f"component.air_baseline.common.{key}": text for key, text in common.items()}
    return Words(texts, temperature_unit)


def about(year: YearFacts) -> Explanation:
    known = explain(Channel(POLLUTANTS[Pollutant.PM25], UTC), 0.0)
    return replace(known, year=year)


def year_of(
    seen: Seen,
    present: TimeOfYear | None = AUTUMN,
    present_year: str = "2026",
    calendar_year: int = 2026,
) -> YearFacts:
    """Return the year of a channel that has learned for three months, in autumn by default."""
    order = list(TimeOfYear)
    place = 0 if present is None else order.index(present) + 1
    following = order[place:] + order[:place]
    known = {**NOT_SEEN, **seen}
    return YearFacts(
        learned_from="2026-09-03",
        learned_to="2026-11-29",
        outdoors=(2.0, 24.0),
        seasons=() if present is None else tuple((one, known[one]) for one in following),
        present=None if present is None else present_year,
        calendar_year=calendar_year,
    )


def said(year: YearFacts, language: str = "en") -> list[str]:
    return year_lines(words(language), about(year))


def seasons_said(year: YearFacts) -> str:
    return said(year)[0].partition("°C. ")[2]


def test_when_it_was_learned_and_which_seasons_were_seen_is_one_line() -> None:
    (line,) = said(year_of({WINTER: ("2025/26",), AUTUMN: ("2026",)}))
    assert line == (
        "Learned from 3 September to 29 November, outdoors 2 °C to 24 °C. Winter: seen once "
        "(last year). Spring: not seen. Summer: not seen."
    )


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (year_of({SPRING: ("2026",)}), "Spring: seen once (this year)."),
        (year_of({SPRING: ("2025",)}), "Spring: seen once (last year)."),
        (year_of({SPRING: ("2024",)}), "Spring: seen once (2024)."),
        (year_of({AUTUMN: ("2025", "2026")}), "Autumn: seen once (last year)."),
        (year_of({WINTER: ("2024/25",)}), "Winter: seen once (2024/25)."),
        (year_of({WINTER: ("2024/25", "2025/26")}), "Winter: seen 2 times (2024/25, 2025/26)."),
        # A winter that has just ended is not yet last year's.
        (year_of({WINTER: ("2025/26",)}, SPRING), "Winter: seen once (2025/26)."),
        (year_of({WINTER: ("2025/26",)}, SUMMER), "Winter: seen once (2025/26)."),
        # In the middle of a winter.
        (
            year_of({WINTER: ("2025/26", "2026/27")}, WINTER, "2026/27", 2027),
            "Winter: seen once (last year).",
        ),
        (
            year_of({AUTUMN: ("2026",)}, WINTER, "2026/27", 2027),
            "Autumn: seen once (last year).",
        ),
        (
            year_of({AUTUMN: ("2026",)}, WINTER, "2026/27", 2026),
            "Autumn: seen once (this year).",
        ),
        # In the south.
        (year_of({SUMMER: ("2025/26",)}, SPRING), "Summer: seen once (last year)."),
        (year_of({SUMMER: ("2025/26",)}, AUTUMN), "Summer: seen once (2025/26)."),
    ],
)
def test_a_season_seen_once_has_a_year_that_people_say(year: YearFacts, expected: str) -> None:
    assert expected in seasons_said(year)


def test_the_present_season_is_not_said_as_long_as_it_is_the_first() -> None:
    assert "Autumn" not in seasons_said(year_of({AUTUMN: ("2026",)}))
    assert "Autumn" not in seasons_said(year_of({}))


@pytest.mark.parametrize(
    ("years", "expected"),
    [(1, "All seasons seen."), (2, "All seasons seen, each in two years.")],
)
def test_all_seasons_are_said_at_once(years: int, expected: str) -> None:
    seen = dict.fromkeys(TimeOfYear, ("2025", "2026")[:years])
    assert seasons_said(year_of(seen)) == expected


def test_without_seasons_nothing_is_said_of_them() -> None:
    assert said(year_of({}, None)) == [
        "Learned from 3 September to 29 November, outdoors 2 °C to 24 °C."
    ]


def test_what_is_not_known_is_not_said() -> None:
    assert said(YearFacts()) == []
    inside = replace(year_of({}, None), outdoors=None)
    assert said(inside) == ["Learned from 3 September to 29 November."]


def test_temperatures_are_in_the_unit_of_the_home() -> None:
    lines = year_lines(words(temperature_unit="°F"), about(year_of({}, None)))
    assert lines[0].endswith("outdoors 36 °F to 75 °F.")


def test_where_the_year_comes_from_and_why_not_is_said() -> None:
    hourly = YearFacts(hourly_from="2024-12-02", hourly_to="2026-08-30")
    assert len(said(hourly)) == 1
    assert "2 December 2024 to 30 August:" in said(hourly)[0]
    for gap in YearGap:
        assert len(said(replace(hourly, gap=gap))) == 2
        assert said(YearFacts(gap=gap))


THEN = UsualThen(low=6.0, high=19.0, origin=WeekOrigin.LIVED)


@pytest.mark.parametrize(
    ("subject", "says"),
    [(Subject.RANGE, True), (Subject.STATE, True), (Subject.EPISODE, False)],
)
def test_the_same_weeks_of_last_year_stand_beside_the_range(
    subject: Subject, *, says: bool
) -> None:
    now = TypicalRange(part=5, low=5.0, middle=8.0, high=12.0, alert_level=None)
    known = replace(about(YearFacts(last_year=THEN)), subject=subject, typical=now)
    lines = last_year(words(), known, SOURCE)
    assert lines == (["In the same weeks of last year: 6 to 19 μg/m³."] if says else [])


def test_without_a_range_of_now_last_year_is_not_compared() -> None:
    known = replace(about(YearFacts(last_year=THEN)), subject=Subject.RANGE, typical=None)
    assert last_year(words(), known, SOURCE) == []
    assert last_year(words(), about(YearFacts()), SOURCE) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_it(language: str) -> None:
    common = texts_of(language)["common"]
    seen: Seen = {WINTER: ("2025/26",), SPRING: ("2026",), SUMMER: ("2024", "2025")}
    (line,) = said(year_of(seen), language)
    for part in (
        common["season_winter"],
        common["season_last_year"],
        common["season_this_year"],
        "2024, 2025",
    ):
        assert part in line
    assert "{" not in line
