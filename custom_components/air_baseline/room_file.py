"""A room as one file that people can keep, read and carry to another Home Assistant.

The files are in the folder `air_baseline` next to configuration.yaml, and nowhere else.
"""

from collections.abc import Iterable
from contextlib import suppress
from itertools import count
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .core.checked import StoredFormError, integer, mapping
from .core.explaining.preview import with_ledger
from .core.pollutant import Pollutant
from .core.storage.channel import NewerFormError
from .core.storage.ledger import MOST_ENTRIES
from .core.storage.room_file import (
    Carried,
    OtherHoursError,
    OutdatedError,
    carried,
    carried_year,
    carry_in,
    carry_out,
    own_day,
    take_in,
)
from .corrections import Corrected, refused
from .words.preview import PreviewWords

FORM = "air_baseline_room"
VERSION = 1  # Of the file around the ledgers; follows from its form.
MOST_BYTES = 20_000_000  # Bytes of a file that is read, by judgement: a room takes 0.1 MB.

MOST_STEM = 100  # Characters of a room's name, by judgement: file systems take names of 255.


async def async_export(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], *, names: bool
) -> dict[str, Any]:
    """Write what a room knows to a file; return its name and what is in it.

    Names that people typed (of the room, and of what happened) are in it only with `names`.
    Raises HomeAssistantError if the file cannot be written.
    """
    hass = room.hass
    parts = {
        pollutant: carry_out(room.channels[pollutant], names=names) for pollutant in pollutants
    }
    content = {
        FORM: VERSION,
        "written_at": dt_util.utcnow().isoformat(timespec="seconds"),
        "room": room.subentry.title if names else None,
        "quantities": {pollutant.value: part for pollutant, part in parts.items()},
    }
    stem = slugify(room.subentry.title)[:MOST_STEM] if names else "room"
    stem, folder = f"{stem}_{dt_util.now():%Y-%m-%d_%H%M%S}", _folder(hass)
    try:
        name = await hass.async_add_executor_job(_write, folder, stem, content)
    except (OSError, WriteError) as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="file_not_written",
            translation_placeholders={"folder": str(folder)},
        ) from error
    return {
        "file": name,
        "folder": str(folder),
        "quantities": {
            pollutant.value: {"days": len(part["days"]), "first_day": part["first_day"]}
            for pollutant, part in parts.items()
        },
    }


async def async_preview(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], name: str
) -> dict[str, Any]:
    """Return what an import would change; nothing is changed. Raises ServiceValidationError."""
    found = await _async_find(room, pollutants, name)
    words, now = await PreviewWords.async_load(room.hass), dt_util.utcnow().timestamp()
    answer: dict[str, Any] = {}
    for pollutant, part in found.items():
        channel = room.channels[pollutant]
        ledger = carried(now, channel.ledger, part.ledger, own_day(channel, now))
        kept = {summary.day for summary in part.ledger.days}
        own = sum(summary.day not in kept for summary in channel.ledger.days)
        answer[pollutant.value] = {
            "days_of_file": len(ledger.days) - own,
            "weeks_of_file": len(part.year.all_weeks),
            "own_days_kept": own,
            "own_days_replaced": len(channel.ledger.days) - own,
            "own_corrections_set_aside": len(channel.ledger.entries),
            "words": words.imported(pollutant, with_ledger(channel, now, ledger)),
        }
    return answer


async def async_import(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], name: str
) -> Corrected:
    """Let a room continue what is in a file; it can be undone for 30 days.

    Raises ServiceValidationError, which changes nothing, and NotSavedError.
    """
    found = await _async_find(room, pollutants, name)
    corrected: Corrected = {}

    def take(at: float) -> None:
        for pollutant, part in found.items():
            corrected[pollutant] = take_in(room.channels[pollutant], at, part)

    await room.async_correct(take)
    return corrected


async def _async_find(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], name: str
) -> dict[Pollutant, Carried]:
    """Return what a file has for the pollutants of a room, checked so that all can be taken."""
    folder, zone = _folder(room.hass), dt_util.get_default_time_zone()
    now = dt_util.utcnow().timestamp()
    try:
        content = await room.hass.async_add_executor_job(_read, folder, name)
        parts = mapping(content["quantities"])
        found = {
            pollutant: await room.hass.async_add_executor_job(carry_in, parts[pollutant], zone)
            for pollutant in pollutants
            if pollutant in parts
        }
        for pollutant, part in found.items():
            channel = room.channels[pollutant]
            carried(now, channel.ledger, part.ledger, own_day(channel, now))
            carried_year(now, channel, part)
            if part.pollutant is not pollutant or len(part.ledger.entries) >= MOST_ENTRIES:
                raise StoredFormError(f"not of {pollutant}")
    except OtherHoursError as error:
        raise refused("file_other_hours", file=name) from error
    except OutdatedError as error:
        raise refused("file_outdated", file=name) from error
    except NewerFormError as error:
        raise refused("file_newer", file=name) from error
    except (OSError, KeyError, ValueError, RecursionError) as error:
        raise refused("file_unreadable", file=name) from error
    if not found:
        raise refused("file_of_others", file=name, room=room.subentry.title)
    return found


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DOMAIN))


def _write(folder: Path, stem: str, content: dict[str, Any]) -> str:
    """Write a file under a name that no file has, and return the name. Raises OSError."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    folder.mkdir(exist_ok=True)
    for number in count(1):
        path = folder / f"{stem}.json" if number == 1 else folder / f"{stem}_{number}.json"
        with suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)  # From now on the name is taken.
            break
    try:
        write_utf8_file_atomic(str(path), text, private=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path.name


def _read(folder: Path, name: str) -> dict[str, Any]:
    """Return the content of a file. Raises OSError, ValueError, RecursionError, NewerFormError."""
    path = (folder / name).resolve(strict=True)
    if path.parent != folder.resolve() or not path.is_file():
        raise ValueError("not a file of the folder")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("too large")
    content = dict(mapping(json.loads(path.read_text("utf-8"))))
    version = integer(content.get(FORM), 1)
    if version > VERSION:
        raise NewerFormError(f"version {version}")
    return content
