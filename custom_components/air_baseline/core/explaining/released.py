"""The names by which automations know the fields of an explanation and of a ledger."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

_NAMES: Final = MappingProxyType({"other_rooms": "together"})


def released(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return fields under their released names: a `dict_factory` of `asdict`."""
    return {_NAMES.get(name, name): value for name, value in fields}
