"""Hostile names stay text, strangers learn nothing, and the network is never used."""

import ast
from collections.abc import Iterator
from datetime import timedelta
import json
from pathlib import Path
import re
import sys
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, issue_registry as ir
from markdown_it import MarkdownIt
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.plugins import HASocketBlockedError
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.diagnostics import async_get_config_entry_diagnostics
from custom_components.air_baseline.storage.store import LEDGER_KEY
from custom_components.air_baseline.words.explanation import escape
from tests.automations import Kitchen
from tests.card_client import (
    ASK,
    ASK_EPISODE,
    ASK_HOME,
    ASK_PAST,
    ASK_QUESTION,
    ASK_RECORD,
    ASK_TIMELINE,
    ASK_YEAR,
)
from tests.conftest import DOMAIN, Answer, Fixer
from tests.home import (
    BEDROOM,
    KITCHEN,
    PM25,
    VOC,
    a_home,
    a_room,
    a_store,
    act,
    device_id,
    issue,
    issues,
    learned,
    pass_time,
    report,
    set_up,
    steady,
)
from tests.words import FOLDER

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](http://tracker.example/pixel.png)",
    "{{ 1 + 1 }} {room} {measured}",
    "a\n\n# b\n- c\n***",
    "&lt;script&gt; http://tracker.example <http://tracker.example>",
    "`code` | ~~gone~~ _em_ \\",
)


class Trusting(MarkdownIt):
    """Markdown that makes a link of any URL; the library itself refuses scripts."""

    @override
    def validateLink(self, url: str) -> bool:
        return True


MARKDOWN = Trusting("commonmark", {"html": True})
BEDROOM_PM25 = "sensor.bedroom_pm25"
NETWORK = {
    "aiohttp", "asyncio.streams", "ftplib", "http", "httpx", "requests", "smtplib", "socket",
    "ssl", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc", "zeroconf",
    "homeassistant.helpers.aiohttp_client", "homeassistant.helpers.httpx_client",
}  # fmt: skip
ANSWERS = ("aiohttp", "aiohttp.web", "http", "http.HTTPStatus")  # For a view, each once.


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    request: pytest.FixtureRequest,
) -> MockConfigEntry:
    """Set up two rooms with a hostile name that rise at once; a unit is hostile too."""
    name: str = request.param
    kitchen = a_room(KITCHEN, ar.async_get(hass).async_get_or_create(name).id, Pollutant.PM25)
    bedroom = a_room(
        BEDROOM, "bedroom", Pollutant.PM25, Pollutant.VOC_RATIO, pm25_source=BEDROOM_PM25
    )
    kitchen["title"] = bedroom["title"] = name
    channels = {Pollutant.PM25: learned(Pollutant.PM25, 36)}
    hass_storage[LEDGER_KEY] = a_store({KITCHEN: channels, BEDROOM: channels})
    hass_storage[LEDGER_KEY]["data"]["rooms"][BEDROOM]["channels"]["voc_ratio"] = "damaged"
    entry = a_home(kitchen, bedroom)
    await set_up(hass, entry)
    for _ in range(15):
        report(hass, VOC, 100, unit_of_measurement=name)
        report(hass, BEDROOM_PM25, 80, device_class="pm25", unit_of_measurement="μg/m³")
        await pass_time(hass, clock, timedelta(minutes=10), {PM25: steady(80)})
    for topic in ("range_learned", "source_missing", "source_stuck", "source_implausible"):
        offer(hass, topic)
    return entry


