"""What the server sends to the card, in each state that a room can be in."""

from math import exp, sin
from typing import Any

START = 1_772_424_000.0  # 2026-03-02, 04:00 in London.
HOUR = 3600.0
QUESTION = "unusual_episode_01KITCHEN_1772467200"
LOWS = (2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 2.0, 2.0)
HIGHS = (9.0, 14.0, 10.0, 10.0, 13.0, 18.0, 12.0, 9.0)

type Message = dict[str, Any]


def a_line(hours: float, plume_at: float | None = None, scale: float = 1.0) -> list[list[float]]:
    """Return a measured line of `hours` hours, with toast at one of them."""
    return [
        [START + 300.0 * slot, round(scale * _level(slot / 12.0, plume_at), 1)]
        for slot in range(round(hours * 12.0))
    ]


def _level(hour: float, plume_at: float | None) -> float:
    usual = 6.0 + 1.8 * sin(hour) + 0.9 * sin(5.3 * hour) + 0.6 * sin(17.0 * hour)
    if plume_at is None or hour < plume_at:
        return usual
    return usual + 80.0 * (1.0 - exp((plume_at - hour) * 9.0)) * exp((plume_at - hour) * 0.5)


def a_guideline(**changes: Any) -> Message:
    """Return the guideline of PM2.5 in clean air, with changes."""
    return {
        "limit": 15.0,
        "hours": 24,
        "needed": 18.0,
        "now_above": False,
        "mean": None,
        "mean_is_least": False,
    } | changes


def a_mean(level: float = 6.2, hours: float = 24.0, *, is_least: bool = False) -> Message:
    """Return the mean of a guideline of 24 hours so far."""
    return {"level": level, "is_least": is_least, "hours": hours, "enough": hours >= 18.0}


def a_channel_brief(**changes: Any) -> Message:
    """Return a learned channel in usual air in brief, with changes."""
    return {
        "quantity": "pm25",
        "words_of": "pm25",
        "unit": "μg/m³",
        "highest": 1000.0,
        "refused_from": 10_000.0,
        "no_reading": [6553.5, 65535.0],
        "source": "sensor.kitchen_pm25",
        "state": "learned",
        "compared": "usual",
        "since": None,
        "silent_since": None,
        "above_guideline": False,
        "guideline": a_guideline(),
        "usable_days": 36.0,
        "needed": 21,
        "lacks": [],
        "earliest": None,
    } | changes


def a_brief(*channels: Message, **changes: Any) -> Message:
    """Return a room in brief, with changes."""
    shown = list(channels or [a_channel_brief()])
    return {"room": "Kitchen", "questions": 0, "channels": shown} | changes


def a_channel(**changes: Any) -> Message:
    """Return a learned channel in usual air at 16:00, with changes."""
    parts = [
        {
            "start": START + 3.0 * HOUR * part,
            "end": START + 3.0 * HOUR * (part + 1),
            "low": LOWS[part],
            "high": HIGHS[part],
        }
        for part in range(8)
    ]
    return {
        **a_channel_brief(),
        "mean": a_mean(),
        "basis": "this_room",
        "outdoor": False,
        "missing": [],
        "not_seen": [],
        "year": None,
        "start": START,
        "end": START + 24.0 * HOUR,
        "firm": True,
        "parts": parts,
        "episodes": [],
        "line": a_line(12.0),
        "words": {
            "what_to_do": [],
            "measured": ["PM2.5: 5 μg/m³ sustained for the last 30 minutes."],
            "inferred": [
                "PM2.5: usual here late in the afternoon (16:00 to 19:00): 3 to 13 μg/m³."
            ],
            "because": [
                "PM2.5: usable days in the last 60: 36 (needed: 21); weekend days: 11.",
                (
                    "In the last 28 days, the air was inside the range 81% of the time; "
                    "the target is 80%."
                ),
            ],
            "not_known": ["Outdoor air, whether a window was open."],
            "next": ["The range is recalculated every morning, and checked when the day is over."],
        },
    } | changes


# The usual range of each month and where it came from: low, high, and l(ived), h(ourly) or nothing.
MONTHS: tuple[tuple[float, float, str], ...] = (
    (6.0, 19.0, "hourly"),
    (4.0, 14.0, "hourly"),
    (3.0, 11.0, "hourly"),
    (2.0, 10.0, "hourly"),
    *[(0.0, 0.0, "")] * 5,
    (4.0, 13.0, "lived"),
    (5.0, 21.0, "lived"),
    (4.0, 16.0, "lived"),
    (3.0, 12.0, "lived"),
)


