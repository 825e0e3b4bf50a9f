"""What the card makes of the sentences that the server sends: here in English."""

from typing import Any

from homeassistant.util import dt as dt_util

from custom_components.air_baseline.core.pollutant import plain_number
from tests.words import words

type Sentence = list[str | dict[str, Any]]


def spoken(sentence: Sentence) -> str:
    """Return a sentence as text, with numbers, times and dates in a plain form."""
    return "".join(piece if isinstance(piece, str) else _piece(piece) for piece in sentence)


def lines(sentences: list[Sentence]) -> list[str]:
    """Return sentences as text."""
    return [spoken(sentence) for sentence in sentences]


def _piece(piece: dict[str, Any]) -> str:
    match piece:
        case {"say": key}:
            given = piece.get("with", {})
            values = {
                name: str(value) if isinstance(value, int) else spoken(value)
                for name, value in given.items()
            }
            text: str = words()["common"][key]
            return text.format(**values)
        case {"number": number}:
            return plain_number(number)
        case {"time": at}:
            local = dt_util.as_local(dt_util.utc_from_timestamp(at))
            return local.strftime("%Y-%m-%d %H:%M")
        case {"date": date}:
            return str(date)
        case {"times": spans}:
            return ", ".join(spans)
        case {"capital": inner}:
            text = spoken(inner)
            return text[:1].upper() + text[1:]
    raise AssertionError(piece)
