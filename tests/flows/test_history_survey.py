"""What a person reads about the history before a room is added."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import SOURCE_USER, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy.exc import OperationalError

from tests.conftest import DOMAIN
from tests.home import PM25, VOC, report, shown
from tests.recorded import HOUR, SLOT, keep


@pytest.fixture
async def past(
    recorder_mock: object, hass: HomeAssistant, clock: FrozenDateTimeFactory
) -> HomeAssistant:
    """Give Home Assistant a recorder, and stop the clock."""
    return hass


async def fill_in(hass: HomeAssistant, *, use_history: bool = True, **sources: str) -> str | None:
    """Fill in the page of a kitchen and add it; return what the page in between said."""
    for source in sources.values():
        report(hass, source, 5)
    entry = MockConfigEntry(domain=DOMAIN, title="Air Baseline", options={"promise": "month"})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    page = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "room"), context=SubentryFlowContext(source=SOURCE_USER)
    )
    filled = {"area_id": "kitchen", "use_history": use_history, **sources}
    page = await hass.config_entries.subentries.async_configure(page["flow_id"], filled)
    worth = None
    if page["type"] is FlowResultType.FORM:
        assert page["step_id"] == "history"
        assert not entry.subentries, "nothing is added before it is read"
        block = (page["description_placeholders"] or {})["worth"].splitlines()
        assert all(line.startswith("> ") for line in block)
        worth = "\n".join(line.removeprefix("> ") for line in block)
        page = await hass.config_entries.subentries.async_configure(page["flow_id"], {})
    assert page["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    return worth


async def test_enough_history_is_shown_and_learned_from(past: HomeAssistant) -> None:
    await keep(past, SLOT, 42)
    assert await fill_in(past, pm25_source=PM25) == (
        "- PM2.5: usable days in your history: 42. That is enough to learn the room right away."
    )
    assert shown(past, "sensor.kitchen_pm25_learning").state == "learned"


async def test_each_source_is_shown_with_the_date_by_which_it_could_be_learned(
    past: HomeAssistant,
) -> None:
    await keep(past, HOUR, 24)
    assert await fill_in(past, pm25_source=PM25, voc_source=VOC) == (
        "- PM2.5: usable days in your history: 12. The room could be learned by 16 March.\n"
        "- VOC: no usable days in your history yet. The room could be learned by 23 March."
    )


@pytest.mark.usefixtures("clock")
async def test_an_absent_recorder_is_reported(hass: HomeAssistant) -> None:
    worth = await fill_in(hass, pm25_source=PM25)
    assert worth is not None
    assert "the recorder is not set up in this Home Assistant. The room could be" in worth
    assert "The room could be learned by 23 March." in worth


async def test_a_database_that_does_not_answer_is_reported(
    past: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("select", {}, Exception("locked"))

    monkeypatch.setattr(get_instance(past), "async_add_executor_job", fail)
    worth = await fill_in(past, pm25_source=PM25)
    assert worth is not None
    assert worth.startswith("- PM2.5: the history cannot be read right now")


async def test_a_user_who_declines_reads_nothing_about_history(past: HomeAssistant) -> None:
    assert await fill_in(past, use_history=False, pm25_source=PM25) is None
