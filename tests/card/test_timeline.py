"""What happened in a room, and answers to its questions, over the WebSocket of its card."""

from datetime import timedelta
import re
from typing import Any

from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.automations import Kitchen
from tests.card_client import Answer, Card
from tests.conftest import DOMAIN
from tests.frontend.happened import an_episode as example, timeline as example_timeline
from tests.home import act, device_id, issues

NAME = "Oma’s candles <b>"


@pytest.fixture
async def a_user(hass: HomeAssistant, hass_admin_user: User) -> User:
    """Return somebody of the household who is no administrator."""
    return await hass.auth.async_create_user("Guest", group_ids=[GROUP_ID_USER])


async def ask(card: Card, kind: str, device: str, **fields: Any) -> Answer:
    """Send one command as a card does; return the whole reply."""
    reply = await card.ask(f"{DOMAIN}/{kind}", device_id=device, **fields)
    await card.close()
    return reply


async def asked(card: Card, kind: str, device: str, **fields: Any) -> Any:  # noqa: ANN401 - JSON
    reply = await ask(card, kind, device, **fields)
    assert reply["success"], reply
    return reply["result"]


async def an_episode(kitchen: Kitchen) -> str:
    """Let an episode run in the kitchen; return the id of its question."""
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    (question,) = issues(kitchen.hass)
    return question


def let_everyone(hass: HomeAssistant) -> None:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    options = {**entry.options, "everyone_may_correct": True}
    hass.config_entries.async_update_entry(entry, options=options)


