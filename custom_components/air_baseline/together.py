"""Keep with each episode what is known of the other rooms in the hour around its start."""

from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util import dt as dt_util

from .coordinator import AirBaselineConfigEntry
from .core.channel import Channel
from .core.event import Event, EventKind
from .core.home import TOGETHER_S, Company, company, neighbour
from .core.ledger import Episode
from .core.quantity import Kind
from .turns import SLOT_MINUTES

TICK_SECOND = 3  # After the rooms have closed their bins.


@callback
def async_watch_company(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Look at the other rooms when one rises, and for an hour after; return what ends it."""
    rooms = entry.runtime_data.rooms

    @callback
    def look(now: datetime) -> None:
        at = now.timestamp()
        recent = [
            (room_id, channel, episode)
            for room_id, room in rooms.items()
            if room.last_update_success
            for channel in room.channels.values()
            for episode in channel.episodes[-1:]
            if 0.0 <= at - episode.id <= TOGETHER_S
        ]
        for room_id, channel, episode in recent:
            _keep(entry, room_id, channel, episode, at)

    @callback
    def happened(_kind: Kind, event: Event) -> None:
        if event.kind is EventKind.UNUSUAL_STARTED:
            look(dt_util.utcnow())

    unsubscribes = [room.async_add_event_listener(happened) for room in rooms.values()]
    unsubscribes.append(
        async_track_utc_time_change(hass, look, minute=SLOT_MINUTES, second=TICK_SECOND)
    )

    @callback
    def stop() -> None:
        for unsubscribe in unsubscribes:
            unsubscribe()

    return stop


def _keep(
    entry: AirBaselineConfigEntry, room_id: str, channel: Channel, episode: Episode, at: float
) -> None:
    others = [
        neighbour(other_id, other, at)
        for other_id, room in entry.runtime_data.rooms.items()
        if other_id != room_id and room.last_update_success
        for other in room.channels.values()
    ]
    known = Company(together=episode.together, rooms=episode.rooms)
    found = company(room_id, channel.quantity.kind, float(episode.id), others, known)
    if found != known:
        channel.keep_company(episode.id, found.together, found.rooms)
