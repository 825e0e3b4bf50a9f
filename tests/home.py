"""A small home for the tests: its rooms, their sources, and weeks already learned.

The core is imported by its full name: what is learned here is loaded by Home Assistant.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
import json
import logging
from math import expm1, log1p
from random import Random
from time import time
from typing import Any
from unittest.mock import patch
from zlib import crc32
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigFlowResult, ConfigSubentryDataWithId
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    event,
    issue_registry as ir,
)
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.air_baseline.binary_sensor import BINARY_SENSORS
from custom_components.air_baseline.const import DOMAIN, LOGGER
from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.channel import Channel
from custom_components.air_baseline.core.pollutant import POLLUTANTS, Pollutant
from custom_components.air_baseline.core.storage.channel import dump_channel
from custom_components.air_baseline.entity import WORDS_OF_POLLUTANT
from custom_components.air_baseline.inputs.room_config import readable_rooms, room_sources
from custom_components.air_baseline.sensor import SENSORS
from custom_components.air_baseline.storage.store import LEDGER_KEY, OPEN_KEY, STORAGE_VERSION
from tests.stored import continued

ZONE = ZoneInfo("Europe/London")
NOON = datetime(2026, 3, 2, 12, 0, 3, tzinfo=UTC)  # A Monday, just after the tick of a slot.
STEP = timedelta(minutes=5)

KITCHEN, BEDROOM = "01KITCHEN", "01BEDROOM"  # Ids of the two rooms.
PM25, VOC, INDEX = "sensor.kitchen_pm25", "sensor.kitchen_voc", "sensor.bedroom_voc_index"
ATTRIBUTES: dict[str, dict[str, str]] = {
    PM25: {"device_class": "pm25", "unit_of_measurement": "μg/m³"},
    VOC: {"device_class": "volatile_organic_compounds_parts", "unit_of_measurement": "ppb"},
    INDEX: {},
}
SOURCES: dict[Pollutant, dict[str, str]] = {
    Pollutant.PM25: {"pm25_source": PM25, "pm25_unit": "μg/m³"},
    Pollutant.VOC_RATIO: {"voc_source": VOC, "voc_kind": "voc_ratio", "voc_unit": "ppb"},
    Pollutant.VOC_INDEX: {"voc_source": INDEX, "voc_kind": "voc_index", "voc_unit": ""},
}
USUAL = {
    Pollutant.PM25: 6.0,
    Pollutant.VOC_MASS: 300.0,
    Pollutant.VOC_RATIO: 120.0,
    Pollutant.VOC_INDEX: 100.0,
}

OFF = {"start_over", "pm25_usual_middle", "voc_usual_middle", "pm25_mean_24h"}  # At first.

type Level = Callable[[float], float]


def usual(at: float, pollutant: Pollutant = Pollutant.PM25) -> float:
    """Return the level of an ordinary moment; it varies from half hour to half hour and by day."""
    half_hour, day = _chance(at // 1800), _chance(at // 86400)
    y = log1p(USUAL[pollutant]) + 0.35 * half_hour + 0.15 * day
    return float(round(expm1(max(y, 0.0))))


def steady(level: float) -> Level:
    """Return a source that always gives the same level."""
    return lambda _: level


@lru_cache(maxsize=10_000)
def _chance(seed: float) -> float:
    return Random(int(seed)).gauss()  # noqa: S311 - weather, not secrets


def a_room(
    subentry_id: str, area: str, *pollutants: Pollutant, **data: str
) -> ConfigSubentryDataWithId:
    """Return a room as it is configured: the sources of its pollutants, and other data."""
    sources = {key: value for pollutant in pollutants for key, value in SOURCES[pollutant].items()}
    return ConfigSubentryDataWithId(
        data={"area_id": area, **sources, **data},
        subentry_id=subentry_id,
        subentry_type="room",
        title=area.capitalize(),
        unique_id=area,
    )


def a_home(
    *rooms: ConfigSubentryDataWithId, promise: str = "month", **options: str | int
) -> MockConfigEntry:
    """Return an entry: by default a kitchen with PM2.5 and VOC, and a bedroom with a VOC index."""
    return MockConfigEntry(
        domain=DOMAIN,
        minor_version=3,
        title="Air Baseline",
        options={"promise": promise, **options},
        subentries_data=rooms
        or (
            a_room(KITCHEN, "kitchen", Pollutant.PM25, Pollutant.VOC_RATIO),
            a_room(BEDROOM, "bedroom", Pollutant.VOC_INDEX),
        ),
    )


@lru_cache(maxsize=64)
def _learned(pollutant: Pollutant, days: int, end: datetime, promise: str) -> str:
    channel = Channel(POLLUTANTS[pollutant], ZONE, Promise(promise).days)
    at, end_at = (end - timedelta(days=days)).timestamp() // 300 * 300, end.timestamp()
    channel.health.skip_warm_up(at)
    while at <= end_at:
        channel.read(at, usual(at, pollutant))
        at += 300
    channel.advance(end_at)
    channel.take_events()
    return json.dumps(dump_channel(channel))


def learned(
    pollutant: Pollutant, days: int, *, end: datetime = NOON, promise: str = "month"
) -> dict[str, Any]:
    """Return a stored channel with `days` days, made by replaying usual readings."""
    stored: dict[str, Any] = json.loads(_learned(pollutant, days, end, promise))
    return stored


def days_of(channel: dict[str, Any]) -> list[dict[str, str]]:
    """Return the days of a stored channel by their columns."""
    columns = channel["days_columns"].split(" ")
    return [dict(zip(columns, line.split(" "), strict=True)) for line in channel["days"]]


def with_days(channel: dict[str, Any], days: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Return a stored channel with other days, and with the same forecast for today."""
    lines = [" ".join(day.values()) for day in days]
    return channel | {"days": lines, "days_checksum": crc32("\n".join(lines).encode())}


