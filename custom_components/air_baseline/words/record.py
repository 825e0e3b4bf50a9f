"""The record of a room: its facts in the units of its sources, and in sentences."""

from datetime import date
from typing import Any

from ..const import DOMAIN
from ..coordinator import RoomCoordinator
from ..core.day import locate
from ..core.explaining.record import Record, month_of, record
from ..core.pollutant import Pollutant
from ..inputs.room_config import RoomSource
from .given import KINDS, GivenWords

type Facts = dict[str, Any]


def days_until(room: RoomCoordinator, now: float, days: int) -> tuple[int, int]:
    """Return the first and the last (ordinals) of the last full days of a room."""
    today = _today(room, now)
    return today - days, today - 1


def month_until(room: RoomCoordinator, now: float, month: str | None) -> tuple[int, int]:
    """Return the days (ordinals) of a month (as 2026-11), of the present one without a month."""
    within = date.fromisoformat(f"{month}-01").toordinal() if month else _today(room, now)
    return month_of(within)


def _today(room: RoomCoordinator, now: float) -> int:
    zone = next(iter(room.channels.values())).zone
    return locate(now, zone)[0]


def record_of(
    room: RoomCoordinator, pollutant: Pollutant, now: float, first: int, last: int
) -> Record:
    """Return the record of one pollutant of a room; see `core.explaining.record`."""
    asked = {
        record.episodes[pollutant]
        for record in room.stored.question_records.values()
        if record.asked_at is not None and pollutant in record.episodes
    }
    return record(room.channels[pollutant], now, first, last, asked)


def facts_of(known: Record, source: RoomSource) -> Facts:
    """Return a record as plain values, with concentrations in the unit of the source."""
    plain = known.as_dict() | {"unit": source.shown_unit}
    for one in (*plain["episodes"], plain["summary"]):
        key = "highest" if "highest" in one else "peak"
        if one[key] is not None:
            one[key] = float(f"{one[key] / source.factor:.4g}")
    return plain


class RecordWords(GivenWords):
    """The sentences of a record."""

    def sentences(self, known: Record, source: RoomSource) -> list[str]:
        """Return a record in sentences, without headings; see `sections`."""
        return [line for _, lines in self.sections(known, source) for line in lines]

    def sections(self, known: Record, source: RoomSource) -> list[tuple[str, list[str]]]:
        """Return a record in sentences below headings; a section without sentences is left out."""
        known_of = {
            "happened": self._happened(known, source),
            "answers": self._answers(known),
            "changed": self._what_changed(known),
            "came_out": self._came_out(known),
            "gaps": [*self._gaps(known), *self._unknown(known)],
        }
        return [
            (self.say(f"card_record_head_{name}"), lines)
            for name, lines in known_of.items()
            if lines
        ]

    def _happened(self, known: Record, source: RoomSource) -> list[str]:
        """Return what happened; nothing is counted that there was none of."""
        said = known.summary
        if not known.episodes and not known.missed:
            return [self.say("card_record_quiet")]
        lines = [self.say("card_record_none")]
        if known.episodes:
            lines = [
                self.say(
                    "card_record_episodes",
                    number=len(known.episodes),
                    highest=self.concentration(float(said["highest"] or 0.0), source),
                    minutes=int(said["longest_minutes"] or 0),
                )
            ]
        if known.missed:
            lines.append(self.say("card_record_missed", missed=known.missed))
        return lines

    def _answers(self, known: Record) -> list[str]:
        """Return what was asked and answered in one line, without what there was none of."""
        counted = {name: int(number or 0) for name, number in known.summary.items()}
        asked, real, normal = counted["asked"], counted["real"], counted["normal"]
        unanswered = counted["unanswered"]
        lines = [
            self.say("card_record_asked", asked=asked) if asked else "",
            self.say("card_record_real", real=real) if real else "",
            self.say("card_record_normal", normal=normal) if normal else "",
            self.say("card_record_unanswered", unanswered=unanswered) if unanswered else "",
        ]
        said = " ".join(line for line in lines if line)
        return [said] if said else []

    def _gaps(self, known: Record) -> list[str]:
        days = self.say("card_record_days", days=known.days, usable=known.usable_days)
        if not known.alert_days:
            return [days, self.say("card_record_no_alert_days")]
        return [days, self.say("card_record_alert_days", alert=known.alert_days)]

    def _what_changed(self, known: Record) -> list[str]:
        """Return what changed, by day: states and corrections as their entities name them."""
        words = "pm25" if known.pollutant is Pollutant.PM25 else "voc"
        states = f"component.{DOMAIN}.entity.sensor.{words}_learning.state."
        lines = [(one.day, self.names[states + one.state]) for one in known.states]
        lines += [(one.day, self.names[KINDS + one.code]) for one in known.changes]
        return [
            self.say("card_record_changed", date=self.date(day), what=what)
            for day, what in sorted(lines)
        ]

    def _came_out(self, known: Record) -> list[str]:
        if known.inside is None:
            return [self.say("card_record_unchecked")]
        held, target = round(100 * known.inside), round(100 * known.target)
        lines = [self.say("card_record_inside", held=held, target=target, days=known.scored_days)]
        if known.latest is not None:
            one = known.latest
            lines.append(self.say("card_record_said", low=one.low, high=one.high, came=one.came))
            scored, kept = known.forecasts_scored, known.forecasts_kept
            lines.append(self.say("card_record_forecasts", scored=scored, kept=kept))
        return lines

    def _unknown(self, known: Record) -> list[str]:
        if not known.not_known:
            return []
        what = ", ".join(self.say(f"not_known_{code}") for code in known.not_known)
        return [self.say("card_record_not_known", what=what)]
