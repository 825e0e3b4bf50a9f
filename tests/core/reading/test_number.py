"""What counts as a number."""

import pytest

from custom_components.air_baseline.core.reading.number import plain_float


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("-0", 0.0),
        ("12", 12.0),
        ("007", 7.0),
        ("+5", 5.0),
        ("-3.5", -3.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1.5E-2", 0.015),
        (" 8.1\t", 8.1),
        ("1e-400", 0.0),
    ],
)
def test_plain_notation_is_a_number(text: str, value: float) -> None:
    assert plain_float(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "unavailable", "on", "None", "5,5", "1 000", "1'000", "5 ppb", "1.2.3", "--1"),
        *("1_000", "1_0.5", "1e1_0", "_1"),
        *("٣", "\uff11\uff12", "१२", "12\u066b5", "½", "²"),
        *("\u22125", "5\u00a0", "\u20095", "1\u20092"),
        *("inf", "-inf", "Infinity", "nan", "NaN", "1e400", "-1e400"),
        *("0x10", "0x1p4", "0b1", "1j", "1e", "e5", ".", "+", "1e+", "\x005"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert plain_float(text) is None


def test_a_very_long_number_is_none() -> None:
    assert plain_float("9" * 10_000) is None
