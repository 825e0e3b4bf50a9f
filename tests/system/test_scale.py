"""Values beyond the end of a sensor's span: what is read, what is said, what is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.air_baseline.coordinator import loaded_rooms
from custom_components.air_baseline.core.explaining.explain import explain
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.words.explanation import Words
from tests.automations import Kitchen
from tests.conftest import Fixer
from tests.home import (
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    act,
    issues,
    pass_time,
    report,
    restart,
    saved,
    set_up,
    shown,
    steady,
    usual,
)
from tests.words import LANGUAGES

UNUSUAL, ABOVE = "binary_sensor.kitchen_pm25_unusual", "binary_sensor.kitchen_pm25_above_guideline"
VOC_LEARNING = "sensor.kitchen_voc_learning"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
IMPLAUSIBLE = f"source_implausible_{KITCHEN}_pm25"
ABOVE_SPAN = f"source_above_span_{KITCHEN}_voc_ratio"
AT_LEAST = {
    "en": "at least 1000 μg/m³",
    "de": "mindestens 1000 μg/m³",
    "fr": "1000 μg/m³ au moins",
    "es": "al menos 1000 μg/m³",
    "it": "almeno 1000 μg/m³",
    "nl": "minstens 1000 μg/m³",
    "pl": "co najmniej 1000 μg/m³",
    "pt-BR": "pelo menos 1000 μg/m³",
}


def smoke(at: float) -> float:
    """Return the reading of a sensor in thick smoke; it moves, and glitches now and then."""
    return 6553.5 if at % 3000 < 300 else 1500.0 + at % 900


async def test_three_hours_of_thick_smoke_are_unusual_and_above_the_guideline(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    await kitchen.breathe(23 * HOUR)
    assert kitchen.says(ABOVE) == kitchen.says(UNUSUAL) == "off"
    await kitchen.breathe(45 * MINUTE, pm25=steady(1500))
    assert kitchen.says(UNUSUAL) == "on"
    assert kitchen.says(ABOVE) == "on"
    await kitchen.breathe(2.25 * HOUR, pm25=smoke)
    assert kitchen.says(UNUSUAL) == "on"
    assert not [issue for issue in issues(hass) if issue.startswith("source")]

    said = (await act(hass, "explain"))["quantities"]["pm25"]
    measured = said["numbers"]["measured"]
    assert measured["peak"] == said["numbers"]["span_end"] == 1000.0
    assert measured["mean_is_least"] is True
    assert 100.0 < measured["mean"] < 140.0
    assert f"sustained peak of {AT_LEAST['en']}" in said["words"]["measured"]
    await kitchen.breathe(30 * HOUR)
    said = (await act(hass, "explain"))["quantities"]["pm25"]
    assert said["numbers"]["measured"]["mean_is_least"] is False
    assert "at least" not in said["words"]["measured"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_level_at_the_end_is_said_as_at_least_that(
    hass: HomeAssistant, kitchen: Kitchen, language: str
) -> None:
    await kitchen.learn(3)
    await kitchen.breathe(HOUR, pm25=steady(4000))
    words = await Words.async_load(hass, language)
    room = loaded_rooms(hass)[KITCHEN]
    explanation = explain(room.channels[Pollutant.PM25], kitchen.clock.time_to_freeze.timestamp())
    page = words.page(explanation, room.sources[Pollutant.PM25], {})
    assert AT_LEAST[language] in page.measured
    assert set(AT_LEAST) == set(LANGUAGES)


async def test_a_value_just_inside_the_span_is_said_as_it_is(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn(3)
    await kitchen.breathe(HOUR, pm25=steady(999))
    said = (await act(hass, "explain"))["quantities"]["pm25"]
    assert "999 μg/m³" in said["words"]["measured"]
    assert "at least" not in said["words"]["measured"]


async def test_more_than_a_day_beyond_the_span_is_not_a_stuck_sensor(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn(36)
    await kitchen.breathe(30 * HOUR, pm25=lambda at: 1500.0 + at % 900)
    assert shown(hass, UNUSUAL).attributes["reason"] != "silent"
    assert not loaded_rooms(hass)[KITCHEN].channels[Pollutant.PM25].health.stuck
    assert not [issue for issue in issues(hass) if issue.startswith("source")]


@pytest.mark.parametrize("sentinel", [65535.0, 6553.4, 32767.0, -1.0])
async def test_glitches_and_nights_of_sentinels_are_gaps(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    sentinel: float,
) -> None:
    await a_kitchen(hass, hass_storage, 36)
    seen: list[str] = []
    for _ in range(24 * 3):
        glitch = {PM25: lambda at: sentinel if at % 3600 < 300 else usual(at)}
        await pass_time(hass, clock, HOUR, glitch)
        seen += issues(hass)
        assert shown(hass, UNUSUAL).state == "off"
    assert not [issue for issue in seen if issue.startswith("source")]
    channel = await saved(hass, hass_storage)
    assert channel["source"]["rejected"] == 24 * 3
    assert channel["source"]["last_value"] < 100.0


async def test_a_jump_to_a_sentinel_in_the_span_is_refused_also_after_a_restart(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3, Pollutant.VOC_RATIO)
    voc: Callable[[float], float] = lambda at: usual(at, Pollutant.VOC_RATIO)  # noqa: E731
    await pass_time(hass, clock, HOUR, {VOC: voc})
    await saved(hass, hass_storage, pollutant=Pollutant.VOC_RATIO)
    await restart(hass, entry, hass_storage, power_cut=True)
    await pass_time(hass, clock, 30 * MINUTE, {VOC: steady(32767)})
    channel = await saved(hass, hass_storage, pollutant=Pollutant.VOC_RATIO)
    assert channel["source"]["rejected"] == 6
    for value in (9000, 18_000, 32_767, 32_767):  # And now the air walks there.
        report(hass, VOC, value)
        await pass_time(hass, clock, 5 * MINUTE)
    channel = await saved(hass, hass_storage, pollutant=Pollutant.VOC_RATIO)
    assert channel["source"]["rejected"] == 6
    assert channel["source"]["last_value"] == 32_767.0


async def test_an_index_called_ppm_is_refused_and_ends_with_the_right_unit(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    voc = a_room(KITCHEN, "kitchen", Pollutant.VOC_RATIO, voc_unit="ppm")
    entry = a_home(voc)
    await set_up(hass, entry)
    index = {VOC: lambda at: 450.0 + at % 7}
    await breathe_ppm(hass, clock, 110 * MINUTE, index)
    assert not issues(hass)
    await breathe_ppm(hass, clock, 15 * MINUTE, index)
    assert issues(hass) == [ABOVE_SPAN]
    page = await fixer.begin(ABOVE_SPAN)
    given = page["description_placeholders"]
    assert (given["unit"], given["end"]) == ("ppm", "60 ppm")
    await breathe_ppm(hass, clock, DAY, index)
    assert issues(hass) == [ABOVE_SPAN]
    assert shown(hass, VOC_LEARNING).state == "no_source"
    channel = await saved(hass, hass_storage, pollutant=Pollutant.VOC_RATIO)
    assert channel["source"]["last_value"] is None
    assert not channel["days"]

    await saved(hass, hass_storage, pollutant=Pollutant.VOC_RATIO)
    await restart(hass, entry, hass_storage, power_cut=True)
    await breathe_ppm(hass, clock, 3 * HOUR, index)
    assert issues(hass) == [ABOVE_SPAN]
    await breathe_ppm(hass, clock, 70 * MINUTE, {VOC: lambda at: 0.45 + at % 7 / 100})
    assert not issues(hass)
    assert shown(hass, VOC_LEARNING).state == "collecting"


async def test_a_label_that_becomes_wrong_is_refused_and_right_again_at_once(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """A learned room whose VOC in ppb is suddenly called ppm."""
    await a_kitchen(hass, hass_storage, 36, Pollutant.VOC_RATIO)
    voc = {VOC: lambda at: usual(at, Pollutant.VOC_RATIO)}
    await pass_time(hass, clock, HOUR, voc)
    await breathe_ppm(hass, clock, 3 * HOUR, voc)
    assert issues(hass) == [ABOVE_SPAN]
    assert shown(hass, "binary_sensor.kitchen_voc_unusual").state == "unknown"
    await pass_time(hass, clock, 10 * MINUTE, voc)
    assert not issues(hass)
    assert shown(hass, VOC_LEARNING).state == "learned"


async def breathe_ppm(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    duration: timedelta,
    sources: dict[str, Callable[[float], float]],
) -> None:
    """Let time pass with sources that say "ppm"."""
    for _ in range(duration // (5 * MINUTE)):
        for entity_id, level in sources.items():
            report(
                hass, entity_id, level(clock.time_to_freeze.timestamp()), unit_of_measurement="ppm"
            )
        await pass_time(hass, clock, 5 * MINUTE)