def a_store(rooms: Mapping[str, Mapping[Pollutant, dict[str, Any]]]) -> dict[str, Any]:
    """Return the store's file: the channels of rooms."""
    kept = {
        room: {
            "channels": {pollutant.value: channel for pollutant, channel in channels.items()},
            "retired": [],
            "asked": {},
        }
        for room, channels in rooms.items()
    }
    return {
        "version": STORAGE_VERSION,
        "minor_version": 1,
        "key": LEDGER_KEY,
        "data": {"rooms": kept},
    }


def give_ids(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Register the entities of an entry under ids that are short to spell, as an owner could.

    The id of an entity that makes a statement ends in its translation key. Which ids entities get
    on their own is tested in tests/test_entity.py.
    """
    for room in readable_rooms(entry):
        keys = {"inference": "event", "keep_learning": "switch", "start_over": "button"}
        ids: list[tuple[str, str, str, str | None]] = [
            (domain, key, key, None) for key, domain in keys.items()
        ]
        for source in room_sources(room.data).values():
            for domain, known in (("sensor", SENSORS), ("binary_sensor", BINARY_SENSORS)):
                for one in known:
                    if source.pollutant in one.pollutants:
                        key = f"{WORDS_OF_POLLUTANT[source.pollutant]}_{one.key}"
                        unit = source.shown_unit if getattr(one, "is_level", False) else None
                        ids.append((domain, f"{source.pollutant}_{one.key}", key, unit))
        for domain, unique_id, key, unit in ids:
            er.async_get(hass).async_get_or_create(
                domain,
                DOMAIN,
                f"{room.subentry_id}_{unique_id}",
                suggested_object_id=f"{slugify(room.title)}_{key}",
                config_entry=entry,
                config_subentry_id=room.subentry_id,
                disabled_by=er.RegistryEntryDisabler.INTEGRATION if key in OFF else None,
                unit_of_measurement=unit,
            )


def found(hass: HomeAssistant, entity_id: str) -> str:
    """Return the present id of the entity that has an id by `give_ids`; the same if none has."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
            room = entry.subentries.get(one.config_subentry_id or "")
            if room and entity_id == f"{one.domain}.{slugify(room.title)}_{one.translation_key}":
                return one.entity_id
    return entity_id


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Add an entry and set it up."""
    entry.add_to_hass(hass)
    give_ids(hass, entry)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def a_kitchen(
    hass: HomeAssistant, files: dict[str, Any], days: int, *pollutants: Pollutant, **changed: Any
) -> MockConfigEntry:
    """Set up a kitchen with `days` days, with parts of its ledgers changed."""
    pollutants = pollutants or (Pollutant.PM25,)
    files[LEDGER_KEY] = a_store(
        {KITCHEN: {pollutant: learned(pollutant, days) | changed for pollutant in pollutants}}
    )
    entry = a_home(a_room(KITCHEN, "kitchen", *pollutants))
    await set_up(hass, entry)
    return entry


async def restart(
    hass: HomeAssistant, entry: MockConfigEntry, files: dict[str, Any], *, power_cut: bool = False
) -> None:
    """Start again from what is on disk, after a last write or, in a power cut, without one."""
    if not power_cut:
        await saved(hass, files)
    keys = [key for key in (LEDGER_KEY, OPEN_KEY) if key in files]
    on_disk = json.loads(json.dumps({key: files[key] for key in keys}))
    await hass.config_entries.async_unload(entry.entry_id)
    files.update(on_disk)  # Unloading saves, which a restart does not.
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def saved(
    hass: HomeAssistant,
    files: dict[str, Any],
    room: str = KITCHEN,
    pollutant: Pollutant = Pollutant.PM25,
) -> dict[str, Any]:
    """Write everything that is waiting to be written; return a channel as it is stored."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    stored = continued(files[LEDGER_KEY], files.get(OPEN_KEY))
    channel: dict[str, Any] = stored["data"]["rooms"][room]["channels"][pollutant.value]
    return channel


def report(hass: HomeAssistant, entity_id: str, value: object, **attributes: Any) -> None:
    """Let a source report a value, as its integration would."""
    hass.states.async_set(entity_id, str(value), {**ATTRIBUTES.get(entity_id, {}), **attributes})


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that is there; ours are found under ids of `give_ids`."""
    state = hass.states.get(entity_id) or hass.states.get(found(hass, entity_id))
    assert state is not None, f"{entity_id} is not there"
    return state


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Return a repair that is shown or ignored, None where there is none."""
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


def issues(hass: HomeAssistant) -> list[str]:
    """Return the ids of all repairs of the integration that people see."""
    known = ir.async_get(hass).issues.values()
    return [
        issue.issue_id
        for issue in known
        if issue.domain == DOMAIN and issue.active and issue.dismissed_version is None
    ]


def log_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration has logged so far, apart from debug messages."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(LOGGER.name) and record.levelno > logging.DEBUG
    ]


