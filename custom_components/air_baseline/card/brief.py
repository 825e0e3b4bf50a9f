"""A room in brief, as the headline and the tiles show it: codes and numbers, no words."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..coordinator import RoomCoordinator
from ..core.channel import Channel
from ..core.explaining.explain import silence
from ..core.explaining.view import EntityView
from ..core.ledger.correction import episode_span
from ..core.pollutant import REFUSED_FROM
from ..entity import WORDS_OF_POLLUTANT
from ..inputs.room_config import RoomSource

type Brief = dict[str, Any]


@callback
def room_brief(room: RoomCoordinator, open_issues: Sequence[ir.IssueEntry]) -> Brief:
    """Return a room in brief; nothing is said of one that has failed."""
    now = dt_util.utcnow().timestamp()
    shown = room.data if room.last_update_success else {}
    return {
        "room": room.subentry.title,
        "questions": len(open_issues),
        "channels": [
            channel_brief(room, source, shown[source.pollutant], now)
            for source in room.sources.values()
            if source.pollutant in shown
        ],
    }


def channel_brief(room: RoomCoordinator, source: RoomSource, shown: EntityView, at: float) -> Brief:
    """Return a pollutant of a room in brief, at a POSIX time.

    `since` is the start of the running episode, and `silent_since` that of a silence after which
    the value no longer counts as air.
    """
    channel = room.channels[source.pollutant]
    episode = channel.episode_watch.current
    shown_at = channel.shown_at(at)
    judgement = channel.judge(shown_at)
    silent = silence(channel, judgement, at)
    return {
        "quantity": source.pollutant,
        "words_of": WORDS_OF_POLLUTANT[source.pollutant],
        "unit": source.shown_unit,
        "highest": in_unit(channel.spec.highest, source),
        "refused_from": in_unit(REFUSED_FROM * channel.spec.highest, source),
        "no_reading": sorted(channel.spec.sentinels.get(source.factor, ())),
        "source": source.entity_id,
        "state": shown.state,
        "compared": shown.compared,
        "since": episode_span(episode, at)[0] if episode and shown.unusual else None,
        "silent_since": silent.since if silent and not silent.counts else None,
        **guideline_brief(channel, source, judgement.sustained, shown_at),
        "usable_days": shown.usable_days,
        "needed": shown.needed_days,
        "lacks": shown.missing,
        "earliest": shown.earliest,
    }


def guideline_brief(
    channel: Channel, source: RoomSource, sustained: float | None, at: float
) -> Brief:
    """Return the guideline of a pollutant, which holds for everybody, and whether it is exceeded.

    Both are None if there is none.

    `now_above` says that the sustained level is above the number of the guideline, whether or not
    there is a mean to compare. Its `mean` is None unless it is above the guideline, so that a calm
    home says nothing new.
    """
    spec = channel.spec.guideline
    if channel.guideline is None or spec is None or channel.clock_wrong:
        return {"above_guideline": None, "guideline": None}
    above = channel.guideline.is_above(at)
    mean = channel.guideline.so_far(at) if above else None
    guideline = {
        "limit": in_unit(spec.limit, source),
        "hours": spec.hours,
        "needed": spec.minimum_h,
        "now_above": sustained is not None and sustained > spec.limit,
        "mean": in_unit(mean.mean, source) if mean else None,
        "mean_is_least": mean is not None and mean.is_least,
    }
    return {"above_guideline": above, "guideline": guideline}


def seen_by(user: User, brief: Brief) -> Brief:
    """Return a room in brief without the sources that a user may not read."""
    check = user.permissions.check_entity
    channels: list[Mapping[str, Any]] = brief["channels"]
    return {
        **brief,
        "channels": [
            one if check(one["source"], POLICY_READ) else {**one, "source": None}
            for one in channels
        ],
    }


def in_unit(value: float, source: RoomSource) -> float:
    """Return a concentration in the unit of the source, with four significant digits."""
    return float(f"{value / source.factor:.4g}")
