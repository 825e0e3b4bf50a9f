"""The year that a card asks for: thirteen months, and whether it has changed."""

from dataclasses import replace
from datetime import date

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.ledger.day_summary import DayOrigin
from custom_components.air_baseline.core.ledger.histogram import ALL_PARTS
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.year.year import NO_YEAR
from tests.automations import Kitchen
from tests.card_client import ASK_YEAR, Answer, Card, channels
from tests.core.rooms import Spent, a_day
from tests.home import act, device_id

LEVELS: Spent = {4.0: 20, 12.0: 16}


def channel_of(kitchen: Kitchen, pollutant: Pollutant = Pollutant.PM25) -> Channel:
    (room,) = kitchen.entry.runtime_data.rooms.values()
    channel: Channel = room.channels[pollutant]
    return channel


def remember(channel: Channel, *, hourly_before: int = 200) -> None:
    """Give a channel the year that lies before the days that it keeps."""
    assert channel.open_day is not None
    today = channel.open_day.day
    channel.year = NO_YEAR.with_days(
        (
            replace(
                a_day(day, LEVELS),
                origin=DayOrigin.HOURLY if day < today - hourly_before else DayOrigin.LIVE,
            ),
            ALL_PARTS,
        )
        for day in range(today - 400, today - 90)
    )


async def year(card: Card, hass: HomeAssistant, quantity: str = "pm25") -> Answer:
    answer = await card.ask(ASK_YEAR, device_id=device_id(hass), quantity=quantity)
    await card.close()
    assert answer["success"], answer
    result: Answer = answer["result"]
    return result


async def version(card: Card, quantity: str = "pm25") -> int | None:
    known: int | None = channels(await card.open())[quantity]["year"]
    await card.close()
    return known


async def test_thirteen_months_say_where_they_come_from(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    channel = channel_of(kitchen)
    remember(channel)
    assert channel.open_day is not None
    found = await year(card, hass)
    today = date.fromordinal(channel.open_day.day)
    assert found["today"] == today.isoformat()
    months = [one["month"] for one in found["months"]]
    assert months[-1] == f"{today:%Y-%m}"
    assert months[0] == f"{today.year - 1}-{today:%m}"
    assert months == sorted(set(months))
    assert len(months) == 13
    origins = [one["from"] for one in found["months"]]
    assert {"hourly", "lived", None} == set(origins)
    assert origins.index("hourly") < origins.index("lived"), "the oldest are hourly"
    known = next(one for one in found["months"] if one["from"] == "hourly")
    assert (known["low"], known["high"]) == pytest.approx((4.0, 12.0), abs=1.0)
    assert all(one.keys() == {"month", "from"} for one in found["months"] if not one["from"])


async def test_levels_are_in_the_unit_of_the_source(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    remember(channel_of(kitchen, Pollutant.VOC_RATIO))
    before = (await year(card, hass, "voc_ratio"))["months"][0]
    (room,) = kitchen.entry.runtime_data.rooms.values()
    ppb = room.sources[Pollutant.VOC_RATIO]
    room.sources[Pollutant.VOC_RATIO] = replace(ppb, unit="ppm")
    after = (await year(card, hass, "voc_ratio"))["months"][0]
    assert before["from"]
    assert (1000 * after["low"], 1000 * after["high"]) == pytest.approx(
        (before["low"], before["high"])
    )


async def test_a_card_knows_when_the_year_has_changed(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    first = await version(card)
    assert first == await version(card)
    remember(channel_of(kitchen))
    await kitchen.breathe()
    second = await version(card)
    assert second != first
    await act(hass, "strike_days", start_date="2026-02-20", quantity="pm25")
    assert await version(card) not in {first, second}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": "radon"}, "invalid_format"),
        ({"quantity": "voc_index"}, "home_assistant_error"),
        ({"device_id": "gone"}, "home_assistant_error"),
    ],
)
async def test_what_is_not_there_is_refused(
    hass: HomeAssistant,
    kitchen: Kitchen,
    card: Card,
    change: dict[str, str],
    code: str,
) -> None:
    await kitchen.learn()
    fields = {"device_id": device_id(hass), "quantity": "pm25"} | change
    answer = await card.ask(ASK_YEAR, **fields)
    assert answer["error"]["code"] == code
    await card.close()


@pytest.mark.usefixtures("hass_admin_user")
async def test_who_may_not_read_the_room_gets_no_year(
    hass: HomeAssistant, kitchen: Kitchen, hass_ws_client: WebSocketGenerator
) -> None:
    await kitchen.learn()
    stranger = await hass.auth.async_create_user("Stranger", group_ids=[])
    card = Card(hass, stranger, hass_ws_client)
    answer = await card.ask(ASK_YEAR, device_id=device_id(hass), quantity="pm25")
    assert answer["error"]["code"] == "unauthorized"
    await card.close()
