"""When the air was last above or inside a range: what other rooms ask of a channel."""

from .sustained_level import SustainedLevel


class InsideWatch:
    """When the air of a channel was above or inside its learned range, for the other rooms.

    `above_at` is the last POSIX time at which its sustained level was above the range.
    `inside_from` is the POSIX time since which it has been watched without a break and was not
    above. Both are None if not known.
    """

    __slots__ = ("above_at", "inside_from")

    def __init__(self) -> None:
        """Start with nothing known."""
        self.above_at: float | None = None
        self.inside_from: float | None = None

    def take(self, at: float, sustained: SustainedLevel | None, high: float | None) -> None:
        """Note the sustained level up to a POSIX time and the high end of the range (base unit).

        `sustained` is None if it is not known, `high` if no range is learned.
        """
        if sustained is None or high is None:
            self.inside_from = None
        elif sustained.low > high:
            self.above_at, self.inside_from = at, None
        elif self.inside_from is None:
            self.inside_from = at
