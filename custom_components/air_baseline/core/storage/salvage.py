"""What of a damaged channel can be saved: a row or a day that cannot be read costs only itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, override

from .. import checked

UNREADABLE = (ArithmeticError, LookupError, TypeError, ValueError)  # What a wrong value can raise.


class Salvage:
    """Reads rows one by one, and takes those that cannot be read from a good copy.

    `replaced` and `lost` say what could be taken from the copy and what could not, for the log.
    They grow once more when the days are read, which is later.
    """

    def __init__(self, good: object = None) -> None:
        """Take the same channel as the good copy has it, in its stored form, None for none."""
        self._good: Mapping[str, Any] = good if isinstance(good, dict) else {}
        self.replaced: list[str] = []
        self.lost: list[str] = []
        self._told = 0, 0

    def take_notes(self) -> list[str]:
        """Return what was found since the last call, for the log."""
        replaced, lost = self._told
        self._told = len(self.replaced), len(self.lost)
        return [f"{what}, taken from the good copy" for what in self.replaced[replaced:]] + [
            f"{what}, lost" for what in self.lost[lost:]
        ]

    def forget_good(self) -> None:
        """Forget the good copy: all has been read except days, and those know their own."""
        self._good = {}

    def rows[T](
        self, name: str, table: Sequence[Mapping[str, Any]], load: Callable[[Mapping[str, Any]], T]
    ) -> tuple[T, ...]:
        """Return the loaded rows of a table."""
        loaded = []
        for row in table:
            try:
                loaded.append(load(row))
            except UNREADABLE as error:
                what = f"{name} {str(row.get('id'))[:20]}: {error!r}"
                other = self._row(name, row)
                try:
                    loaded.append(load(other))
                    self.replaced.append(what)
                except UNREADABLE:
                    self.lost.append(what)
        return tuple(loaded)

    def days(self, lines: Sequence[str]) -> list[str]:
        """Return the lines of the good copy that differ from these."""
        known, good = frozenset(lines), self._good.get("days")
        found = good if isinstance(good, list) else []
        return [line for line in found if isinstance(line, str) and line not in known]

    def _row(self, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row of the good copy with the id of a row, empty if there is none."""
        try:
            rows = checked.items(self._good[name], len(self._good[name]))
            return next(
                dict(zip(row, values, strict=True))
                for values in rows
                if values[0] == row["id"] and not isinstance(row["id"], bool)
            )
        except (*UNREADABLE, StopIteration):
            return {}


class Strict(Salvage):
    """Refuses a table with a row that cannot be read."""

    @override
    def rows[T](
        self, name: str, table: Sequence[Mapping[str, Any]], load: Callable[[Mapping[str, Any]], T]
    ) -> tuple[T, ...]:
        """Return the loaded rows of a table; raises what `load` raises."""
        return tuple(map(load, table))


STRICT = Strict()
