"""Explanations as the card gets them: what is said by its key, with numbers, times and dates.

The card puts them into words, in the language and in the formats of whoever reads it.
"""

from collections.abc import Sequence
import re
from typing import Any, override

from ..words.explanation import Words
from ..words.preview import PreviewWords

# A place in a text that stands for a value: signs for private use, which no name of a room has.
_MARK = re.compile("\ue000(\\d+)\ue001")
_MARKS = str.maketrans("", "", "\ue000\ue001")

type Sentence = list[str | dict[str, Any]]  # Text and values in turn.


class Sentences(Words):
    """Words without a language: each is kept as a value, and its mark stands for it in texts."""

    def __init__(self, temperature_unit: str) -> None:
        """Take the unit of temperatures; there are no texts."""
        super().__init__({}, temperature_unit)
        self._values: list[dict[str, Any]] = []

    @override
    def say(self, key: str, **parts: str | int) -> str:
        """Return the mark of a fragment."""
        given = {
            name: self.sentence(part) if isinstance(part, str) else part
            for name, part in parts.items()
        }
        return self._mark({"say": key, "with": given} if given else {"say": key})

    @override
    def number(self, value: float) -> str:
        return self._mark({"number": float(f"{value:.4g}")})

    @override
    def whole(self, value: float) -> str:
        return self._mark({"number": round(value)})

    @override
    def time(self, at: float) -> str:
        return self._mark({"time": at})

    @override
    def date(self, iso: str | None) -> str:
        return self._mark({"date": iso}) if iso else ""

    @override
    def times(self, not_seen: Sequence[str]) -> str:
        return self._mark({"times": list(not_seen)})

    @override
    def capital(self, text: str) -> str:
        return self._mark({"capital": self.sentence(text)})

    def name(self, name: str) -> str:
        """Return a name without signs that could be taken for a mark."""
        return name.translate(_MARKS)

    def lines(self, text: str) -> list[Sentence]:
        """Return the lines of a text without their list signs."""
        return [self.sentence(line.removeprefix("- ")) for line in text.splitlines() if line]

    def sentence(self, text: str) -> Sentence:
        """Return a text with its marks replaced by what they stand for."""
        pieces = _MARK.split(text)
        return [
            self._values[int(piece)] if place % 2 else piece
            for place, piece in enumerate(pieces)
            if piece
        ]

    def _mark(self, value: dict[str, Any]) -> str:
        self._values.append(value)
        return f"\ue000{len(self._values) - 1}\ue001"


class PreviewSentences(Sentences, PreviewWords):
    """Sentences about the consequences of a correction, too."""
