"""Fixtures for tests through Home Assistant; rooms and readings are in tests/home.py."""

from asyncio import BaseEventLoop
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
import logging
import shutil
from typing import Any, override

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import area_registry as ar, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service, get_test_config_dir
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.air_baseline.const import DOMAIN
from script.complaints import complaints
from tests.automations import Kitchen, Tracer
from tests.card_client import Card
from tests.faults import HOW_MUCH, MARK, OURS, Faults
from tests.home import NOON, ZONE
from tests.words import holes, iso_dates, words

__all__ = ["DOMAIN", "Fixer"]

type Answer = dict[str, Any]

MOST_LINES = 20  # Of the integration in one test: some are logged per source and start.

# In debug mode, which the test plugin sets, the loop checks threads and callbacks. It also keeps
# a stack of each callback and task where `get_debug` says so; that takes a third of the time.
BaseEventLoop.get_debug = lambda self: False  # type: ignore[method-assign]  # noqa: ARG005

# The plugin logs each statement of the recorder, and its parameters.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
logging.getLogger("aiohttp.access").setLevel(logging.WARNING)  # It fails under a stopped clock.


class Fixer:
    """A person who opens repairs in the frontend; every page must have its texts."""

    _texts: dict[str, Any]

    def __init__(self, hass: HomeAssistant, user: User, sign_in: ClientSessionGenerator) -> None:
        self._hass = hass
        self._user = user
        self._sign_in = sign_in
        self._client: TestClient[Any, Any]

    async def sign_in(self) -> None:
        """Get a new access token; one lasts half an hour."""
        (token,) = self._user.refresh_tokens.values()
        self._client = await self._sign_in(self._hass.auth.async_create_access_token(token))

    async def begin(self, issue_id: str) -> Answer:
        await self.sign_in()
        issue = ir.async_get(self._hass).async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        self._texts = words()["issues"][issue.translation_key or ""]["fix_flow"]
        return await self._post("fix", {"handler": DOMAIN, "issue_id": issue_id})

    async def answer(self, page: Answer, **fields: object) -> Answer:
        return await self._post(f"fix/{page['flow_id']}", fields)

    async def choose(self, page: Answer, choice: str) -> Answer:
        return await self.answer(page, next_step_id=choice)

    async def confirm(self, page: Answer) -> Answer:
        """Confirm what a page says: the first choice; the others lead back."""
        assert page["type"] == "menu"
        assert page["menu_options"][-1] == "init"
        return await self.choose(page, page["menu_options"][0])

    async def refused(self, page: Answer, fields: object) -> None:
        """Send what no form would send; it must be refused with a reason."""
        path = f"/api/repairs/issues/fix/{page['flow_id']}"
        response = await self._client.post(path, json=fields)
        assert response.status == HTTPStatus.BAD_REQUEST, await response.text()

    async def may_be_refused(self, page: Answer, fields: dict[str, Any]) -> Answer:
        """Send fields that may be wrong; return the next page, or this one if refused."""
        path = f"/api/repairs/issues/fix/{page['flow_id']}"
        response = await self._client.post(path, json=fields)
        assert response.status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST), await response.text()
        if response.status == HTTPStatus.BAD_REQUEST:
            return page
        answer: Answer = await response.json()
        self._check_words(answer)
        return answer

    async def _post(self, path: str, fields: dict[str, Any]) -> Answer:
        response = await self._client.post(f"/api/repairs/issues/{path}", json=fields)
        assert response.status == HTTPStatus.OK, await response.text()
        answer: Answer = await response.json()
        await self._hass.async_block_till_done()
        self._check_words(answer)
        return answer

    def _check_words(self, answer: Answer) -> None:
        """Check that a page has all its texts and their placeholders."""
        if answer["type"] == "abort":
            assert answer["reason"] in self._texts["abort"]
            return
        if answer["type"] not in ("form", "menu"):
            return
        page = self._texts["step"][answer["step_id"]]
        labels = [
            option["label"]
            for field in answer.get("data_schema") or ()
            for option in field.get("selector", {}).get("select", {}).get("options", ())
        ]
        for said in (*(answer["description_placeholders"] or {}).values(), *labels):
            assert not iso_dates(said), said
        given = set(answer["description_placeholders"] or {})
        assert holes(page["title"]) <= given | {"room"}  # The issue gives it.
        assert holes(page["description"]) <= given
        if answer["type"] == "menu":
            assert set(answer["menu_options"]) <= set(page["menu_options"])
            return
        fields = {field["name"] for field in answer.get("data_schema") or ()}
        assert fields == set(page.get("data", {})) == set(page.get("data_description", {}))
        errors = (answer.get("errors") or {}).values()
        assert set(errors) <= set(self._texts.get("error", {}))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `benchmarks.faults` ask for more trials than the test suite has time for."""
    parser.addoption("--faults", choices=HOW_MUCH, default="few")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that use `faults`, so that they can be run on their own."""
    if "faults" in getattr(item, "fixturenames", ()):
        item.add_marker(MARK)


