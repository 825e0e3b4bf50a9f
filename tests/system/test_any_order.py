"""Import, removal, reload, rename and corrections in any order, at any moment."""

from random import Random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from tests.faults import Faults, complaints
from tests.life import Life, give_history, nothing_unretrieved

pytestmark = [pytest.mark.on_disk, pytest.mark.timeout(7200)]

THINGS = 25  # That happen to one home before it comes to rest.


@pytest.mark.log_lines(300)  # Dozens of homes live here, one after the other.
async def test_whatever_happens_in_whatever_order(
    recorder_mock: object,
    hass: HomeAssistant,
    clock: FrozenDateTimeFactory,
    faults: Faults,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each home is removed at its end, and nothing of it may be left for the next one."""
    await give_history(hass)
    wanted, seed, reloads = faults.times(few=25, many=1000), 0, 0
    found: list[str] = []
    while reloads < wanted:
        seed += 1
        life = Life(hass, clock, Random(seed))  # noqa: S311 - what happens when, no secrets
        with life.faults, nothing_unretrieved(life.found):  # None is left if this fails.
            await life.begin()
            for _ in range(THINGS):
                await life.happen()
            await life.come_to_rest()
            life.check()
            await life.end()
        life.found += complaints(caplog.records, "cannot be read", "cannot be written")
        caplog.clear()
        found += [f"seed {seed}: {one} after {life.done}" for one in life.found]
        reloads += life.reloads
    faults.check("import, removal, reload", f"{reloads} reloads", found, "nothing found")
