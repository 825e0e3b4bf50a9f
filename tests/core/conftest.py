"""Where the tests of the core run: on a machine that is in another zone than the rooms."""

from collections.abc import Iterator
import time

import pytest


@pytest.fixture(autouse=True, scope="package")
def _machine_elsewhere() -> Iterator[None]:
    """Put the machine into Nepal: a time that is not told by the zone of a room comes out wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Kathmandu")
        time.tzset()
        yield
    time.tzset()
