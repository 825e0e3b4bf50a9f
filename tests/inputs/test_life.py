"""Signs of life: what holds a value, what ends it, and what a dead sensor may claim."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.ledger.hour_peaks import NO_PEAK, peaks_of_text
from custom_components.air_baseline.inputs.life import alive_at
from tests.home import PM25, a_kitchen, act, days_of, pass_time, report, saved, shown, steady

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COMPARED, LEARNING = "sensor.kitchen_pm25_compared", "sensor.kitchen_pm25_learning"
UNUSUAL = "binary_sensor.kitchen_pm25_unusual"
BATTERY = "sensor.kitchen_battery"
PLUME = 300


@pytest.fixture
def device(hass: HomeAssistant) -> str:
    """Register the kitchen's source and a battery as entities of one device."""
    entry = MockConfigEntry(domain="bridge")
    entry.add_to_hass(hass)
    known = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("bridge", "kitchen")}
    )
    for entity_id in (PM25, BATTERY):
        er.async_get(hass).async_get_or_create(
            "sensor",
            "bridge",
            entity_id,
            suggested_object_id=entity_id.split(".")[1],
            config_entry=entry,
            device_id=known.id,
        )
    return known.id


@pytest.fixture
async def kitchen(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], device: str
) -> None:
    """Set up a learned kitchen; its source reports only changes, and has just reported one."""
    report(hass, PM25, 5)
    await a_kitchen(hass, hass_storage, 45)
    report(hass, PM25, 6)


async def what_is_said(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hours: int, **reports: Any
) -> list[tuple[str, str]]:
    """Return what is said of the air at the end of each hour."""
    said = []
    for _ in range(hours):
        await pass_time(hass, clock, HOUR, reports.get("sources"))
        said.append((shown(hass, COMPARED).state, shown(hass, UNUSUAL).state))
    return said


@pytest.mark.usefixtures("kitchen")
async def test_steady_air_stays_usual_for_a_night(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    assert await what_is_said(hass, clock, 10) == [("usual", "off")] * 10


@pytest.mark.usefixtures("kitchen")
async def test_a_sensor_that_dies_at_a_high_value_claims_it_for_an_hour(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    report(hass, PM25, PLUME)
    said = await what_is_said(hass, clock, 4)
    assert said[0] == ("unusual", "on")
    assert said[2:] == [("unknown", "unknown")] * 2
    assert shown(hass, UNUSUAL).attributes["reason"] == "silent"
    assert shown(hass, "event.kitchen_inference").attributes["outcome"] == "unknown"
    report(hass, PM25, 6)
    assert (await what_is_said(hass, clock, 1))[0][0] == "usual"


@pytest.mark.usefixtures("kitchen")
async def test_a_value_that_comes_too_late_opens_no_alert(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    """The room is paused while the sensor reports its last value; then it is dead."""
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.kitchen_keep_learning"}, blocking=True
    )
    report(hass, PM25, PLUME)
    await pass_time(hass, clock, 50 * MINUTE)
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": "switch.kitchen_keep_learning"}, blocking=True
    )
    assert {unusual for _, unusual in await what_is_said(hass, clock, 3)} <= {"off", "unknown"}


@pytest.mark.usefixtures("kitchen")
async def test_a_device_that_lives_holds_a_high_value(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, PLUME)
    battery = {BATTERY: lambda at: 50 + at // 1800 % 2}
    assert await what_is_said(hass, clock, 5, sources=battery) == [("unusual", "on")] * 5


@pytest.mark.usefixtures("kitchen")
async def test_a_device_that_only_repeats_itself_is_no_sign_of_life_after_a_day(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, BATTERY, 50)
    await pass_time(hass, clock, 25 * HOUR, {BATTERY: steady(50)})
    report(hass, PM25, PLUME)
    assert shown(hass, COMPARED).state in ("usual", "unknown")
    said = await what_is_said(hass, clock, 3, sources={BATTERY: steady(50)})
    assert said[0] == ("unusual", "on"), "the source itself has changed"
    await pass_time(hass, clock, 22 * HOUR, {BATTERY: steady(50)})
    assert (await what_is_said(hass, clock, 1))[0] == ("unknown", "unknown")


@pytest.mark.usefixtures("kitchen")
async def test_the_owner_and_other_integrations_are_no_sign_of_life(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, device: str
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    registry = er.async_get(hass)
    own = registry.async_get(PM25)
    assert own is not None
    for domain, entry_id in (
        ("button", own.config_entry_id),
        ("update", own.config_entry_id),
        ("event", own.config_entry_id),
        ("sensor", other.entry_id),
    ):
        registry.async_get_or_create(
            domain,
            "any",
            f"{domain}_{entry_id}",
            suggested_object_id="beside",
            config_entry=hass.config_entries.async_get_entry(entry_id or ""),
            device_id=device,
        )
    report(hass, PM25, PLUME)
    beside = {
        f"{domain}.beside": lambda at: at for domain in ("button", "update", "event", "sensor")
    }
    assert (await what_is_said(hass, clock, 3, sources=beside))[-1] == ("unknown", "unknown")


@pytest.mark.usefixtures("kitchen")
async def test_a_dead_sensor_teaches_nothing_and_is_said_to_be_silent(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await pass_time(hass, clock, 15 * HOUR)
    assert shown(hass, COMPARED).state == "usual"
    await pass_time(hass, clock, 11 * HOUR)
    assert shown(hass, LEARNING).state == "no_source"
    channel = await saved(hass, hass_storage)
    assert len(days_of(channel)) == 45 + 1
    peaks = peaks_of_text(days_of(channel)[-1]["hours"])
    assert NO_PEAK in peaks, "the time without a sign of life is removed"


@pytest.mark.usefixtures("kitchen")
async def test_an_integration_that_says_unavailable_is_believed_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, "unavailable")
    assert (await what_is_said(hass, clock, 1))[0] == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("hours", "battery", "said"),
    [
        (3, False, "reports only changes, so its last value still counts"),
        (3, True, "but its device was heard since then"),
        (26, False, "so its last value no longer counts"),
    ],
)
@pytest.mark.usefixtures("kitchen")
async def test_the_explanation_says_what_became_of_the_sensor(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hours: int,
    *,
    battery: bool,
    said: str,
) -> None:
    beside = {BATTERY: lambda at: 50 + at // 1800 % 2} if battery else {}
    await pass_time(hass, clock, hours * HOUR, beside)
    answer = await act(hass, "explain")
    assert said in str(answer)


@pytest.mark.usefixtures("device")
async def test_what_a_device_reports_is_a_sign_of_life_until_it_only_repeats_itself(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    report(hass, PM25, 6)
    report(hass, BATTERY, 50)
    for hour in range(1, 27):
        clock.tick(HOUR)
        report(hass, BATTERY, 50)
        heard = alive_at(hass, PM25)
        assert heard == (clock().timestamp() if hour <= 24 else None)
    report(hass, BATTERY, 49)
    assert alive_at(hass, PM25) == clock().timestamp()
    report(hass, PM25, "unavailable")
    assert alive_at(hass, PM25) is None
