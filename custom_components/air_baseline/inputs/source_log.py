"""What is logged about sources: at most one line per kind, source and hour."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER

EVERY_S = 3600.0  # Seconds between two lines about the same, by judgement.


@dataclass(slots=True)
class _Line:
    """The last line of one kind about one source: when it was logged, and what came after it."""

    at: float
    level: int
    text: str
    left_out: int = 0


class SourceLog:
    """Counts what it leaves out, and says so in the next line."""

    def __init__(self) -> None:
        """Start with nothing said."""
        self._lines: dict[tuple[str, str], _Line] = {}

    @callback
    def async_log(self, level: int, kind: str, source: str, text: str) -> None:
        """Log a line, unless one of this kind was logged about the source in the last hour."""
        now = dt_util.utcnow().timestamp()
        self.async_flush(now)
        line = self._lines.get((kind, source))
        if line is None:
            self._lines[kind, source] = _Line(now, level, text)
            LOGGER.log(level, "%s", text)
            return
        line.left_out, line.level, line.text = line.left_out + 1, level, text

    @callback
    def async_flush(self, now: float) -> None:
        """Say how often the lines of the last hour would have been repeated (POSIX seconds)."""
        for key, line in list(self._lines.items()):
            if 0.0 <= now - line.at < EVERY_S:
                continue
            del self._lines[key]
            if line.left_out:
                self._lines[key] = _Line(now, line.level, line.text)
                times = "once more" if line.left_out == 1 else f"{line.left_out} more times"
                LOGGER.log(line.level, "%s (and %s in the last hour)", line.text, times)


_KEY: HassKey[SourceLog] = HassKey(f"{DOMAIN}_source_log")


@callback
def source_log(hass: HomeAssistant) -> SourceLog:
    """Return the log of a Home Assistant; it outlives reloads, which can be many."""
    return hass.data.setdefault(_KEY, SourceLog())
