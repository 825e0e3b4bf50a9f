"""What we use of Home Assistant's store beyond its public interface: all of it, and only here.

If one of these tests fails after an update of Home Assistant, read `storage/ha_store.py` again.
"""

import inspect
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.storage import Store
import pytest

from custom_components import air_baseline
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.storage.ha_store import ImmediateStore, NotWrittenError
from custom_components.air_baseline.storage.store import LEDGER_KEY, NotSavedError
from tests.files import disk, kitchen, write
from tests.home import KITCHEN, NOON, a_home, a_room, act, set_up

pytestmark = pytest.mark.on_disk

PRIVATE: dict[str, list[str]] = {
    "_async_write_data": ["self", "data"],
    "_async_handle_write_data": ["self", "_args"],
    "_async_migrate_func": ["self", "old_major_version", "old_minor_version", "old_data"],
}


@pytest.mark.parametrize(("name", "parameters"), PRIVATE.items())
def test_home_assistant_has_the_methods_that_are_overridden_or_called(
    name: str, parameters: list[str]
) -> None:
    method = getattr(Store, name)
    assert inspect.iscoroutinefunction(method)
    assert list(inspect.signature(method).parameters) == parameters


def test_they_are_named_in_one_module() -> None:
    package = Path(air_baseline.__file__).parent
    texts = {path.name: path.read_text("utf-8") for path in package.rglob("*.py")}
    users = {name for name, text in texts.items() if "helpers.storage" in text}
    assert users == {"ha_store.py"}
    assert not {
        (name, private) for name, text in texts.items() for private in PRIVATE if private in text
    } - {("ha_store.py", private) for private in PRIVATE}


async def test_a_file_that_was_not_seen_to_be_written_is_not_confirmed(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a release had renamed what is overridden: nothing fails, and nothing is called."""

    async def write_in_another_way(store: Store[Any], *_: object) -> None:
        store._data = None  # noqa: SLF001

    write(hass, LEDGER_KEY, kitchen(3))
    await set_up(hass, a_home(a_room(KITCHEN, "kitchen", Pollutant.PM25)))
    with monkeypatch.context() as renamed:
        renamed.setattr(Store, "_async_handle_write_data", write_in_another_way)
        with pytest.raises(NotSavedError):
            await act(hass, "strike_days", start_date=str(NOON.date()))


@pytest.mark.parametrize("state", [CoreState.running, CoreState.stopping])
async def test_a_file_is_on_the_disk_when_its_write_returns(
    hass: HomeAssistant, clock: FrozenDateTimeFactory, state: CoreState
) -> None:
    store = ImmediateStore(hass, LEDGER_KEY)
    hass.set_state(state)
    for number in range(3):
        await store.async_write({"rooms": {}, "number": number})
        assert f'"number": {number}' in disk(hass, LEDGER_KEY).read_text("utf-8")
    hass.set_state(CoreState.running)
    disk(hass, LEDGER_KEY).unlink()
    disk(hass, LEDGER_KEY).mkdir()
    with pytest.raises(NotWrittenError):
        await store.async_write({"rooms": {}})
    disk(hass, LEDGER_KEY).rmdir()
