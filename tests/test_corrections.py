"""Corrections as actions: their scope, who may call them, and what is refused."""

from collections.abc import Awaitable
from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import Group, User
from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, HomeAssistant, ServiceResponse
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.services import CORRECTING, READING
from custom_components.air_baseline.storage.store import LEDGER_KEY
from tests.conftest import DOMAIN
from tests.home import (
    KITCHEN,
    NOON,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    device_id,
    issues,
    learned,
    pass_time,
    restart,
    saved,
    set_up,
    shown,
    steady,
    usual,
)
from tests.words import iso_dates, words

LEARNING = "sensor.kitchen_pm25_learning"
EVENT = "event.kitchen_inference"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEDGER = ("days", "entries", "episodes", "root")
MINIMAL: dict[str, dict[str, Any]] = {
    "explain": {},
    "record": {},
    "get_ledger": {},
    "correct_episode": {"verdict": "normal"},
    "name_episode": {"name": "candles"},
    "mark_missed": {"from": "2026-03-01 10:00", "to": "2026-03-01 11:00"},
    "strike_days": {"start_date": "2026-02-20"},
    "mark_change": {"date": "2026-02-20"},
    "relearn_from_history": {},
    "reset": {},
    "undo": {},
}


@pytest.fixture
async def entry(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> MockConfigEntry:
    """Set up a kitchen that learned both its pollutants, with an episode of both at noon."""
    pollutants = (Pollutant.PM25, Pollutant.VOC_RATIO)
    hass_storage[LEDGER_KEY] = a_store(
        {KITCHEN: {pollutant: learned(pollutant, 36) for pollutant in pollutants}}
    )
    entry = a_home(a_room(KITCHEN, "kitchen", *pollutants))
    await set_up(hass, entry)
    await pass_time(hass, clock, HOUR, {PM25: steady(80), VOC: steady(3000)})
    return entry


async def ledger(hass: HomeAssistant, files: dict[str, Any]) -> str:
    """Return what undo has to restore, byte for byte, of both pollutants."""
    kept = [
        await saved(hass, files, pollutant=pollutant)
        for pollutant in (Pollutant.PM25, Pollutant.VOC_RATIO)
    ]
    return json.dumps([{name: one[name] for name in LEDGER} for one in kept])


async def report_of(hass: HomeAssistant, pollutant: str = "pm25") -> dict[str, Any]:
    """Return all that is stored of a pollutant, as the action reports it."""
    found: dict[str, Any] = (await act(hass, "get_ledger"))["quantities"][pollutant]
    return found


@pytest.mark.usefixtures("entry")
async def test_the_whole_ledger_is_returned(hass: HomeAssistant) -> None:
    answer = await act(hass, "get_ledger")
    assert json.loads(json.dumps(answer)) == answer
    assert set(answer["quantities"]) == {"pm25", "voc_ratio"}
    pm25 = answer["quantities"]["pm25"]
    assert len(pm25["days"]) == 36
    assert all(day["gets_a_mark"] for day in pm25["days"])
    learned = [day["day"] for day in pm25["days"] if day["state"] == "learned"]
    assert [*pm25["marks"]] == learned, "those of a range in force"
    assert pm25["today"]["day"] == "2026-03-02"
    assert [episode["verdict"] for episode in pm25["episodes"]] == [None]
    (question,) = answer["questions"].values()
    assert set(question["episodes"]) == {"pm25", "voc_ratio"}
    assert answer["set_aside"] == []


@pytest.mark.usefixtures("entry")
async def test_a_ledger_that_was_set_aside_is_returned_too(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    data = {**entry.subentries[KITCHEN].data, "start_anew": ["pm25"]}
    hass.config_entries.async_update_subentry(entry, entry.subentries[KITCHEN], data=data)
    await hass.async_block_till_done()
    entry.runtime_data.rooms[KITCHEN].stored.retired.append({"at": 5.0, "channel": "lost"})
    readable, unreadable = (await act(hass, "get_ledger"))["set_aside"]
    assert readable["at"] == "2026-03-02T13:00:03+00:00"
    assert len(readable["ledger"]["days"]) == 36
    assert unreadable == {"at": 5.0, "channel": "lost"}


@pytest.mark.parametrize(
    ("verdict", "kind"), [("real", "episode_real"), ("normal", "episode_normal")]
)
@pytest.mark.usefixtures("entry")
async def test_an_episode_is_corrected_for_all_that_rose_at_once(
    hass: HomeAssistant, hass_storage: dict[str, Any], verdict: str, kind: str
) -> None:
    before = await ledger(hass, hass_storage)
    assert len(issues(hass)) == 1
    answer = await act(hass, "correct_episode", verdict=verdict)
    assert answer["corrections"] == [
        {"quantity": "pm25", "kind": kind, "correction": 1},
        {"quantity": "voc_ratio", "kind": kind, "correction": 1},
    ]
    assert issues(hass) == []
    for pollutant in ("pm25", "voc_ratio"):
        assert [one["verdict"] for one in (await report_of(hass, pollutant))["episodes"]] == [kind]
    undone = await act(hass, "undo")
    assert undone == answer, "it returns what was undone"
    assert await ledger(hass, hass_storage) == before
    assert len(issues(hass)) == 1, "it is open again"


@pytest.mark.parametrize("quantity", ["voc", "voc_ratio"])
@pytest.mark.usefixtures("entry")
async def test_one_episode_alone_can_be_corrected_by_its_number(
    hass: HomeAssistant, quantity: str
) -> None:
    (episode,) = (await report_of(hass, "voc_ratio"))["episodes"]
    given = {"verdict": "real", "quantity": quantity, "episode": episode["id"]}
    answer = await act(hass, "correct_episode", **given)
    assert [one["quantity"] for one in answer["corrections"]] == ["voc_ratio"]
    assert len(issues(hass)) == 1, "PM2.5 is still asked about"
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "correct_episode", **given)
    assert error.value.translation_key == "episode_answered"


@pytest.mark.usefixtures("entry")
async def test_an_explanation_shows_the_correction(hass: HomeAssistant) -> None:
    await act(hass, "correct_episode", verdict="real")
    explained = (await act(hass, "explain"))["quantities"]["pm25"]
    assert explained["numbers"]["episode"]["verdict"] == "episode_real"
    assert "You said that this was real" in explained["words"]["next"]
    assert explained["words"]["because"].splitlines()[-1] == (
        "- Today 13:00: hours on 2 March are excluded; the episode was real."
    )
    assert explained["numbers"]["corrections"][0]["id"] == 1


@pytest.mark.usefixtures("entry")
async def test_a_correction_is_shown_in_attributes_that_are_not_recorded(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    entities = ("sensor.kitchen_pm25_compared", "binary_sensor.kitchen_pm25_unusual")
    found = [entity for entity in hass.states.async_entity_ids() if "kitchen_pm25" in entity]
    carrying = [one for one in found if "corrections" in shown(hass, one).attributes]
    assert len(carrying) == len(entities)
    assert {shown(hass, one).attributes["corrections"] for one in carrying} == {0}
    await act(hass, "strike_days", start_date="2026-02-20", quantity="pm25")
    assert {shown(hass, one).attributes["corrections"] for one in carrying} == {1}
    for one in carrying:
        info = shown(hass, one).state_info
        assert info is not None
        assert MATCH_ALL in info["unrecorded_attributes"]


@pytest.mark.usefixtures("entry")
async def test_days_are_excluded_and_restored(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    before = await ledger(hass, hass_storage)
    await act(hass, "strike_days", start_date="2026-02-20", end_date="2026-02-24")
    assert shown(hass, LEARNING).attributes["usable_days"] == 31
    counts = {day["day"]: day["counts"] for day in (await report_of(hass))["days"]}
    assert [day for day, count in counts.items() if not count] == [
        f"2026-02-{day}" for day in range(20, 25)
    ]
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before


@pytest.mark.usefixtures("entry")
async def test_days_to_come_are_excluded_while_guests_stay(
    hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> None:
    await act(hass, "strike_days", start_date="2026-03-03", end_date="2026-03-05", quantity="pm25")
    await pass_time(hass, clock, 6 * DAY, {PM25: usual}, step=HOUR / 3)
    counts = {day["day"]: day["counts"] for day in (await report_of(hass))["days"]}
    assert [counts[f"2026-03-0{day}"] for day in range(2, 8)] == [1.0, 0.0, 0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(("similar", "days"), [(False, 10), (True, 36)])
@pytest.mark.usefixtures("entry")
async def test_a_change_is_reported_with_its_day(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    similar: bool,  # noqa: FBT001 - both of them
    days: int,
) -> None:
    before = await ledger(hass, hass_storage)
    await act(hass, "mark_change", date="2026-02-20", similar=similar)
    assert shown(hass, LEARNING).attributes["usable_days"] == days
    assert shown(hass, LEARNING).state == ("changing" if similar else "provisional")
    if similar:
        inferred = (await act(hass, "explain"))["quantities"]["pm25"]["words"]["inferred"]
        assert inferred.startswith("Something changed.")
    await act(hass, "undo")
    assert await ledger(hass, hass_storage) == before


@pytest.mark.parametrize(
    ("action", "given", "why"),
    [
        ("correct_episode", {"verdict": "real", "episode": 5}, "episode_unknown"),
        ("strike_days", {"start_date": "2025-12-01"}, "day_too_old"),
        ("strike_days", {"start_date": "2026-05-02"}, "day_too_far"),
        ("strike_days", {"start_date": "0001-01-01", "end_date": "9999-12-31"}, "day_too_old"),
        ("strike_days", {"start_date": "2026-03-01", "end_date": "9999-12-31"}, "day_too_far"),
        ("strike_days", {"start_date": "2026-03-01", "end_date": "2026-02-01"}, "days_reversed"),
        ("mark_change", {"date": "2026-03-03"}, "day_in_future"),
        ("mark_change", {"date": "2025-12-01"}, "day_too_old"),
        ("undo", {}, "nothing_to_undo"),
        ("undo", {"correction": 3}, "correction_unknown"),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_what_makes_no_sense_is_refused_with_a_message_and_changes_nothing(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    action: str,
    given: dict[str, Any],
    why: str,
) -> None:
    before = await ledger(hass, hass_storage)
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, **given)
    assert (error.value.translation_domain, error.value.translation_key) == (DOMAIN, why)
    assert "{" not in str(error.value)
    placeholders = error.value.translation_placeholders or {}
    assert not any(iso_dates(said) for said in placeholders.values()), placeholders
    assert await ledger(hass, hass_storage) == before


@pytest.mark.usefixtures("entry")
async def test_no_more_corrections_are_stored_than_can_be_loaded_again(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.air_baseline.corrections.MOST_ENTRIES", 2)
    await act(hass, "strike_days", start_date="2026-02-20")
    await act(hass, "strike_days", start_date="2026-02-21")
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, "reset")
    assert error.value.translation_key == "too_many_corrections"


@pytest.mark.usefixtures("entry")
async def test_a_correction_survives_a_power_cut(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await act(hass, "strike_days", start_date="2026-02-20")
    await restart(hass, entry, hass_storage, power_cut=True)
    assert len((await report_of(hass))["corrections"]) == 1


def call(hass: HomeAssistant, user: User | None, action: str) -> Awaitable[ServiceResponse]:
    return hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device_id(hass), **MINIMAL[action]},
        blocking=True,
        return_response=True,
        context=Context(user_id=user.id if user else None),
    )


@pytest.fixture
def member(hass: HomeAssistant, hass_read_only_user: MockUser) -> MockUser:
    """Return a user who lives here and is not an administrator."""
    everything = Group("Users", {CAT_ENTITIES: True}, id="everything")
    return MockUser(id="member", groups=[everything]).add_to_hass(hass)


async def test_who_may_correct_is_an_option(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    member: MockUser,
    hass_read_only_user: MockUser,
    hass_admin_user: User,
) -> None:
    for user in (member, hass_read_only_user):
        for action in READING:
            assert await call(hass, user, action)
        for action in CORRECTING:
            with pytest.raises(Unauthorized):
                await call(hass, user, action)
    assert shown(hass, LEARNING).attributes["usable_days"] == 36
    page = await hass.config_entries.options.async_init(entry.entry_id)
    schema = page["data_schema"]
    assert schema is not None
    assert schema({"promise": "month"})["everyone_may_correct"] is False
    await hass.config_entries.options.async_configure(
        page["flow_id"], {"promise": "month", "everyone_may_correct": True}
    )
    await hass.async_block_till_done()
    for allowed in (member, hass_admin_user, None):
        await call(hass, allowed, "strike_days")
        await call(hass, allowed, "undo")
    with pytest.raises(Unauthorized):
        await call(hass, hass_read_only_user, "strike_days")


@pytest.mark.usefixtures("entry")
async def test_a_user_who_may_see_nothing_of_a_room_learns_nothing(
    hass: HomeAssistant, hass_admin_user: User
) -> None:
    nothing = MockUser(groups=[Group("Nobody", {}, id="nobody")]).add_to_hass(hass)
    for action in READING:
        with pytest.raises(Unauthorized):
            await call(hass, nothing, action)
        with pytest.raises(UnknownUser):
            await call(hass, MockUser(id="gone"), action)


@pytest.mark.usefixtures("entry")
async def test_over_the_api_a_refusal_has_its_message(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    async def ask(token: str | None, action: str, **given: Any) -> dict[str, Any]:
        client = await hass_ws_client(hass, token) if token else await hass_ws_client(hass)
        await client.send_json_auto_id(
            {
                "type": "call_service",
                "domain": DOMAIN,
                "service": action,
                "service_data": {"device_id": device_id(hass), **given},
                "return_response": True,
            }
        )
        answer: dict[str, Any] = await client.receive_json()
        return answer

    explained = await ask(hass_read_only_access_token, "explain")
    assert explained["result"]["response"]["room"] == "Kitchen"
    unauthorized = (await ask(hass_read_only_access_token, "reset"))["error"]
    assert unauthorized["message"] == "Unauthorized"
    refused = (await ask(None, "mark_change", date="2027-01-01"))["error"]
    assert refused["code"] == "service_validation_error"
    assert refused["translation_key"] == "day_in_future"
    assert refused["message"].startswith("Validation error: 1 January 2027 is in the future")
    assert (await ask(None, "mark_change", date="yesterday"))["error"]["code"] == "invalid_format"
    done = (await ask(None, "correct_episode", verdict="real"))["result"]["response"]
    assert len(done["corrections"]) == 2


DATES = st.one_of(
    st.dates().map(str),
    st.integers(-100, 70).map(lambda days: str(NOON.date() + days * DAY)),
    st.text(max_size=12),
)
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "quantity": st.sampled_from(["pm25", "voc", "voc_ratio", "radon", ""]),
        "episode": st.one_of(st.integers(), st.text(max_size=4), st.just(1772454600)),
        "verdict": st.sampled_from(["real", "normal", "maybe"]),
        "start_date": DATES,
        "end_date": DATES,
        "date": DATES,
        "similar": st.one_of(st.booleans(), st.text(max_size=4)),
        "correction": st.one_of(st.integers(-3, 6), st.floats(), st.none()),
        "device_id": st.text(max_size=6),
        "other": st.integers(),
    },
)


async def act_or_be_refused(
    hass: HomeAssistant, action: str, given_: dict[str, Any]
) -> dict[str, Any] | None:
    """Return the response of an action; None if it was refused by its schema or with a message."""
    refusal: HomeAssistantError
    try:
        return await act(hass, action, **given_)
    except vol.Invalid:
        return None
    except HomeAssistantError as error:
        refusal = error
    assert refusal.translation_key is not None
    if refusal.translation_domain == DOMAIN:
        assert refusal.translation_key in words()["exceptions"]
    return None


async def test_whatever_is_given_the_ledger_stays_or_can_be_restored(
    hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """Hypothesis draws, then the loop of the test calls; each correction is undone at once."""
    drawn: list[tuple[str, dict[str, Any]]] = []

    @settings(
        max_examples=150, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(action=st.sampled_from(sorted(CORRECTING)), given_=GIVEN)
    def draw(action: str, given_: dict[str, Any]) -> None:
        drawn.append((action, given_))

    draw()
    before = await ledger(hass, hass_storage)
    done = 0
    for action, fields in drawn:
        fitting = {str(field) for field in MINIMAL[action]}
        fuller = {**MINIMAL[action], **{k: v for k, v in fields.items() if k in fitting}}
        for given_ in (fields, fuller):
            answer = await act_or_be_refused(hass, action, given_)
            if answer is not None and action != "undo":
                done += 1
                assert await act(hass, "undo") == answer
            assert await ledger(hass, hass_storage) == before, (action, given_)
    assert done > 20, "some of it made sense"