async def test_an_episode_is_sent_with_what_is_known_of_it(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await an_episode(kitchen)
    await act(hass, "name_episode", name=NAME)
    sent = await asked(card, "timeline", device_id(hass))
    assert sent.keys() == example_timeline().keys()
    (one,) = sent["happened"]
    assert one.keys() == example().keys()
    assert (one["kind"], one["quantity"], one["unit"]) == ("episode", "pm25", "μg/m³")
    assert one["running"]
    assert 70 < one["peak"] <= 80
    assert one["name"]["text"] == NAME
    assert (one["answer"], one["clear_s"]) == (None, None)
    assert sent["may_answer"] is True
    assert [one["quantity"] for one in sent["quantities"]] == ["pm25", "voc_ratio"]


async def test_answers_are_listed_until_they_are_undone(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await an_episode(kitchen)
    await act(hass, "correct_episode", verdict="real")
    await act(hass, "strike_days", start_date="2026-02-20", quantity="pm25")
    sent = await asked(card, "timeline", device_id(hass))
    assert sent["happened"][0]["answer"]["kind"] == "episode_real"
    (answer,) = sent["answers"]
    assert (answer["kind"], answer["quantity"], answer["undoable"]) == ("strike", "pm25", True)
    await act(hass, "undo", correction=answer["correction"], quantity="pm25")
    assert (await asked(card, "timeline", device_id(hass)))["answers"] == []


async def test_an_episode_is_explained_with_what_each_answer_would_change(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    await an_episode(kitchen)
    device = device_id(hass)
    (one,) = (await asked(card, "timeline", device))["happened"]
    before = await act(hass, "get_ledger")
    page = await asked(card, "episode", device, quantity="pm25", episode=one["moment"])
    ((measured,),) = page["words"]["measured"]
    assert measured["say"] == "measured_episode_running"
    assert measured["with"]["when"] == [{"time": float(one["moment"])}]
    assert {len(lines) for lines in page["words"].values()} >= {1}, "each line is a sentence"
    ((leaves,),) = page["real"]["preview"]
    assert leaves["with"]["date"] == [{"date": "2026-03-02"}]
    ((times,),) = [leaves["with"]["hours"]]
    assert all(re.fullmatch(r"\d\d:00-\d\d:00", span) for span in times["times"])
    ((lift,),) = page["normal"]["preview"]
    assert lift["with"]["after"] == [{"number": 92.0}, " μg/m³"]
    assert list(lift["with"]["date"][0]) == ["date"]
    assert await act(hass, "get_ledger") == before
    gone = await ask(card, "episode", device, quantity="pm25", episode=7)
    assert gone["error"]["translation_key"] == "episode_unknown"


async def test_a_question_is_answered_and_undone_on_the_card(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    question = await an_episode(kitchen)
    device = device_id(hass)

    async def step(*steps: str) -> Answer:
        taken = [{"step": one} for one in steps]
        answer: Answer = await asked(card, "question", device, question=question, steps=taken)
        return answer

    first = await step()
    assert (first["page"], first["step"], first["kind"]) == ("menu", "init", "unusual_episode")
    assert first["options"][:2] == ["real", "normal"]
    assert "80 μg/m³" in first["texts"]["measured"]
    preview = await step("real")
    assert (preview["step"], preview["options"]) == ("real", ["keep_out", "init"])
    assert "PM2.5" in preview["texts"]["preview"]
    assert (await step("real", "init"))["step"] == "init"
    assert issues(hass) == [question]
    done = await step("real", "keep_out")
    assert (done["step"], issues(hass)) == ("kept_out", [])
    (made,) = done["made"]
    assert (made["device_id"], made["quantity"]) == (device, "pm25")
    await act(hass, "undo", quantity="pm25", correction=made["correction"])
    assert issues(hass) == [question], "the episode runs, so its question is back"


@pytest.mark.parametrize(
    ("formats", "said"),
    [
        ({}, ["today 13:20", "13:00–16:00"]),
        ({"twelve_hours": True}, ["today 1:20 PM", "1:00 PM–4:00 PM"]),
        ({"twelve_hours": True, "time_zone": "Asia/Tokyo"}, ["today 10:20 PM", "1:00 PM–4:00 PM"]),
        ({"time_zone": "../nowhere"}, ["today 13:20", "13:00–16:00"]),
    ],
)
async def test_a_question_is_worded_in_the_formats_of_who_reads_it(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, formats: Answer, said: list[str]
) -> None:
    question = await an_episode(kitchen)
    asks = {"question": question, **formats}
    first = await asked(card, "question", device_id(hass), **asks)
    preview = await asked(card, "question", device_id(hass), **asks, steps=[{"step": "real"}])
    texts = first["texts"]["measured"] + preview["texts"]["preview"]
    assert [part for part in said if part not in texts] == [], texts
    assert bool(re.search(r"\d PM", texts)) is ("twelve_hours" in formats)


async def test_a_page_with_fields_checks_them(
    hass: HomeAssistant, kitchen: Kitchen, card: Card
) -> None:
    question = await an_episode(kitchen)
    device = device_id(hass)

    async def changed(**given: Any) -> Answer:
        steps = [{"step": "changed"}, {"step": "changed", "input": given}]
        answer: Answer = await asked(card, "question", device, question=question, steps=steps)
        return answer

    form = await asked(card, "question", device, question=question, steps=[{"step": "changed"}])
    fields = [(one["name"], one["field"], one["default"]) for one in form["fields"]]
    assert fields == [("date", "date", "2026-03-02"), ("similar", "flag", False)]
    assert (await changed(date="2027-01-01", similar=False))["errors"] == {"date": "day_in_future"}
    for wrong in ({}, {"date": 7}, {"date": "soon", "similar": "perhaps", "more": []}):
        assert (await changed(**wrong))["page"] in ("form", "menu")
    assert (await changed(date="2026-02-20", similar=True))["step"] == "changed_confirm"
    assert issues(hass) == [question], "nothing was confirmed"


@pytest.mark.parametrize(
    "steps",
    [
        [{"step": "keep_out"}],
        [{"step": "undo"}],
        [{"step": "room_settings"}],
        [{"step": "init"}],
        [{"step": "_answer"}],
        [{"step": "real"}, {"step": "lift_level"}],
    ],
)
async def test_only_what_a_page_offers_can_be_chosen(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, steps: list[dict[str, str]]
) -> None:
    question = await an_episode(kitchen)
    page = await asked(card, "question", device_id(hass), question=question, steps=steps)
    assert (page["page"], page["reason"]) == ("abort", "gone")
    assert issues(hass) == [question]


@pytest.mark.parametrize("question", ["", "unusual_episode_01KITCHEN_7", "store_recovered", "x_y"])
async def test_a_question_that_is_gone_says_so(
    hass: HomeAssistant, kitchen: Kitchen, card: Card, question: str
) -> None:
    await an_episode(kitchen)
    page = await asked(card, "question", device_id(hass), question=question)
    assert (page["page"], page["reason"]) == ("abort", "gone")


async def test_who_may_not_answer_sees_what_happened_and_nothing_more(
    hass: HomeAssistant,
    kitchen: Kitchen,
    a_user: User,
    hass_ws_client: WebSocketGenerator,
) -> None:
    question = await an_episode(kitchen)
    device, guest = device_id(hass), Card(hass, a_user, hass_ws_client)
    assert (await guest.open())["may_answer"] is False
    await guest.close()
    sent = await asked(guest, "timeline", device)
    assert (len(sent["happened"]), sent["may_answer"]) == (1, False)
    refused = await ask(guest, "question", device, question=question)
    assert refused["error"]["code"] == "unauthorized"
    let_everyone(hass)
    await hass.async_block_till_done()
    assert (await guest.open())["may_answer"] is True
    await guest.close()
    steps = [{"step": "real"}, {"step": "keep_out"}]
    done = await asked(guest, "question", device, question=question, steps=steps)
    assert done["step"] == "kept_out"
    assert issues(hass) == []


@pytest.mark.usefixtures("hass_admin_user")
async def test_who_may_not_read_the_room_gets_nothing(
    hass: HomeAssistant, kitchen: Kitchen, hass_ws_client: WebSocketGenerator
) -> None:
    question = await an_episode(kitchen)
    stranger = await hass.auth.async_create_user("Stranger", group_ids=[])
    card = Card(hass, stranger, hass_ws_client)
    for kind, fields in (
        ("timeline", {}),
        ("question", {"question": question}),
        ("episode", {"quantity": "pm25", "episode": 7}),
    ):
        reply = await ask(card, kind, device_id(hass), **fields)
        assert reply["error"]["code"] == "unauthorized", kind


@pytest.mark.usefixtures("hass_admin_user")
async def test_who_may_only_read_cannot_name_or_mark(hass: HomeAssistant, kitchen: Kitchen) -> None:
    await an_episode(kitchen)
    let_everyone(hass)
    await hass.async_block_till_done()
    reader = await hass.auth.async_create_user("Reader", group_ids=[GROUP_ID_READ_ONLY])
    now = dt_util.utcnow()
    stretch = {"from": str(now - timedelta(days=2)), "to": str(now - timedelta(days=1.9))}
    for action, given in (("name_episode", {"name": "cake"}), ("mark_missed", stretch)):
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"device_id": device_id(hass), **given},
                blocking=True,
                context=Context(user_id=reader.id),
            )
