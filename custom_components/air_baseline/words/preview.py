"""The consequences of a correction, in sentences."""

import asyncio
from collections.abc import Mapping, Sequence

from ..coordinator import RoomCoordinator
from ..core.day import clock_times, iso_day
from ..core.explaining.preview import Consequence, consequence, left_out, lift, strikable
from ..core.ledger.entries import Draft
from ..core.pollutant import Pollutant
from .explanation import Explained, Words, escape


class PreviewWords(Words):
    """The sentences about the consequences of a correction."""

    def consequence(
        self,
        room: RoomCoordinator,
        drafts: Mapping[Pollutant, Draft],
        now: float,
        *,
        named: bool = False,
        paused: bool = False,
    ) -> str:
        """Return what would remain with drafts in force: usable days, and the time until alerts.

        `named` adds the name of the room. `paused` says that the source will be paused, which
        stops alerts.
        """
        lines = []
        for pollutant, draft in drafts.items():
            remaining = consequence(room.channels[pollutant], now, draft)
            quantity = self.say(f"quantity_{pollutant}")
            if named:
                name = escape(room.subentry.title)
                quantity = self.say("in_room", room=name, quantity=quantity)
            line = self.say(
                "left_paused"
                if paused
                else "left_alerts_wait"
                if remaining.alert_days
                else "left_alerts_go_on",
                quantity=quantity,
                days=self.number(remaining.usable_days),
                needed=remaining.needed_days,
                weeks=remaining.alert_weeks,
            )
            lines.append(f"- {line}")
        return "\n".join(lines)

    def imported(self, pollutant: Pollutant, then: Consequence) -> str:
        """Return what a pollutant would have after an import: usable days, and when alerts."""
        return self.say(
            "imported_alerts_wait" if then.alert_days else "imported_alerts",
            quantity=self.say(f"quantity_{pollutant}"),
            days=self.number(then.usable_days),
            needed=then.needed_days,
            weeks=then.alert_weeks,
        )

    async def async_lifts(self, targets: Sequence[Explained], now: float) -> str:
        """Return what "that is normal here" would change: the alert levels, and until when."""
        lines = []
        for room, pollutant, episode in targets:
            if episode is None:
                continue
            await asyncio.sleep(0)  # Other tasks can run: many rooms can have risen at once.
            lifted, source = lift(room.channels[pollutant], now, episode), room.sources[pollutant]
            lines.append(
                self.say(
                    "lift_first" if lifted.before is None else "lift",
                    quantity=self._name(room, pollutant, targets),
                    part=self.say(f"part_{lifted.part}"),
                    before=self.limit(lifted.before or 0.0, source),
                    after=self.limit(lifted.after, source),
                    date=self.date(lifted.until_day),
                )
            )
        return "\n".join(f"- {line}" for line in lines)

    async def async_leaving(self, targets: Sequence[Explained], now: float) -> str:
        """Return what "it was real" would exclude from what is usual: the hours of each day."""
        lines = []
        for room, pollutant, episode in targets:
            if episode is None:
                continue
            await asyncio.sleep(0)
            for day, parts in left_out(room.channels[pollutant], now, episode).items():
                name, hours = self._name(room, pollutant, targets), self.hours(parts)
                lines.append(self.say("leaves", quantity=name, date=self.date(day), hours=hours))
        return "\n".join(f"- {line}" for line in lines)

    def hours(self, parts: Sequence[int]) -> str:
        """Return from when to when parts of a day are."""
        return self.times(clock_times(sum(1 << part for part in parts)))

    def days_to_exclude(self, room: RoomCoordinator, now: float) -> dict[str, str]:
        """Return the days that can be excluded by their ISO dates, newest first.

        The texts give the peak of each pollutant.
        """
        peaks: dict[int, list[str]] = {}
        for pollutant, channel in room.channels.items():
            for day, peak in strikable(channel, now).items():
                text = self.say(
                    "peak",
                    quantity=self.say(f"quantity_{pollutant}"),
                    level=self.concentration(peak, room.sources[pollutant]),
                )
                peaks.setdefault(day, []).append(text)
        return {
            iso_day(day): f"{self.date(iso_day(day))}: {', '.join(texts)}"
            for day, texts in sorted(peaks.items(), reverse=True)
        }

    def _name(
        self, room: RoomCoordinator, pollutant: Pollutant, targets: Sequence[Explained]
    ) -> str:
        quantity = self.say(f"quantity_{pollutant}")
        if all(other is room for other, _, _ in targets):
            return quantity
        return self.say("in_room", room=escape(room.subentry.title), quantity=quantity)
