"""The last hours of a source that is new here: what was measured is known from the first minute.

Nothing is learned from them: that is up to the history of the source, if the owner wants it.
"""

from collections.abc import Iterable

from ..channel import Channel, proven
from ..day import SLOT_S, locate
from ..reading.binning import Bin, Reading
from .history_import import means, new_binner

LOOK_BACK_S = 24 * 3600.0  # Seconds. By judgement: a guideline has no longer mean.


def is_new(channel: Channel) -> bool:
    """Tell whether a channel has counted nothing yet."""
    today = channel.open_day
    return not (channel.ledger.days or channel.sustained.bins or (today and today.observed))


def look_back(channel: Channel, readings: Iterable[Reading], now: float) -> None:
    """Let a new channel know the readings before a POSIX time."""
    if not is_new(channel):
        return
    earlier = [reading for reading in readings if reading.at < now]
    binner = new_binner(channel.spec)
    for row in means(earlier, now, binner):
        bin_ = Bin(int(row.start // SLOT_S), row.mean, float(SLOT_S), quiet=row.quiet)
        if proven(bin_, locate(bin_.start, channel.zone)[1], channel.forecast):
            channel.sustained.take(bin_)
        if channel.guideline is not None and channel.guideline.proven(bin_):
            channel.guideline.take(bin_)
    if binner.step is not None:
        channel.binner.step = min(binner.step, channel.binner.step or binner.step)
    seen = [reading.at for reading in earlier if reading.value is not None]
    if seen:
        channel.health.ran_before(seen[0], now)
    channel.began_at = now
