"""Files that are kept next to the store: damaged ones, those of another version, and when they go.

All of this runs in a thread.
"""

from collections.abc import Callable
from pathlib import Path
import shutil

from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..core.day import DAY_S

CORRUPT, NEWER = "corrupt", "newer"  # In the names of files that are set aside.
EARLIER = "v"  # The same, of copies from before the stored form changed, with its number.
EARLIER_KEPT_S = 30 * DAY_S  # Seconds, by judgement: long enough to go back to an older version.


def copy(path: str, target: str) -> None:
    """Copy a file to keep it as it is; a full disk is not a reason to fail."""
    try:
        shutil.copy2(path, target)
    except OSError as error:
        LOGGER.warning("%s could not be copied before it is written again: %s", path, error)


def set_aside(path: str, how: Callable[[str, str], object], why: str = CORRUPT) -> None:
    """Move or copy a file to another name, unless Home Assistant has moved it already."""
    if Path(path).is_file():
        how(path, f"{path}.{why}.{dt_util.utcnow().isoformat()}")


def drop_earlier(path: str, now: float) -> None:
    """Remove copies of an earlier form that are old enough at a POSIX time."""
    file = Path(path)
    for aside in file.parent.glob(f"{file.name}.{EARLIER}[0-9]*.*"):
        kept_at = dt_util.parse_datetime(aside.name.removeprefix(file.name).split(".", 2)[2])
        if kept_at and now - kept_at.timestamp() >= EARLIER_KEPT_S:
            aside.unlink(missing_ok=True)


def remove_set_aside(path: str) -> None:
    """Remove all copies of a file that were set aside, by Home Assistant too."""
    file = Path(path)
    for why in (CORRUPT, NEWER, f"{EARLIER}[0-9]*"):
        for aside in file.parent.glob(f"{file.name}.{why}.*"):
            aside.unlink()
