"""What the server sends of what happened in a room."""

from typing import Any

from tests.frontend.messages import HOUR, START, Message

NOW = START + 13.0 * HOUR
EPISODE = int(START + 11.6 * HOUR)


def an_episode(**changes: Any) -> Message:
    """Return an episode that runs, with changes."""
    return {
        "quantity": "pm25",
        "words_of": "pm25",
        "unit": "μg/m³",
        "kind": "episode",
        "moment": EPISODE,
        "start": START + 11.4 * HOUR,
        "end": NOW,
        "running": True,
        "peak": 64.2,
        "high": 13.0,
        "clear_s": None,
        "answer": None,
        "name": None,
        "outcome": None,
        "rarity_days": 35,
        "outdoor_rose": False,
        "window_open": 0.0,
        "other_rooms": "shared",
        "rooms": ["Bedroom", None],
    } | changes


def a_correction(kind: str, number: int = 3) -> Message:
    return {"correction": number, "kind": kind, "at": NOW, "undoable": True}


def a_rise(**changes: Any) -> Message:
    """Return a notable rise of the day before, with changes."""
    start = START - 10.0 * HOUR
    unknown = dict.fromkeys(
        ("clear_s", "answer", "name", "outcome", "rarity_days", "outdoor_rose", "window_open")
    )
    return (
        an_episode(
            **unknown,
            kind="rise",
            moment=int(start),
            start=start,
            end=start + 2.0 * HOUR,
            running=False,
            peak=22.0,
            other_rooms=None,
            rooms=[],
        )
        | changes
    )


def timeline(*happened: Message, **changes: Any) -> Message:
    """Return what happened, with changes."""
    return {
        "now": NOW,
        "may_answer": True,
        "quantities": [{"quantity": "pm25", "words_of": "pm25", "unit": "μg/m³"}],
        "happened": list(happened),
        "answers": [],
    } | changes


PAGE: Message = {
    "words": {
        "what_to_do": ["Air the room."],
        "measured": [
            [
                {
                    "say": "measured_episode_running",
                    "with": {
                        "quantity": [{"say": "quantity_pm25"}],
                        "level": [{"number": 64.2}, " μg/m³"],
                        "minutes": 95,
                        "when": [{"time": EPISODE}],
                    },
                }
            ]
        ],
        "inferred": ["This is the highest rise at this time of day in 34 comparable days."],
        "because": ["PM2.5: usable days in the last 60: 36.", "Alerts so far: 2."],
        "not_known": ["Whether a window was open."],
        "next": ["The episode ends when the air has been back in the range for 30 minutes."],
    },
    "real": {
        "preview": [
            [
                {
                    "say": "leaves",
                    "with": {
                        "quantity": [{"say": "quantity_pm25"}],
                        "date": [{"date": "2026-03-02"}],
                        "hours": [{"times": ["13:00-16:00"]}],
                    },
                }
            ]
        ],
        "consequence": ["PM2.5: usable days left: 36."],
    },
    "normal": {"preview": ["PM2.5: alerts in the afternoon start above 74 μg/m³."]},
}