def offer(hass: HomeAssistant, topic: str) -> None:
    """Raise a repair as if it were due."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{topic}_{BEDROOM}_0",
        data={"subentry_id": BEDROOM, "quantity": "pm25"},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=topic,
    )


async def pages(fixer: Fixer, issue_id: str) -> list[Answer]:
    """Return the pages of a repair: the first, and what each choice on a menu leads to."""
    first = await fixer.begin(issue_id)
    found = [first]
    ways: list[tuple[str, ...]] = [(option,) for option in first.get("menu_options", ())]
    for way in ways:
        page = await fixer.begin(issue_id)
        for option in way:
            page = await fixer.choose(page, option)
        found.append(page)
        if issue(fixer._hass, issue_id) is None:  # noqa: SLF001 - "not now" removed it
            break
        if page["type"] == "menu":
            ways += [(*way, option) for option in page["menu_options"]]
    return found


@pytest.mark.parametrize("entry", HOSTILE, indirect=True)
async def test_a_name_is_text_on_every_page_of_every_repair(
    hass: HomeAssistant, entry: MockConfigEntry, fixer: Fixer
) -> None:
    shown = [
        text
        for issue_id in issues(hass)
        for page in await pages(fixer, issue_id)
        for text in (page.get("description_placeholders") or {}).values()
        if text
    ]
    assert len(shown) > 20
    name = " ".join(entry.subentries[KITCHEN].title.split())
    assert [text for text in shown if active(text)] == []
    assert any(name in visible(text) for text in shown), "shown as it is"


@pytest.mark.parametrize("entry", HOSTILE, indirect=True)
async def test_a_name_is_text_in_responses_and_events(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Notifications are made of these; Home Assistant itself shows the name of a state."""
    explained = await act(hass, "explain")
    words = [text for one in explained["quantities"].values() for text in one["words"].values()]
    assert words
    assert [text for text in words if active(text)] == []
    name = entry.subentries[KITCHEN].title
    ours = [state for state in hass.states.async_all() if state.entity_id.startswith("event.")]
    assert ours
    for state in ours:
        shown = {key: value for key, value in state.attributes.items() if key != "friendly_name"}
        assert name not in json.dumps(shown, default=str, ensure_ascii=False)


def active(text: str) -> list[str]:
    """Return what Markdown makes of a text except words and lists: links, images, HTML.

    A bare URL is a link in the frontend's dialect. Text that is set off is one block quote.
    """
    set_off = all(line.startswith(">") for line in text.splitlines())
    tokens = MARKDOWN.parse(text if not set_off else re.sub("^> ?", "", text, flags=re.MULTILINE))
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    harmless = {"text", "inline", "softbreak", "hardbreak", "text_special"}
    harmless |= {
        f"{block}_{end}"
        for block in ("paragraph", "bullet_list", "list_item")
        for end in ("open", "close")
    }
    return sorted(kinds - harmless) + re.findall(r"https?://", text)


def visible(text: str) -> str:
    """Return what a person reads."""
    tokens = MARKDOWN.parse(text)
    lines = ("".join(child.content for child in token.children or ()) for token in tokens)
    return " ".join(filter(None, lines))


def test_the_check_finds_markup() -> None:
    """The check of this file can fail: each name is markup before it is escaped."""
    for name in HOSTILE:
        assert active(name) or "{" in name, name
        assert active(escape(name)) == []
        assert visible(escape(name)) == " ".join(name.split())


