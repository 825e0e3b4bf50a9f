"""The one way to say a time or a date, in the languages of the integration."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.words.explanation import Words
from custom_components.air_baseline.words.times import Formats, Say, said_date, said_time
from tests.words import LANGUAGES, holes, words

NOW = datetime(2026, 10, 19, 13, 0)  # noqa: DTZ001 - local; a Monday
TIMES = {
    "en": [
        "today 12:15",
        "Sunday 12:15",
        "Tuesday 00:05",
        "12 October 12:15",
        "1 March 2025 07:00",
    ],
    "de": [
        "heute 12:15",
        "Sonntag 12:15",
        "Dienstag 00:05",
        "12. Oktober 12:15",
        "1. März 2025 07:00",
    ],
}
MOMENTS = [
    NOW.replace(hour=12, minute=15),
    NOW.replace(day=18, hour=12, minute=15),
    NOW.replace(day=13, hour=0, minute=5),
    NOW.replace(day=12, hour=12, minute=15),
    NOW.replace(year=2025, month=3, day=1, hour=7),
]


def say_in(language: str) -> Say:
    texts = words(language)["common"]
    return lambda key, **parts: texts[key].format(**parts)


@pytest.mark.parametrize("language", TIMES)
def test_a_time_is_said_by_its_day(language: str) -> None:
    say = say_in(language)
    assert [said_time(say, at, NOW) for at in MOMENTS] == TIMES[language]


@pytest.mark.parametrize(
    ("language", "this_year", "another"),
    [
        ("en", "18 December", "18 December 2027"),
        ("de", "18. Dezember", "18. Dezember 2027"),
        ("fr", "18 décembre", "18 décembre 2027"),
        ("es", "18 de diciembre", "18 de diciembre de 2027"),
    ],
)
def test_a_date_has_its_year_if_it_is_another(language: str, this_year: str, another: str) -> None:
    say = say_in(language)
    assert said_date(say, date(2026, 12, 18), NOW.date()) == this_year
    assert said_date(say, date(2027, 12, 18), NOW.date()) == another


def test_tomorrow_is_a_date_and_no_weekday_of_last_week() -> None:
    assert said_time(say_in("en"), NOW.replace(day=20), NOW) == "20 October 13:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_days_and_months(language: str) -> None:
    say = say_in(language)
    weekdays = {said_time(say, NOW.replace(day=19 - ago), NOW) for ago in range(7)}
    months = {said_date(say, date(2026, month, 3), NOW.date()) for month in range(1, 13)}
    assert (len(weekdays), len(months)) == (7, 12)
    assert not any(holes(said) for said in weekdays | months)


@pytest.mark.parametrize(("language", "said"), [("en", "Sunday 11:30"), ("de", "Sonntag 11:30")])
async def test_the_words_say_it_in_the_time_of_the_home(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, language: str, said: str
) -> None:
    found = await Words.async_load(hass, language)
    at = dt_util.now().replace(day=1, hour=11, minute=30)
    assert found.time(at.timestamp()) == said
    assert found.date(None) == ""


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        (Formats(), ("Sunday 20:05", "1.5", "22:00–04:00")),
        (Formats(twelve_hours=True), ("Sunday 8:05 PM", "1.5", "10:00 PM–4:00 AM")),
        (Formats(decimal_mark=","), ("Sunday 20:05", "1,5", "22:00–04:00")),
        (Formats(zone=ZoneInfo("Asia/Tokyo")), ("today 05:05", "1.5", "22:00–04:00")),
    ],
)
async def test_the_words_are_in_the_formats_of_whoever_reads_them(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, formats: Formats, said: tuple[str, ...]
) -> None:
    found = await Words.async_load(hass, "en")
    found.formats = formats
    at = dt_util.now().replace(day=1, hour=20, minute=5)
    stretch = found.times(["22:00-04:00"])
    assert (found.time(at.timestamp()), found.number(1.5), stretch) == said
