"""A room as one file that people can keep, read and carry to another Home Assistant.

The files are in the folder `air_baseline` next to configuration.yaml, and nowhere else.
"""

from collections.abc import Iterable
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.file import write_utf8_file_atomic

from .const import DOMAIN
from .coordinator import RoomCoordinator
from .core.checked import StoredFormError, mapping
from .core.explaining.preview import with_ledger
from .core.pollutant import Pollutant
from .core.storage.channel import NewerFormError
from .core.storage.ledger import MOST_ENTRIES
from .core.storage.room_file import (
    Carried,
    OtherHoursError,
    OutdatedError,
    carried,
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


async def async_export(
    room: RoomCoordinator, pollutants: Iterable[Pollutant], *, names: bool
) -> dict[str, Any]:
    """Write what a room knows to a file; return its name and what is in it.

    Names that people typed (of the room, and of what happened) are in it only with `names`.
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
    stem = slugify(room.subentry.title) if names else "room"
    name = f"{stem}_{dt_util.now():%Y-%m-%d_%H%M%S}.json"
    await hass.async_add_executor_job(_write, _folder(hass) / name, content)
    return {
        "file": name,
        "folder": str(_folder(hass)),
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
    path, zone = _folder(room.hass) / name, dt_util.get_default_time_zone()
    now = dt_util.utcnow().timestamp()
    try:
        content = await room.hass.async_add_executor_job(_read, path)
        parts = mapping(content["quantities"])
        found = {
            pollutant: await room.hass.async_add_executor_job(carry_in, parts[pollutant], zone)
            for pollutant in pollutants
            if pollutant in parts
        }
        for pollutant, part in found.items():
            channel = room.channels[pollutant]
            carried(now, channel.ledger, part.ledger, own_day(channel, now))
            if part.pollutant is not pollutant or len(part.ledger.entries) >= MOST_ENTRIES:
                raise StoredFormError(f"not of {pollutant}")
    except OtherHoursError as error:
        raise refused("file_other_hours", file=name) from error
    except OutdatedError as error:
        raise refused("file_outdated", file=name) from error
    except NewerFormError as error:
        raise refused("file_newer", file=name) from error
    except (OSError, KeyError, ValueError) as error:
        raise refused("file_unreadable", file=name) from error
    if not found:
        raise refused("file_of_others", file=name, room=room.subentry.title)
    return found


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DOMAIN))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1)
    write_utf8_file_atomic(str(path), text, private=True)


def _read(path: Path) -> dict[str, Any]:
    """Return the content of a file. Raises OSError, ValueError and NewerFormError."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("too large")
    content = dict(mapping(json.loads(path.read_text("utf-8"))))
    version = content.get(FORM)
    if isinstance(version, int) and version > VERSION:
        raise NewerFormError(f"version {version}")
    if version != VERSION:
        raise StoredFormError("not the file of a room")
    return content