@pytest.fixture
def faults(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Faults:
    """Return how much to try, and a record for what was found."""
    return Faults(request.config.getoption("--faults"), record_property)


class Lines(logging.Handler):
    """Keep what is logged, from a level on."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def logged(logger: logging.Logger, level: int) -> Iterator[list[str]]:
    """Give the lines that a logger gets meanwhile."""
    heard = Lines(level)
    logger.addHandler(heard)
    yield heard.lines
    logger.removeHandler(heard)


@pytest.fixture(autouse=True)
def _log_volume(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the integration logs more than a few lines.

    A line at every reading, or at every turn of a timer, fills a disk. A test that provokes more
    says how many: `@pytest.mark.log_lines(200)`. Where more is tried, more is logged.
    """
    with logged(logging.getLogger(OURS), logging.INFO) as lines:  # Debug messages do not count.
        yield
    allowed = request.node.get_closest_marker("log_lines")
    most = allowed.args[0] if allowed else MOST_LINES
    said = Counter(lines).most_common(3)
    few = request.config.getoption("--faults") == HOW_MUCH[0]
    assert len(lines) <= most or not few, f"{len(lines)} lines were logged, mostly {said}"


@pytest.fixture(autouse=True)
def _no_complaints() -> Iterator[None]:
    """Fail a test in which Home Assistant logs a deprecated or wrong use of it by us.

    Imports come before any test; tests/script/test_complaints.py has them.
    """
    with logged(logging.getLogger(), logging.WARNING) as lines:
        yield
    assert not complaints(lines)


@pytest.fixture(autouse=True)
def _custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load this integration; most tests of the core need no Home Assistant."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def hass_storage(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the mocked storage; a test `on_disk` has none, since its storage is real."""
    return {} if "on_disk" in request.keywords else request.getfixturevalue("hass_storage")


@pytest.fixture(scope="session")
def shared_config_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a copy of the plugin's folder: two processes must not put blueprints there at once."""
    folder = tmp_path_factory.mktemp("config")
    plugin: str = get_test_config_dir()  # type: ignore[no-untyped-call]
    shutil.copytree(plugin, folder, dirs_exist_ok=True)
    return str(folder)


@pytest.fixture
def hass_config_dir(request: pytest.FixtureRequest) -> str:
    """Return the folder that all tests of a process share; a test `on_disk` gets its own."""
    own = "on_disk" in request.keywords
    folder: str = request.getfixturevalue("hass_tmp_config_dir" if own else "shared_config_dir")
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Function) -> None:
    """Wait for a reload that a test caused before Home Assistant stops."""
    hass: HomeAssistant | None = getattr(item, "funcargs", {}).get("hass")
    if hass is not None:
        hass.loop.run_until_complete(hass.async_block_till_done())


@pytest.fixture
def mock_recorder_before_hass(recorder_db_url: str) -> None:
    """Create the recorder before Home Assistant, as it requires."""


@pytest.fixture
async def clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock at Monday noon in London, in a home with two areas."""
    freezer.move_to(NOON)
    hass.loop.slow_callback_duration = float("inf")  # Each step looks like minutes of work.
    await hass.config.async_set_time_zone(str(ZONE))
    areas = ar.async_get(hass)
    for name in ("Kitchen", "Bedroom"):
        areas.async_get_or_create(name)
    return freezer


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep snapshots as Home Assistant keeps its own."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
async def fixer(
    hass: HomeAssistant, hass_admin_user: User, hass_client: ClientSessionGenerator
) -> Fixer:
    """Let an administrator open repairs."""
    await async_setup_component(hass, "repairs", {})
    return Fixer(hass, hass_admin_user, hass_client)


@pytest.fixture
def kitchen(
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Kitchen:
    """Return a kitchen that can be set up, and in which time can pass."""
    return Kitchen(hass, clock, hass_storage, monkeypatch)


@pytest.fixture
def runs(hass: HomeAssistant) -> list[ServiceCall]:
    """Collect the calls that automations of tests make."""
    return async_mock_service(hass, "test", "run")


@pytest.fixture
def tracer(
    hass: HomeAssistant,
    hass_admin_user: User,
    hass_access_token: str,
    hass_ws_client: WebSocketGenerator,
) -> Tracer:
    """Let an administrator look at traces."""
    return Tracer(hass, hass_admin_user, hass_ws_client)


@pytest.fixture
def card(
    hass: HomeAssistant,
    hass_admin_user: User,
    hass_access_token: str,
    hass_ws_client: WebSocketGenerator,
) -> Card:
    """Let an administrator look at a card."""
    return Card(hass, hass_admin_user, hass_ws_client)
