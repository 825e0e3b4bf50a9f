"""The past days that a chart asks for: ranges, episodes, answers, and the recorder's means."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from tests.automations import Kitchen
from tests.card_client import ASK_PAST, Answer, Card
from tests.home import PM25, act, device_id, steady
from tests.recorded import HOUR, SLOT, keep

OUTDOORS = "sensor.outdoor_pm25"
DAY_S = 86_400.0


async def past(card: Card, hass: HomeAssistant, span: str, quantity: str = "pm25") -> Answer:
    answer = await card.ask(ASK_PAST, device_id=device_id(hass), quantity=quantity, span=span)
    await card.close()
    assert answer["success"], answer
    result: Answer = answer["result"]
    return result


def deny(card: Card, *entity_ids: str) -> None:
    """Take the right to read some entities from who looks."""
    known = card.user.permissions

    class Permissions:
        def check_entity(self, entity_id: str, policy: str) -> bool:
            return entity_id not in entity_ids and known.check_entity(entity_id, policy)

    card.user.__dict__["permissions"] = Permissions()


class TestWithRecorder:
    """With a recorder."""

    @pytest.fixture(autouse=True)
    def _custom_integrations(
        self, recorder_mock: Recorder, enable_custom_integrations: None
    ) -> None:
        """Create the recorder, which must be there before Home Assistant."""

    async def test_a_month_is_hourly_where_the_five_minute_means_are_gone(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card
    ) -> None:
        await kitchen.learn()
        await keep(hass, HOUR, 40)
        await keep(hass, SLOT, 10)
        month = await past(card, hass, "month")
        assert month["kept"]
        first = month["line"][0][0]
        assert month["hourly"][-1][0] == first - 3600.0
        assert first == pytest.approx(dt_util.utcnow().timestamp() - 10 * DAY_S, abs=DAY_S)
        assert month["hourly"][0][0] == month["start"] - DAY_S, "a day more, for the mean"
        assert month["end"] - month["start"] == 30 * DAY_S
        steps = {after[0] - at[0] for at, after in pairwise(month["line"])}
        assert steps == {300.0}

    async def test_the_range_is_the_one_that_was_in_force(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card
    ) -> None:
        await kitchen.learn()
        await keep(hass, SLOT, 8)
        for span, days, back in (("yesterday", 1, 1), ("week", 7, 6)):
            await self._expect_ranges(hass, kitchen, card, (span, days, back))

    async def _expect_ranges(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card, asked: tuple[str, int, int]
    ) -> None:
        span, days, back = asked
        shown = await past(card, hass, span)
        today = await past(card, hass, "today")
        assert (shown["end"] - shown["start"], today["start"] - shown["start"]) == (
            days * DAY_S,
            back * DAY_S,
        )
        assert len(shown["parts"]) == 8 * days
        starts = [part["start"] for part in shown["parts"]]
        assert starts == sorted(set(starts))
        (room,) = kitchen.entry.runtime_data.rooms.values()
        ledger = room.channels[Pollutant.PM25].ledger
        (day,) = [one for one in ledger.days if one.day == ledger.days[-1].day - back + 1]
        low, high = day.issued[0], day.issued[1]
        assert (shown["parts"][0]["low"], shown["parts"][0]["high"]) == (low, high)

    async def test_episodes_have_their_answers(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card
    ) -> None:
        await kitchen.learn()
        await kitchen.breathe()
        await kitchen.plume()
        (episode,) = (await past(card, hass, "week"))["episodes"]
        assert (episode["running"], episode["answer"]) == (True, None)
        await kitchen.breathe(timedelta(hours=2))
        await act(hass, "correct_episode", device_id=device_id(hass), verdict="normal")
        (episode,) = (await past(card, hass, "today"))["episodes"]
        assert (episode["running"], episode["answer"]) == (False, "episode_normal")

    async def test_the_air_outdoors_is_there_where_it_is_known(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card
    ) -> None:
        entry = await kitchen.learn()
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, "outdoor_pm25": OUTDOORS}
        )
        await keep(hass, SLOT, 3, source=OUTDOORS, level=steady(4))
        await hass.async_block_till_done()
        assert {value for _, value in (await past(card, hass, "week"))["outdoor"]} == {4.0}
        assert (await past(card, hass, "week", "voc_ratio"))["outdoor"] is None

    async def test_a_past_stretch_says_whether_the_air_outdoors_rose(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card
    ) -> None:
        entry = await kitchen.learn()
        options = {**entry.options, "outdoor_pm25": OUTDOORS}
        hass.config_entries.async_update_entry(entry, options=options)
        await keep(hass, HOUR, 4, source=OUTDOORS, level=steady(4))
        await hass.async_block_till_done()
        end = dt_util.utcnow().replace(minute=0) - timedelta(hours=26)
        span = {"from": (end - timedelta(hours=1)).isoformat(), "to": end.isoformat()}
        await act(hass, "mark_missed", quantity="pm25", **span)
        for denied, rose in (((), False), ((OUTDOORS,), None)):
            deny(card, *denied)
            answer = await card.ask("air_baseline/timeline", device_id=device_id(hass))
            await card.close()
            (one,) = answer["result"]["happened"]
            assert (one["kind"], one["outdoor_rose"]) == ("missed", rose)
            assert (one["other_rooms"], one["rooms"]) == (None, []), "there is no other"

    async def test_only_who_may_see_a_sensor_gets_its_line(
        self, hass: HomeAssistant, kitchen: Kitchen, card: Card
    ) -> None:
        await kitchen.learn()
        await keep(hass, SLOT, 3)
        deny(card, PM25)
        shown = await past(card, hass, "week")
        assert shown["line"] is shown["hourly"] is None
        assert shown["parts"]


async def test_without_a_recorder_the_ranges_remain(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await kitchen.learn()
    shown = await past(card, hass, "week")
    assert (shown["kept"], shown["line"]) == (False, None)
    assert shown["parts"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"span": "year"}, "invalid_format"),
        ({"quantity": "co2"}, "invalid_format"),
        ({"quantity": "voc_index"}, "home_assistant_error"),
        ({"device_id": "none"}, "home_assistant_error"),
    ],
)
async def test_what_is_not_there_is_refused(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, asked: dict[str, Any], code: str
) -> None:
    await kitchen.learn()
    good = {"device_id": device_id(hass), "quantity": "pm25", "span": "week"}
    answer = await card.ask(ASK_PAST, **{**good, **asked})
    await card.close()
    assert answer["error"]["code"] == code