def device_id(hass: HomeAssistant, room: str = KITCHEN) -> str:
    """Return the device of a room."""
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, room)})
    return device.id


async def act(hass: HomeAssistant, action: str, **given: Any) -> dict[str, Any]:
    """Call an action on the kitchen, or on the given device, and return its response."""
    if "device_id" not in given:
        given["device_id"] = device_id(hass)
    answer = await hass.services.async_call(
        DOMAIN,
        action,
        given,
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    await hass.async_block_till_done()
    return dict(answer)


async def days_kept(
    hass: HomeAssistant, quantity: str = "pm25", room: str = KITCHEN
) -> dict[str, dict[str, Any]]:
    """Return the days that a room keeps, by their date, as people can read them."""
    answer = await act(hass, "get_ledger", device_id=device_id(hass, room))
    return {day["day"]: day for day in answer["quantities"][quantity]["days"]}


def changed_days(before: Mapping[str, dict[str, Any]], kept: Mapping[str, Any]) -> list[str]:
    """Return the days whose air is not kept as it was before, or not at all."""
    air = ("from", "observed", "parts")
    return [
        day
        for day, known in before.items()
        if day not in kept or any(kept[day][what] != known[what] for what in air)
    ]


def missing_days(kept: Mapping[str, dict[str, Any]], first: date, least: float = 0.5) -> list[str]:
    """Return the days from `first` to yesterday of which less than the share `least` is kept."""
    today = (dt_util.utcnow().astimezone(ZONE) - timedelta(hours=4)).date()  # They begin at 04:00.
    days = [first + timedelta(days=place) for place in range((today - first).days)]
    shares = {str(day): kept.get(str(day), {"observed": 0.0})["observed"] for day in days}
    return [f"{day}: {share:.0%} is kept" for day, share in shares.items() if share < least]


async def come_to_rest(hass: HomeAssistant) -> None:
    """Let the moment pass after which renames are followed, and wait until they are."""
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    await hass.async_block_till_done()


async def settle() -> None:
    """Run what is ready to run now; what waits for later goes on waiting."""
    for _ in range(200):
        await asyncio.sleep(0)


async def pass_time(  # noqa: PLR0913 - all the ways in which time passes
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    duration: timedelta,
    sources: Mapping[str, Level] | None = None,
    *,
    step: timedelta = STEP,
    waits: bool = False,
) -> None:
    """Let time pass in steps; at each step, each source reports its level of that moment.

    `waits` says that an automation may be waiting; Home Assistant then never gets idle.
    """
    end = dt_util.utcnow() + duration
    while dt_util.utcnow() < end:
        clock.tick(min(step, end - dt_util.utcnow()))
        now = dt_util.utcnow().timestamp()
        for entity_id, level in (sources or {}).items():
            report(hass, entity_id, level(now))
        _run_timers(hass)
        # What the clock starts runs in the background; it must end before time moves on.
        await (settle() if waits else hass.async_block_till_done(wait_background_tasks=True))


def _run_timers(hass: HomeAssistant) -> None:
    """Run the timers that are due, as the test plugin's `async_fire_time_changed` does.

    That creates two mocks for each timer, which takes a quarter of the time of a long test.
    """
    due = dt_util.utcnow() + timedelta(microseconds=event.RANDOM_MICROSECOND_MAX)
    ahead_s = due.timestamp() - time()
    with (
        patch.object(event, "time_tracker_utcnow", lambda: due),
        patch.object(event, "time_tracker_timestamp", due.timestamp),
    ):
        for timer in list(get_scheduled_timer_handles(hass.loop)):
            if not timer.cancelled() and timer.when() - hass.loop.time() <= ahead_s:
                timer._run()  # noqa: SLF001
                timer.cancel()


async def onward(
    hass: HomeAssistant, flow_id: str, fields: Mapping[str, Any], **of_home: Any
) -> ConfigFlowResult:
    """Fill in a page of set-up; where the page about the home follows, fill in that too."""
    page = await hass.config_entries.flow.async_configure(flow_id, dict(fields))
    if page.get("step_id") == "home" and not page["errors"]:
        page = await hass.config_entries.flow.async_configure(flow_id, of_home)
    return page
