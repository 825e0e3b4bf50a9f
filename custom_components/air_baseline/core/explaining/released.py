"""The names under which automations know the fields of an explanation and of a ledger."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

_NAMES: Final = MappingProxyType(
    {
        "code": "kind",
        "correction": "verdict",
        "coverage_28d": "held",
        "excluded_days": "struck_days",
        "other_rooms": "together",
        "pollutant": "quantity",
        "rarity": "rarity_days",
        "scored_days": "marks",
        "sustained": "held",
    }
)


def released(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return fields under their released names: a `dict_factory` of `asdict`."""
    return {_NAMES.get(name, name): value for name, value in fields}
