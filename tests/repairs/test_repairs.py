"""The pages of the repairs, over the API that the frontend uses."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import FlowType
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN, Fixer
from tests.home import (
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_kitchen,
    a_room,
    a_store,
    act,
    issue,
    issues,
    learned,
    pass_time,
    report,
    restart,
    saved,
    set_up,
    shown,
    steady,
    usual,
)

LEARNING = "sensor.kitchen_pm25_learning"
UNIT = f"source_unit_changed_{KITCHEN}_pm25"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = {"what_to_do", "measured", "inferred", "because", "not_known", "next"}


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen in which an episode began half an hour ago."""
    entry = await a_kitchen(hass, hass_storage, 36)
    await pass_time(hass, clock, HOUR, {PM25: steady(80)})
    return entry


@pytest.fixture
async def unit_changed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen whose source reports in another unit."""
    entry = await a_kitchen(hass, hass_storage, 3)
    await in_ppm(hass, clock, 3)
    return entry


async def in_ppm(hass: HomeAssistant, clock: FrozenDateTimeFactory, hours: int) -> None:
    """Let the source report in a unit that PM2.5 does not have."""
    for _ in range(hours):
        report(hass, PM25, 5, unit_of_measurement="ppm")
        await pass_time(hass, clock, HOUR, step=HOUR)


async def test_a_learned_range_is_explained(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 20)}})
    await set_up(hass, a_home({**a_room(KITCHEN, "kitchen", Pollutant.PM25), "title": "K*tchen"}))
    await pass_time(hass, clock, 17 * HOUR, {PM25: usual})
    (asked,) = issues(hass)
    page = await fixer.begin(asked)
    assert (page["type"], page["step_id"]) == ("menu", "init")
    assert page["menu_options"] == ["looks_right", "something_off", "not_now", "stop_asking"]
    texts = page["description_placeholders"]
    assert set(texts) == PAGE | {"page"}
    found = issue(hass, asked)
    assert found is not None
    assert found.translation_placeholders == {"room": "K*tchen"}, "a title is not Markdown"
    assert "PM2.5" in texts["measured"]
    assert "μg/m³" in texts["inferred"]
    assert "21" in texts["because"].splitlines()[0], "the days it is based on"
    assert texts["not_known"]
    assert texts["next"]


async def test_an_episode_is_explained(
    hass: HomeAssistant, entry: MockConfigEntry, fixer: Fixer
) -> None:
    page = await fixer.begin(issues(hass)[0])
    choices = ["real", "normal", "changed", "start_over", "not_now", "stop_asking"]
    assert page["menu_options"] == choices
    texts = page["description_placeholders"]
    assert set(texts) == PAGE | {"page", "history"}
    assert "80 μg/m³" in texts["measured"]
    assert "35" in texts["inferred"], "the days it was compared with"
    assert all(texts.values())
    assert not any("{" in text for text in texts.values()), "no placeholder is left open"


async def test_looks_right_is_stored_as_an_entry_and_ends_the_question(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, 17 * HOUR, {PM25: usual})
    done = await fixer.choose(await fixer.begin(issues(hass)[0]), "looks_right")
    assert (done["type"], done["step_id"]) == ("menu", "agreed")
    assert issues(hass) == []
    (stored,) = (await saved(hass, hass_storage))["entries"]
    assert "looks_right" in stored
    assert shown(hass, LEARNING).state == "learned"
    await restart(hass, entry, hass_storage)
    assert issues(hass) == []


async def test_start_over_shows_the_consequence_first_and_then_starts_over(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    page = await fixer.choose(await fixer.begin(issues(hass)[0]), "start_over")
    assert (page["type"], page["step_id"]) == ("menu", "start_over")
    consequence = page["description_placeholders"]["consequence"]
    assert "usable days left: 0; needed for a range: 21." in consequence
    assert "Weeks until alerts resume: about 5." in consequence
    assert shown(hass, LEARNING).state == "learned"
    done = await fixer.confirm(page)
    assert (done["type"], done["step_id"]) == ("menu", "started_over")
    assert shown(hass, LEARNING).state == "collecting"
    assert issues(hass) == []
    await restart(hass, entry, hass_storage)
    assert shown(hass, LEARNING).state == "collecting"
    await act(hass, "undo")
    assert shown(hass, LEARNING).state == "learned"
    assert issues(hass) == [], "what was answered is not asked again"


async def test_not_now_hides_an_episode_for_a_week(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    (asked,) = issues(hass)
    done = await fixer.choose(await fixer.begin(asked), "not_now")
    assert (done["type"], done["reason"]) == ("abort", "not_now")
    assert issues(hass) == []
    await pass_time(hass, clock, 6 * DAY + 20 * HOUR, {PM25: usual}, step=HOUR / 2)
    await restart(hass, entry, hass_storage)
    assert issues(hass) == []
    await pass_time(hass, clock, DAY, {PM25: usual})
    assert issues(hass) == [asked]


async def test_not_now_hides_a_wrong_unit_for_a_week(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    unit_changed: MockConfigEntry,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    assert issues(hass) == [UNIT]
    await fixer.choose(await fixer.begin(UNIT), "not_now")
    await in_ppm(hass, clock, 6 * 24)
    assert issues(hass) == []
    await restart(hass, unit_changed, hass_storage)
    await in_ppm(hass, clock, 12)
    assert issues(hass) == []
    await in_ppm(hass, clock, 24)
    assert issues(hass) == [UNIT]


async def test_a_wrong_unit_leads_to_the_settings_of_the_room(
    hass: HomeAssistant, unit_changed: MockConfigEntry, fixer: Fixer
) -> None:
    page = await fixer.begin(UNIT)
    assert page["menu_options"] == ["room_settings", "pause", "not_now", "stop_asking"]
    assert page["description_placeholders"] == {
        "source": "kitchen pm25",
        "unit": "ppm",
        "days": "1",
        "end": "1000 ppm",
        "of": "1",
    }
    done = await fixer.choose(page, "room_settings")
    assert (done["type"], done["reason"]) == ("abort", "room_settings")
    kind, flow_id = done["next_flow"]
    assert kind == FlowType.CONFIG_SUBENTRIES_FLOW
    hass.states.async_set(
        "sensor.new", "5", {"device_class": "pm25", "unit_of_measurement": "μg/m³"}
    )
    asked = await hass.config_entries.subentries.async_configure(
        flow_id, {"area_id": "kitchen", "pm25_source": "sensor.new"}
    )
    assert asked["menu_options"] == ["keep_ledger", "start_anew"]
    changed = await hass.config_entries.subentries.async_configure(
        flow_id, {"next_step_id": "start_anew"}
    )
    assert changed["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert issues(hass) == []


async def test_a_stuck_source_leads_to_the_settings_too(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    await a_kitchen(hass, hass_storage, 3)
    await pass_time(hass, clock, 25 * HOUR, {PM25: steady(6)})
    report(hass, PM25, 6, friendly_name="A *fine* sensor")
    page = await fixer.begin(f"source_stuck_{KITCHEN}_pm25")
    assert page["description_placeholders"]["source"] == r"A \*fine\* sensor"
    done = await fixer.choose(page, "room_settings")
    assert hass.config_entries.subentries.async_get(done["next_flow"][1])["step_id"] == (
        "reconfigure"
    )


async def test_damage_is_reported_with_names_until_it_was_seen(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    stored = a_store({KITCHEN: {Pollutant.PM25: learned(Pollutant.PM25, 3)}})
    stored["data"]["rooms"][KITCHEN]["channels"]["pm25"]["days"] = "lost"
    hass_storage[LEDGER_KEY] = stored
    entry = a_home()
    await set_up(hass, entry)
    page = await fixer.begin("store_recovered")
    assert (page["type"], page["step_id"]) == ("form", "confirm")
    assert page["description_placeholders"] == {"lost": "Kitchen", "partly": "–"}
    done = await fixer.answer(page)
    assert done["type"] == "create_entry"
    assert issues(hass) == []
    await restart(hass, entry, hass_storage)
    assert issues(hass) == []


async def test_a_page_about_a_room_that_was_removed_meanwhile_says_so(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    entry = await a_kitchen(hass, hass_storage, 20)
    await pass_time(hass, clock, 17 * HOUR, {PM25: usual})
    choices = ("something_off", "looks_right", "stop_asking", "not_now")
    pages = [await fixer.begin(issues(hass)[0]) for _ in choices]
    hass.config_entries.async_remove_subentry(entry, KITCHEN)
    await hass.async_block_till_done()
    for page, choice in zip(pages, choices, strict=True):
        done = await fixer.choose(page, choice)
        reason = "not_now" if choice == "not_now" else "gone"
        assert (done["type"], done["reason"]) == ("abort", reason)


async def test_settings_of_a_room_that_was_removed_meanwhile_do_not_open(
    hass: HomeAssistant, unit_changed: MockConfigEntry, fixer: Fixer
) -> None:
    page = await fixer.begin(UNIT)
    hass.config_entries.async_remove_subentry(unit_changed, KITCHEN)
    await hass.async_block_till_done()
    done = await fixer.choose(page, "room_settings")
    assert (done["type"], done["reason"]) == ("abort", "gone")


@pytest.mark.parametrize(
    ("issue_id", "data"),
    [
        ("range_learned_01GONE_0", {"subentry_id": "01GONE"}),
        ("unusual_episode_01GONE_1", {"subentry_id": "01GONE", "episode_pm25": 1}),
        (f"unusual_episode_{KITCHEN}_1", {"subentry_id": KITCHEN, "episode_pm25": 1}),
        ("source_stuck_01GONE_pm25", {"subentry_id": "01GONE", "quantity": "pm25"}),
        (
            f"source_stuck_{KITCHEN}_voc_index",
            {"subentry_id": KITCHEN, "quantity": "voc_index"},
        ),
    ],
)
async def test_a_repair_whose_target_is_gone_says_so(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    fixer: Fixer,
    issue_id: str,
    data: dict[str, str | int | float | None],
) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=data,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue_id.partition("_01")[0],
    )
    done = await fixer.begin(issue_id)
    assert (done["type"], done["reason"]) == ("abort", "gone")
    assert issue(hass, issue_id) is not None


@pytest.mark.parametrize("choice", ["start_over", "not_now"])
async def test_a_question_that_is_no_longer_stored_can_still_be_answered(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    fixer: Fixer,
    choice: str,
) -> None:
    forgotten = f"range_learned_{KITCHEN}_99"
    ir.async_create_issue(
        hass,
        DOMAIN,
        forgotten,
        data={"subentry_id": KITCHEN},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="range_learned",
    )
    page = await fixer.begin(forgotten)
    if choice == "start_over":
        page = await fixer.choose(await fixer.choose(page, "something_off"), choice)
        page = await fixer.confirm(page)
        assert page["step_id"] == "started_over"
    else:
        page = await fixer.choose(page, choice)
        assert page["type"] == "abort"
    assert issue(hass, forgotten) is None
    await pass_time(hass, clock, HOUR, {PM25: usual})
    assert issue(hass, forgotten) is None


async def test_pm25_and_voc_share_one_page(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    fixer: Fixer,
) -> None:
    pollutants = (Pollutant.PM25, Pollutant.VOC_RATIO)
    hass_storage[LEDGER_KEY] = a_store(
        {KITCHEN: {pollutant: learned(pollutant, 36) for pollutant in pollutants}}
    )
    await set_up(hass, a_home())
    await pass_time(hass, clock, HOUR, {PM25: steady(80), VOC: steady(3000)})
    (asked,) = issues(hass)
    texts = (await fixer.begin(asked))["description_placeholders"]
    assert "PM2.5" in texts["measured"]
    assert "3000 ppb" in texts["measured"]
    assert texts["not_known"].count("window") == 1, "what is common is shown once"


async def test_only_administrators_can_answer(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    await async_setup_component(hass, "repairs", {})
    client = await hass_client(hass_read_only_access_token)
    request = {"handler": DOMAIN, "issue_id": issues(hass)[0]}
    response = await client.post("/api/repairs/issues/fix", json=request)
    assert response.status == HTTPStatus.UNAUTHORIZED
