"""The last hours of a source that is new here: what was measured is known from the first minute.

Nothing is learned from them: that is up to the history of the source, if the owner wants it.
"""

from collections.abc import Iterable

from ..channel import Channel
from ..day import SLOT_S
from ..reading.binning import Bin, Reading
from .history_import import means

LOOK_BACK_S = 24 * 3600.0  # Seconds. By judgement: a guideline has no longer mean.


def look_back(channel: Channel, readings: Iterable[Reading], now: float) -> None:
    """Let a channel that has counted nothing yet know the readings before a POSIX time."""
    if channel.binner.counted_to is not None:
        return
    earlier = [reading for reading in readings if reading.at < now]
    for row in means(earlier, now, channel.binner):
        bin_ = Bin(int(row.start // SLOT_S), row.mean, float(SLOT_S))
        channel.sustained.take(bin_)
        if channel.guideline is not None:
            channel.guideline.take(bin_)
    for reading in earlier:
        if reading.value is not None:
            channel.health.see(reading.at, reading.value)
            channel.health.see(min(reading.repeated_at or reading.at, now), reading.value)
    channel.began_at = now
