"""A trouble of a source that comes and goes is one repair, and can be silenced for good."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.air_baseline.const import SUBENTRY_ROOM
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.conftest import DOMAIN, Fixer
from tests.home import (
    KITCHEN,
    PM25,
    a_kitchen,
    act,
    issue,
    issues,
    pass_time,
    report,
    restart,
    saved,
    usual,
)

IMPOSSIBLE = f"source_implausible_{KITCHEN}_pm25"
MISSING = f"source_missing_{KITCHEN}_pm25"
UNIT = f"source_unit_changed_{KITCHEN}_pm25"
HOUR, DAY, STEP = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)

type Night = Callable[[], None]


def sentinel(hass: HomeAssistant) -> Night:
    return lambda: report(hass, PM25, -1)


def gone(hass: HomeAssistant) -> Night:
    return lambda: report(hass, PM25, "unavailable")


def in_ppm(hass: HomeAssistant) -> Night:
    return lambda: report(hass, PM25, 5, unit_of_measurement="ppm")


def hour() -> float:
    now = dt_util.now()
    return now.hour + now.minute / 60


async def live(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    duration: timedelta,
    night: Night | None = None,
    until: float = 7.0,
) -> None:
    """Let time pass; from 01:00 to `until`, the source does what it does at night."""
    end = dt_util.utcnow() + duration
    while dt_util.utcnow() < end:
        if night is not None and 1 <= hour() < until:
            night()
        else:
            report(hass, PM25, usual(dt_util.utcnow().timestamp()))
        await pass_time(hass, clock, STEP, step=STEP)


@pytest.fixture
def created(hass: HomeAssistant) -> list[str]:
    """Return the repairs that appear, in this order."""
    seen: list[str] = []

    @callback
    def updated(event: Event[Any]) -> None:
        if event.data["action"] == "create" and event.data["domain"] == DOMAIN:
            seen.append(event.data["issue_id"])

    hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, updated)
    return seen


def numbers(hass: HomeAssistant, issue_id: str) -> tuple[str | None, dict[str, str]]:
    """Return under which words a repair is shown, and with which numbers."""
    shown = issue(hass, issue_id)
    assert shown is not None
    values = dict(shown.translation_placeholders or {})
    values.pop("room")
    return shown.translation_key, values


@pytest.mark.parametrize(
    ("what", "night", "until", "seen"),
    [
        ("source_implausible", sentinel, 7.0, 5),
        ("source_unit_changed", in_ppm, 7.0, 5),
        ("source_missing", gone, 9.0, 4),  # After a week it is known to be off at night.
    ],
)
async def test_a_trouble_of_every_night_is_one_repair_that_says_how_often(  # noqa: PLR0913, PLR0917
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    created: list[str],
    what: str,
    night: Callable[[HomeAssistant], Night],
    until: float,
    seen: int,
) -> None:
    trouble = f"{what}_{KITCHEN}_pm25"
    entry = await a_kitchen(hass, hass_storage, 3)
    await live(hass, clock, (11.5 + until) * HOUR, night(hass), until)
    assert numbers(hass, trouble) == (what, {})
    await live(hass, clock, (12.5 - until) * HOUR, night(hass), until)
    assert issues(hass) == [], "once is over when it is over"
    for nights in range(2, seen + 1):
        await live(hass, clock, DAY, night(hass), until)
        often = {"days": str(nights), "of": str(nights)}
        assert issues(hass) == [trouble], "it has not gone for good in the morning"
        assert numbers(hass, trouble) == (f"{what}_again", often)
    assert set(created) == {trouble}
    asked = (await act(hass, "get_ledger"))["questions"][trouble]
    assert asked["at"] < dt_util.utcnow().timestamp() - (seen - 1) * 86400, "it was asked once"
    await restart(hass, entry, hass_storage)
    await live(hass, clock, HOUR)
    assert numbers(hass, trouble) == (f"{what}_again", {"days": str(seen), "of": str(seen)})
    await live(hass, clock, 6 * DAY)
    assert issues(hass) == [trouble]
    await live(hass, clock, DAY)
    assert issue(hass, trouble) is None
    assert trouble not in (await act(hass, "get_ledger"))["questions"]


async def test_a_trouble_that_was_ignored_stays_ignored_when_it_comes_back(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3)
    await live(hass, clock, 18 * HOUR, sentinel(hass))
    assert issues(hass) == [IMPOSSIBLE]
    ir.async_ignore_issue(hass, DOMAIN, IMPOSSIBLE, ignore=True)
    for _ in range(3):
        await live(hass, clock, DAY, sentinel(hass))
        assert issues(hass) == []
        await restart(hass, entry, hass_storage)
    assert issue(hass, IMPOSSIBLE) is not None


async def test_a_trouble_that_was_put_off_stays_hidden_when_it_comes_back(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await live(hass, clock, 18 * HOUR, sentinel(hass))
    await fixer.choose(await fixer.begin(IMPOSSIBLE), "not_now")
    await live(hass, clock, 6 * DAY, sentinel(hass))
    assert issues(hass) == []
    await live(hass, clock, 2 * DAY, sentinel(hass))
    assert issues(hass) == [IMPOSSIBLE]


async def test_a_trouble_is_silenced_for_good_and_undo_brings_it_back(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3)
    await live(hass, clock, 42 * HOUR, sentinel(hass))
    page = await fixer.begin(IMPOSSIBLE)
    assert (page["description_placeholders"]["days"], page["description_placeholders"]["of"]) == (
        "2",
        "2",
    )
    done = await fixer.choose(page, "stop_asking")
    assert (done["type"], done["step_id"]) == ("menu", "stopped_asking")
    assert issue(hass, IMPOSSIBLE) is None
    for _ in range(3):
        await live(hass, clock, DAY, sentinel(hass))
        assert issues(hass) == []
        await restart(hass, entry, hass_storage)
    await live(hass, clock, 2 * HOUR)
    report(hass, PM25, "unavailable")
    await pass_time(hass, clock, 7 * HOUR, step=HOUR)
    assert issues(hass) == [MISSING], "another trouble of the source is told"
    await act(hass, "undo")
    await live(hass, clock, 15 * HOUR, sentinel(hass))
    assert IMPOSSIBLE in issues(hass)


@pytest.mark.parametrize("then", ["keep_ledger", "start_anew"])
async def test_another_source_has_its_own_troubles(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
    then: str,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 3)
    await live(hass, clock, 42 * HOUR, sentinel(hass))
    await fixer.choose(await fixer.begin(IMPOSSIBLE), "stop_asking")
    report(hass, PM25, 5, unit_of_measurement="ppm")
    await pass_time(hass, clock, 4 * HOUR, step=HOUR)
    hass.states.async_set(
        "sensor.new", "5", {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
    )
    flows = hass.config_entries.subentries
    flow = await flows.async_init(
        (entry.entry_id, SUBENTRY_ROOM),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": KITCHEN},
    )
    await flows.async_configure(
        flow["flow_id"], {"area_id": "kitchen", "pm25_source": "sensor.new"}
    )
    await flows.async_configure(flow["flow_id"], {"next_step_id": then})
    await hass.async_block_till_done()
    found = await act(hass, "get_ledger")
    kinds = [one["kind"] for one in found["quantities"]["pm25"]["corrections"]]
    assert ("stop_reporting" in kinds, found["questions"]) == (False, {})
    kept = await saved(hass, hass_storage)
    assert "stop_reporting" not in str(kept["entries"])


async def test_a_silenced_trouble_is_stored(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any], fixer: Fixer
) -> None:
    await a_kitchen(hass, hass_storage, 3, Pollutant.PM25, Pollutant.VOC_RATIO)
    await live(hass, clock, 18 * HOUR, sentinel(hass))
    await fixer.choose(await fixer.begin(IMPOSSIBLE), "stop_asking")
    (row,) = (await saved(hass, hass_storage))["entries"]
    assert ("stop_reporting" in row, "source_implausible" in row) == (True, True)
    voc = await saved(hass, hass_storage, pollutant=Pollutant.VOC_RATIO)
    assert voc["entries"] == [], "the other source of the room still asks"
