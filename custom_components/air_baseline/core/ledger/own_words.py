"""Names in the owner's own words, and the space that they and missed stretches take.

A name is text and nothing else: nothing is read from it.
"""

from collections.abc import Sequence
from typing import Final
import unicodedata

from .entries import Entry, Missed, Named

MOST_CHARACTERS = 80  # Of a name; specified.
# Bytes of names and missed stretches, as they are packed. Measured: with what the last ones take
# as rows, they stay below 4 KB, as specified.
MOST_SPACE = 3300
ENTRY_SPACE = 26  # Bytes of one without its name, measured.
PACKED_SHARE = 1.25  # Times: five characters hold four bytes; follows from base 85.
MOST_MISSED = 40  # Stretches, by judgement: they take less than half of the space.
# Categories of Unicode that can be read as nothing or as another text: controls, surrogates,
# private and unassigned characters, ends of lines and paragraphs.
_UNFIT: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# They turn the direction of the text after them.
_TURNS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def cleaned(text: str) -> str:
    """Return a text as one line that can only be read as it is.

    >>> cleaned("  candles   and cake ")
    'candles and cake'
    """
    fit = (" " if unicodedata.category(one) in _UNFIT else one for one in text if one not in _TURNS)
    return " ".join("".join(fit).split())


def within_space(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return entries without the oldest names, if names and missed stretches need the space."""
    space = sum(map(_space, entries))
    gone: set[int] = set()
    for entry in entries:
        if space <= MOST_SPACE:
            break
        if isinstance(entry.correction, Named):
            gone.add(entry.id)
            space -= _space(entry)
    return tuple(entry for entry in entries if entry.id not in gone) if gone else tuple(entries)


def _space(entry: Entry) -> float:
    """Return about how many bytes an entry takes of the space, 0 for other kinds."""
    if isinstance(entry.correction, Named):
        return PACKED_SHARE * (ENTRY_SPACE + len(entry.correction.name.encode()))
    return PACKED_SHARE * ENTRY_SPACE if isinstance(entry.correction, Missed) else 0.0
