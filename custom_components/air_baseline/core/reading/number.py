"""A number as text: plain decimal or exponent notation, and nothing else."""

from math import isfinite


def plain_float(text: str) -> float | None:
    """Return the finite number that a text is in plain ASCII notation, None for anything else.

    `float` alone also takes underscores, the digits of every script, infinity and NaN.

    >>> plain_float("12.5"), plain_float(" -1e3 "), plain_float("1_000"), plain_float("٣")
    (12.5, -1000.0, None, None)
    """
    if "_" in text or not text.isascii():
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