def a_year(**changes: Any) -> Message:
    """Return the answer about thirteen months up to March 2026, with changes."""
    months = []
    for place, (low, high, origin) in enumerate(MONTHS):
        year, month = divmod(2025 * 12 + 2 + place, 12)
        known = {"from": origin, "low": low, "high": high} if origin else {"from": None}
        months.append({"month": f"{year}-{month + 1:02d}", **known})
    return {"today": "2026-03-02", "months": months} | changes


def a_room(*channels: Message, **changes: Any) -> Message:
    """Return a room that is shown."""
    return {
        "status": "shown",
        "room": "Kitchen",
        "recorder": True,
        "what_to_do": [line for channel in channels for line in channel["words"]["what_to_do"]],
        "questions": [],
        "may_answer": True,
        "channels": list(channels or [a_channel()]),
    } | changes


def worded(channel: Message, **lines: list[Any]) -> Message:
    """Return a channel with other words."""
    return channel | {"words": channel["words"] | lines}


TOAST = {
    "start": START + 11.4 * HOUR,
    "end": START + 13.0 * HOUR,
    "running": True,
    "rarity_days": 35,
}
OVER = {
    "start": START + 6.4 * HOUR,
    "end": START + 7.5 * HOUR,
    "running": False,
    "rarity_days": 60,
}

COLLECTING = worded(
    a_channel(
        state="collecting",
        compared="not_enough_data",
        basis="everyone",
        usable_days=8.5,
        lacks=["days", "weekend_days", "week_days"],
        earliest="2026-03-18",
        missing=["Weekend days still needed: 2.", "Weekdays still needed: 3."],
        firm=False,
        line=a_line(9.0),
    ),
    inferred=["Nothing about this room yet: not enough data."],
)
STATES: dict[str, Message] = {
    "learned": a_room(),
    "unusual": a_room(
        worded(
            a_channel(
                compared="unusual",
                since=TOAST["start"],
                episodes=[TOAST],
                line=a_line(13.0, 11.3),
            ),
            what_to_do=["Air the room.", "Look for a source."],
            measured=[
                "PM2.5: sustained peak of 64 μg/m³, high for 95 min so far (noticed: 15:54)."
            ],
            inferred=[
                (
                    "This is the highest rise at this time of day in 34 comparable days. "
                    "As rare as once in 35 days here, or rarer."
                ),
            ],
        ),
        questions=[{"id": QUESTION, "kind": "unusual_episode", "numbers": {}}],
    ),
    "unusual_over": a_room(a_channel(episodes=[OVER], line=a_line(15.0, 6.3))),
    "higher": a_room(a_channel(compared="higher", line=a_line(13.0, scale=2.2))),
    "collecting": a_room(COLLECTING),
    "collecting_voc": a_room(
        COLLECTING
        | {
            "quantity": "voc_ratio",
            "words_of": "voc",
            "unit": "ppb",
            "highest": 60_000.0,
            "refused_from": 600_000.0,
            "no_reading": [32767.0, 65535.0],
            "source": "sensor.kitchen_voc",
            "guideline": None,
            "mean": None,
            "basis": None,
            "parts": [],
            "usable_days": 2.0,
            "line": a_line(9.0, scale=30.0),
        }
    ),
    "provisional": a_room(
        COLLECTING
        | {"state": "provisional", "basis": "mixed", "usable_days": 12.0, "line": a_line(17.0)}
    ),
    "changing": a_room(a_channel(state="changing", compared=None, firm=False)),
    "stale": a_room(a_channel(state="stale", compared=None, firm=False)),
    "no_source": a_room(
        worded(
            a_channel(
                state="no_source",
                compared=None,
                silent_since=START + 2.0 * HOUR,
                firm=False,
                line=a_line(2.0),
            ),
            measured=["PM2.5: too few readings in the last 30 minutes to give a sustained level."],
            inferred=["Nothing right now: no readings."],
        )
    ),
    "paused": a_room(a_channel(state="paused", compared=None, firm=False)),
    "no_recorder": a_room(a_channel(line=[]), recorder=False),
    "hidden_source": a_room(a_channel(line=None, source=None)),
    "two": a_room(
        a_channel(),
        a_channel(
            quantity="voc_ratio",
            words_of="voc",
            unit="ppb",
            highest=60_000.0,
            refused_from=600_000.0,
            no_reading=[32767.0, 65535.0],
            source="sensor.kitchen_voc",
            guideline=None,
            mean=None,
            line=a_line(12.0, scale=30.0),
            parts=[
                part | {"low": 30.0 * part["low"], "high": 30.0 * part["high"]}
                for part in a_channel()["parts"]
            ],
        ),
    ),
    "gone": {"status": "gone"},
    "not_loaded": {"status": "not_loaded"},
}