async def test_every_command_of_ours_checks_who_asks(
    hass: HomeAssistant,
    kitchen: Kitchen,
    hass_owner_user: object,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """A new command is listed here with its fields; who may read nothing is shown nothing."""
    await kitchen.learn()
    await kitchen.breathe()
    await kitchen.plume()
    (question,) = issues(hass)
    room = {"device_id": device_id(hass)}
    asked: dict[str, dict[str, Any]] = {
        ASK: room,
        ASK_PAST: room | {"quantity": "pm25", "span": "week"},
        ASK_YEAR: room | {"quantity": "pm25"},
        ASK_TIMELINE: room,
        ASK_EPISODE: room | {"quantity": "pm25", "episode": 7},
        ASK_QUESTION: room | {"question": question},
    }
    registered = {name for name in hass.data["websocket_api"] if name.startswith(f"{DOMAIN}/")}
    assert registered == {*asked, ASK_HOME, ASK_RECORD}
    nobody = await hass.auth.async_create_user("Nobody", group_ids=[])
    token = await hass.auth.async_create_refresh_token(nobody, "http://card")
    socket = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
    for command, fields in asked.items():
        await socket.send_json_auto_id({"type": command, **fields})
        answer = await socket.receive_json()
        assert answer["error"]["code"] == "unauthorized", command
        assert "kitchen" not in json.dumps(answer).casefold(), command
    await socket.send_json_auto_id({"type": ASK_RECORD})
    assert (await socket.receive_json())["result"] == {"rooms": []}
    await socket.send_json_auto_id({"type": ASK_HOME})
    assert (await socket.receive_json())["success"]
    assert (await socket.receive_json())["event"]["rooms"] == {}
    await socket.close()


@pytest.mark.parametrize("entry", ["Zarathustra's den"], indirect=True)
async def test_diagnostics_name_nothing_of_the_home(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    report(hass, VOC, 100, unit_of_measurement="lux")
    await hass.async_block_till_done()
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(diagnostics, default=str).casefold()
    revealing = {"zarathustra", "sensor.", device_id(hass), device_id(hass, BEDROOM)}
    assert [word for word in revealing if word in text] == []


def imports() -> Iterator[tuple[str, str]]:
    """Yield which module of the integration imports what."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path.name, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield path.name, str(node.module)
                yield from ((path.name, f"{node.module}.{name.name}") for name in node.names)


def test_nothing_that_makes_connections_is_imported() -> None:
    parts = [(module, name, name.split(".")) for module, name in imports()]
    assert len(parts) > 500
    found = [
        (module, name)
        for module, name, part in parts
        if any(".".join(part[:length]) in NETWORK for length in range(1, len(part) + 1))
    ]
    assert sorted(found) == [("picture.py", name) for name in ANSWERS]
    manifest = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    assert [re.split("[=>]", need)[0] for need in manifest["requirements"]] == ["numpy"]


def connections() -> list[Any]:
    return HASocketBlockedError.instances  # type: ignore[misc] # a list of the class, not of one


async def test_a_day_passes_without_a_connection(kitchen: Kitchen) -> None:
    """In tests every socket is refused and counted, also one whose error is swallowed."""
    refused = len(connections())
    await kitchen.learn()
    await kitchen.breathe(timedelta(hours=20))
    await kitchen.plume()
    await kitchen.breathe(timedelta(hours=3))
    await kitchen.restart()
    assert len(connections()) == refused


@pytest.mark.on_disk
class TestFiles:
    """No name becomes the name of a file; the real files are looked at."""

    # Longer than the random names of temporary files, which could hold a shorter word by chance.
    WORD = "improbable"
    ODD = f"../../../{WORD}/etc\x00passwd\\..\\{WORD}"

    async def test_no_name_becomes_a_file(
        self, hass: HomeAssistant, clock: FrozenDateTimeFactory
    ) -> None:
        area = ar.async_get(hass).async_get_or_create(self.ODD)
        room = a_room(KITCHEN, area.id, Pollutant.PM25)
        room["title"] = self.ODD
        folder = Path(hass.config.config_dir)
        before = {*folder.parent.rglob("*")}
        opened: list[str] = []
        listening = [True]

        def listen(event: str, arguments: tuple[Any, ...]) -> None:
            if listening and event in ("open", "os.mkdir", "os.rename"):
                opened.extend(str(argument) for argument in arguments[:2])

        sys.addaudithook(listen)
        entry = a_home(room)
        await set_up(hass, entry)
        await pass_time(hass, clock, timedelta(hours=26), {PM25: steady(5)})
        await act(hass, "explain")
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
        listening.clear()
        new = {path.name for path in {*folder.parent.rglob("*")} - before if path.is_file()}
        ours = {name for name in new if name.startswith(DOMAIN) or self.WORD in name}
        assert ours == {"air_baseline.ledger", "air_baseline.ledger_good", "air_baseline.open"}
        assert any("air_baseline.ledger" in path for path in opened)
        assert [path for path in opened if self.WORD in path] == []
