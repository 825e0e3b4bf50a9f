"""The examples of the documentation, each loaded as it is and run."""

from datetime import date, timedelta
from pathlib import Path
import re

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
import yaml

from custom_components.air_baseline.core.codes import Reason
from custom_components.air_baseline.core.event import Event, EventKind
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.automations import Kitchen
from tests.home import KITCHEN, PM25, act, report, shown, steady

PAGE = (Path(__file__).parent.parent.parent / "docs" / "automations.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_every_example_is_accepted_as_it_is_and_runs(
    hass: HomeAssistant, kitchen: Kitchen, caplog: pytest.LogCaptureFixture
) -> None:
    examples = [yaml.safe_load(text) for text in EXAMPLES]
    assert len(examples) == 8
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"guests": {"name": "Guests"}}}
    )
    sent = async_mock_service(hass, "notify", "send_message")
    on, off = (async_mock_service(hass, "fan", f"turn_{way}") for way in ("on", "off"))
    kitchen.rare(90)
    await kitchen.learn()
    report(hass, PM25, 6)
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: examples})
    await hass.async_block_till_done()
    names = [f"automation.{slugify(example['alias'])}" for example in examples]
    assert {name: kitchen.says(name) for name in names} == dict.fromkeys(names, "on")
    await kitchen.breathe()
    assert (sent, on, off) == ([], [], [])
    await kitchen.plume()
    assert len(sent) == 1
    assert on, "boosted"
    await kitchen.breathe()
    assert len(off) == 1
    assert "80" in sent[1].data["message"]
    assert "Back to usual" in sent[1].data["message"]
    await kitchen.breathe(5 * HOUR + 10 * MINUTE, pm25=steady(20))
    await act(hass, "reset")
    await act(hass, "undo")
    await hass.async_block_till_done()
    room = kitchen.entry.runtime_data.rooms[KITCHEN]

    def close_month(at: float) -> None:
        closed = Event(kind=EventKind.MONTH_CLOSED, at=at, last_day=date(2026, 3, 31).toordinal())
        room.channels[Pollutant.PM25].events.append(closed)

    await room.async_correct(close_month)
    await hass.async_block_till_done()
    assert "unusual episodes of pm25" in str(sent[-1].data["message"])
    assert "Kitchen PM2.5 learning: Learned" in {call.data["message"] for call in sent}
    for way, shows in (("on", "off"), ("off", "on")):
        await hass.services.async_call(
            "input_boolean", f"turn_{way}", {"entity_id": "input_boolean.guests"}, blocking=True
        )
        await hass.async_block_till_done()
        assert kitchen.says("switch.kitchen_keep_learning") == shows
    never = [name for name in names if shown(hass, name).attributes["last_triggered"] is None]
    assert never == []
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    for name in names:
        await hass.services.async_call("automation", "turn_off", {"entity_id": name})


def test_the_page_names_every_reason() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("## Why it did not run") :]))
    assert {reason.value for reason in Reason} <= named
    assert "rarity_below_minimum" in named
