"""Which moment a person means who says an hour or a time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.answers.moment import hour_meant, moment_of
from tests.home import ZONE

AFTERNOON = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def london() -> Iterator[None]:
    """Let Home Assistant's default time zone be London."""
    before = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(ZONE)
    yield
    dt_util.set_default_time_zone(before)


def said(at: float | None) -> str | None:
    return None if at is None else f"{datetime.fromtimestamp(at, ZONE):%d %H:%M}"


@pytest.mark.parametrize(
    ("now", "hour", "meant"),
    [
        (AFTERNOON, 0, "02 00:00"),
        (AFTERNOON, 24, "02 00:00"),
        (MORNING, 0, "02 00:00"),
        (MIDNIGHT, 24, "02 00:00"),
        (AFTERNOON, 12, "02 12:00"),
        (MORNING, 12, "02 00:00"),
        (AFTERNOON, 2, "02 14:00"),
        (AFTERNOON, 3, "02 03:00"),
        (AFTERNOON, 13, "02 13:00"),
        (AFTERNOON, 23, "01 23:00"),
    ],
)
def test_an_hour_is_the_last_one_that_has_passed_and_0_and_24_are_midnight(
    now: datetime, hour: int, meant: str
) -> None:
    assert said(hour_meant(hour, now)) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("24:00", "02 00:00"),
        ("2026-02-28 10:00", "28 10:00"),
        *((text, None) for text in ("2026-02-30 10:00", "2026-13-01 10:00", "2026-02-29")),
        *((text, None) for text in ("2026-00-10 10:00", "2026-03-01 25:00", "0000-01-01 10:00")),
        *((text, None) for text in ("2026-03-01 10:00+99:99", "0001-01-01 00:00+14:00", "later")),
        ("9999-12-31 23:59-12:00", None),
    ],
)
def test_a_time_that_does_not_exist_is_none(text: str, meant: str | None) -> None:
    assert said(moment_of(text, AFTERNOON)) == meant
