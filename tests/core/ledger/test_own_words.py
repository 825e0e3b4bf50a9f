"""Names are one line of plain text, and with missed stretches they stay below four kilobytes."""

import json
from random import Random
import unicodedata
import zlib

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.ledger.correction import missed, named
from custom_components.air_baseline.core.ledger.entries import Entry, Missed, Named
from custom_components.air_baseline.core.ledger.entry_list import pack, unpack
from custom_components.air_baseline.core.ledger.ledger import Ledger, UndoError
from custom_components.air_baseline.core.ledger.own_words import (
    MOST_CHARACTERS,
    MOST_MISSED,
    cleaned,
)
from custom_components.air_baseline.core.storage.ledger import dump_ledger, load_ledger
from tests.core.properties import repeatable
from tests.core.rooms import LONDON

NOON = 1_788_000_000  # POSIX time.
DAY = 86_400
SPECIFIED = 4096  # Bytes.


def bytes_of(ledger: Ledger) -> int:
    text = json.dumps(dump_ledger(ledger), separators=(",", ":"), ensure_ascii=False)
    return len(text.encode())


@given(st.text())
@repeatable
def test_a_cleaned_text_is_one_line_of_fit_characters_and_stays_so(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once == once.strip()
    assert len(once.splitlines()) <= 1
    assert not {unicodedata.category(one) for one in once} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert set(once) <= {*text, " "}


def test_words_of_any_language_and_joined_emoji_stay_as_they_are() -> None:
    for name in ("Räucherkerzen", "料理", "קטורת", "طبخ", "👨\u200d🍳 <b>cake</b> {x} | [a](b)"):
        assert cleaned(name) == name


def a_name(kind: str, number: int) -> str:
    """Return the longest name of a kind."""
    chance = Random(number)  # noqa: S311 - repeatable
    alphabets = {
        "short": "ab",
        "latin": "abcdefghijklmnopqrstuvwxyz",
        "two bytes": "".join(map(chr, range(0x400, 0x460))),
        "three bytes": "".join(map(chr, range(0x4E00, 0x9000))),
        "four bytes": "".join(map(chr, range(0x1F300, 0x1F600))),
    }
    length = 7 if kind == "short" else MOST_CHARACTERS
    return "".join(chance.choice(alphabets[kind]) for _ in range(length))


@pytest.mark.parametrize("stretches", [0, MOST_MISSED])
@pytest.mark.parametrize("kind", ["short", "latin", "two bytes", "three bytes", "four bytes"])
def test_names_and_missed_stretches_take_less_than_four_kilobytes(
    kind: str, stretches: int
) -> None:
    ledger = Ledger()
    for number in range(300):
        at = NOON + number * DAY / 4.0 + number / 7.0
        if number < stretches:
            since = NOON - number * DAY // 2
            ledger = ledger.with_correction(at, missed(since, since + 3599, LONDON))
        ledger = ledger.with_correction(at, named(NOON + number, a_name(kind, number)))
        assert bytes_of(ledger) - bytes_of(Ledger()) <= SPECIFIED, number
    kept = [entry.correction.name for entry in ledger.of(Named)]
    assert kept == [a_name(kind, number) for number in range(300 - len(kept), 300)], "the newest"
    assert len(kept) >= (20 if kind == "short" else 3)
    assert len({entry.correction.since for entry in ledger.of(Missed)}) == stretches
    assert load_ledger(json.loads(json.dumps(dump_ledger(ledger)))) == ledger


def test_a_name_that_is_folded_takes_nothing_else_with_it() -> None:
    ledger = Ledger().with_correction(NOON, missed(NOON - 3600, NOON, LONDON))
    head = ledger.head
    for number in range(100):
        ledger = ledger.with_correction(NOON, named(NOON, a_name("latin", number)))
    assert (ledger.head, ledger.root) == (head, 0)
    assert len({entry.id for entry in ledger.entries}) == len(ledger.entries)
    assert ledger.excluded_parts(ledger.of(Missed)[0].correction.day)
    assert ledger.in_force(0) == 1, "names correct nothing"


def test_a_name_can_be_undone_at_any_time_and_then_the_one_before_it_holds() -> None:
    ledger = Ledger().with_correction(NOON, named(NOON, "cake"))
    again = ledger.with_correction(NOON + DAY, named(NOON, "candles"))
    later = NOON + 80 * DAY
    assert again.undo(later, 2) == ledger
    with pytest.raises(UndoError):
        again.undo(later)


def test_packed_names_are_text_and_not_escapes() -> None:
    entries = [
        Entry(id=number, at=NOON, correction=Named(moment=NOON, name="料理"))
        for number in range(1, 40)
    ]
    assert "料理".encode() in zlib.decompress(pack(entries))
    assert list(unpack(pack(entries))) == entries
