"""Whatever a source reports, and whatever is sent to a page, Air Baseline keeps working."""

from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.faults import Faults, complaints
from tests.home import (
    ATTRIBUTES,
    INDEX,
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    changed_days,
    days_kept,
    learned,
    pass_time,
    report,
    saved,
    set_up,
    shown,
    usual,
)

pytestmark = pytest.mark.timeout(3600)

SPARE = "sensor.spare_pm25"  # No room has it yet.
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(),
    st.text(max_size=12),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)
STATES = st.one_of(
    st.floats(width=64).map(str),
    st.floats(0, 500).map(str),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(("unknown", "unavailable", "", "nan", "-inf", "1e400", "1_0", "٣", "-0.0")),
    st.text(max_size=40),
)
UNITS = st.one_of(st.sampled_from(("μg/m³", "µg/m³", "mg/m³", "ppb", "", "%")), ODD)
CLASSES = st.one_of(st.sampled_from(("pm25", "aqi", "temperature")), ODD)
READINGS = st.tuples(
    STATES,
    st.fixed_dictionaries(
        {}, optional={"unit_of_measurement": UNITS, "device_class": CLASSES, "other": ODD}
    ),
    st.one_of(st.none(), st.floats(-(10**6), 10**6), st.sampled_from((-4e9, 9e9))),
)
ENTITIES = st.sampled_from(
    (PM25, VOC, INDEX, "sensor.gone", "light.lamp", "sensor.warm", "binary_sensor.pane")
)
AREAS = st.sampled_from(("kitchen", "bedroom", "cellar"))
FILLED_IN = {"area_id": AREAS, "use_history": st.booleans()}
CHOSEN = {
    "pm25_source": st.one_of(st.just(SPARE), ENTITIES),
    "voc_source": st.one_of(st.just(VOC), ENTITIES),
    "windows": st.lists(st.just("binary_sensor.pane"), max_size=2),
}
ROOM = st.one_of(
    st.fixed_dictionaries(FILLED_IN, optional=CHOSEN),
    st.fixed_dictionaries(
        {},
        optional={field: st.one_of(right, ODD) for field, right in (FILLED_IN | CHOSEN).items()}
        | {"other": ODD},
    ),
)
HOME = st.fixed_dictionaries(
    {},
    optional={
        "promise": st.one_of(st.sampled_from(("fortnight", "month", "two_months")), ODD),
        "alerts_of_home": st.one_of(st.floats(1, 30), ODD),
        "outdoor_pm25": st.one_of(ENTITIES, ODD),
        "outdoor_temperature": st.one_of(ENTITIES, ODD),
        "everyone_may_correct": st.one_of(st.booleans(), ODD),
        "other": ODD,
    },
)


def draw[T](wanted: st.SearchStrategy[T], times: int, faults: Faults) -> list[T]:
    """Return what hypothesis draws, for the loop of the test to walk through."""
    drawn: list[T] = []

    @faults.draws(times)
    @given(wanted)
    def keep(one: T) -> None:
        drawn.append(one)

    keep()
    return drawn


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen that has learned, and sensors that no room has yet."""
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 36)}})
    for entity_id in (PM25, VOC, INDEX):
        report(hass, entity_id, 5)
    report(hass, SPARE, 5, **ATTRIBUTES[PM25])
    report(hass, "sensor.warm", 20, device_class="temperature", unit_of_measurement="°C")
    hass.states.async_set("light.lamp", "on")
    hass.states.async_set("binary_sensor.pane", "off", {"device_class": "window"})
    entry = a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25))
    await set_up(hass, entry)
    return entry


@pytest.mark.log_lines(39 * 2)  # Of 39 hours: one about units, one about levels.
@pytest.mark.usefixtures("entry")
async def test_a_source_can_report_anything(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    faults: Faults,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Readings of all kinds, from all times, for days: what is stored still consists of numbers."""
    learned_before = await days_kept(hass)
    times = faults.times(few=300, many=3000, long=30_000)
    for state, attributes, ago in draw(READINGS, times, faults):
        at = None if ago is None else max(dt_util.utcnow().timestamp() + ago, 0.0)
        hass.states.async_set(PM25, state, attributes, timestamp=at)
        await pass_time(hass, clock, timedelta(minutes=3))
    stored = json.dumps(await saved(hass, hass_storage))
    found = complaints(caplog.records, "not in a unit of pm25", "its unit is probably wrong")
    found += [word for word in ("NaN", "Infinity") if word in stored]
    faults.check("readings of all kinds", f"{times} readings", found, "no complaint, numbers kept")
    await pass_time(hass, clock, timedelta(days=1), {PM25: usual})
    kept = await days_kept(hass)
    assert len(kept) > len(learned_before), "a day has closed"
    assert changed_days(learned_before, kept) == []
    assert shown(hass, "sensor.kitchen_pm25_learning").state not in ("unavailable", "no_source")


@pytest.mark.log_lines(300)  # Each form can make a room.
async def test_the_page_of_a_room_can_be_sent_anything(
    hass: HomeAssistant, entry: MockConfigEntry, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused or it works: no room is ever made that cannot be set up."""
    times = faults.times(few=250, many=1000, long=5000)
    pages = hass.config_entries.subentries
    ends = set[FlowResultType]()
    for number, fields in enumerate(draw(ROOM, times, faults)):
        context = SubentryFlowContext(source=SOURCE_USER)
        if number % 2:
            context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=KITCHEN)
        page = await pages.async_init((entry.entry_id, "room"), context=context)
        try:
            page = await pages.async_configure(page["flow_id"], fields)
            if page.get("step_id") == "history":  # It shows what the home's history is worth.
                page = await pages.async_configure(page["flow_id"], {})
        except InvalidData:
            page = {**page, "errors": {"base": "refused"}}
        ends.add(page["type"])
        if page["type"] is FlowResultType.FORM:
            assert page["errors"], fields
        if page["type"] in (FlowResultType.FORM, FlowResultType.MENU):
            pages.async_abort(page["flow_id"])
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED, fields
        assert entry.runtime_data.unreadable == [], fields
        for room in set(entry.subentries) - {KITCHEN}:
            hass.config_entries.async_remove_subentry(entry, room)
            await hass.async_block_till_done()
    assert ends >= {FlowResultType.FORM, FlowResultType.ABORT, FlowResultType.CREATE_ENTRY}
    found = complaints(caplog.records)
    faults.check("the page of a room", f"{times} forms", found, "refused, or a room that works")


async def test_the_page_of_the_home_can_be_sent_anything(
    hass: HomeAssistant, entry: MockConfigEntry, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    times = faults.times(few=80, many=1000, long=5000)
    pages = hass.config_entries.options
    for fields in draw(HOME, times, faults):
        page = await pages.async_init(entry.entry_id)
        try:
            page = await pages.async_configure(page["flow_id"], fields)
        except InvalidData:
            page = {**page, "errors": {"base": "refused"}}
        if page["type"] is FlowResultType.FORM:
            assert page["errors"], fields
            pages.async_abort(page["flow_id"])
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED, fields
    found = complaints(caplog.records)
    faults.check("the page of the home", f"{times} forms", found, "refused, or a home that works")
