"""The card's modules: where browsers find them, and when."""

from http import HTTPStatus
from pathlib import Path
import re

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, async_panel_exists
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.air_baseline.card.register import BLUEPRINTS, FOLDER, PANEL
from tests.automations import Kitchen
from tests.conftest import DOMAIN

IMPORT = re.compile(r'^import .* from "\./([a-z-]+\.js)";$', flags=re.MULTILINE)


def modules(hass: HomeAssistant) -> list[str]:
    """Return the URLs of our modules that pages load automatically."""
    urls = hass.data[DATA_EXTRA_MODULE_URL].urls
    return [url for url in urls if url.startswith(f"/{DOMAIN}/")]


@pytest.fixture
async def frontend(hass: HomeAssistant) -> None:
    """Set up the frontend, as in a normal home."""
    assert await async_setup_component(hass, "frontend", {})


@pytest.mark.usefixtures("frontend")
async def test_pages_load_the_module_and_everything_it_imports(
    hass: HomeAssistant, kitchen: Kitchen, hass_client: ClientSessionGenerator
) -> None:
    await kitchen.learn()
    (address,) = modules(hass)
    client = await hass_client()
    wanted, fetched = [Path(address).name], set[str]()
    while wanted:
        name = wanted.pop()
        response = await client.get(f"{Path(address).parent}/{name}")
        assert response.status == HTTPStatus.OK
        assert "javascript" in response.headers["Content-Type"]
        assert "max-age" in response.headers["Cache-Control"]
        fetched.add(name)
        wanted += set(IMPORT.findall(await response.text())) - fetched
    assert fetched == {path.name for path in FOLDER.glob("*.js")}, "and none is left over"


@pytest.mark.usefixtures("frontend")
async def test_the_blueprints_are_served_with_the_modules(
    hass: HomeAssistant, kitchen: Kitchen, hass_client: ClientSessionGenerator
) -> None:
    await kitchen.learn()
    (address,) = modules(hass)
    client = await hass_client()
    (named,) = re.findall(r'URL\("\./([\w/.]+)"', (FOLDER / "make.js").read_text("utf-8"))
    for path in [*BLUEPRINTS.glob("*.yaml"), FOLDER.parent / named]:
        response = await client.get(f"{Path(address).parent}/{path.relative_to(BLUEPRINTS.parent)}")
        assert response.status == HTTPStatus.OK
        assert await response.read() == path.read_bytes()


@pytest.mark.usefixtures("frontend")
async def test_our_page_leaves_the_address_of_a_dashboard_of_our_name(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    await kitchen.learn()
    assert async_panel_exists(hass, PANEL)
    assert not async_panel_exists(hass, "air-baseline"), "as the title “Air Baseline” makes it"


@pytest.mark.usefixtures("frontend")
async def test_the_module_is_registered_only_while_the_integration_is_loaded(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    before = modules(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    assert modules(hass) == []
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert modules(hass) == before
    await hass.config_entries.async_remove(entry.entry_id)
    assert modules(hass) == []


async def test_everything_else_works_without_a_frontend(
    hass: HomeAssistant, kitchen: Kitchen
) -> None:
    entry = await kitchen.learn()
    assert await hass.config_entries.async_unload(entry.entry_id)


def test_the_modules_contact_no_other_machine_and_write_no_html() -> None:
    for path in FOLDER.glob("*.js"):
        text = path.read_text("utf-8")
        assert set(re.findall(r"https?://([\w.]+)", text)) <= {"www.w3.org", "github.com"}
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval", text)
        assert len(text.splitlines()) < 350, path.name
