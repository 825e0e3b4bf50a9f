"""The equations of the typical range written out in plain Python, slowly."""

from collections.abc import Sequence
from itertools import accumulate

from core.digest import Digest, decode_counts
from core.quantity import Prior

type Law = list[float]  # Shares of the histogram levels.
type Weighed = Sequence[tuple[float, Digest]]


def shares(digest: Digest, part: int) -> Law:
    """Return the share of a part spent at each level; sums to the observed share."""
    counts = decode_counts(digest.histogram)[part]
    return [count / digest.slots[part] for count in counts]


def laws(days: Weighed, prior: Prior | None) -> list[Law]:
    """Return F_p of each part: homes count as five days of the room, the room of the part."""
    sums = [[0.0] * 100 for _ in range(8)]
    for weight, digest in days:
        for part in range(8):
            for level, share in enumerate(shares(digest, part)):
                sums[part][level] += weight * share
    seen = [sum(part) for part in sums]
    homes = prior.shares() if prior else (0.0,) * 100
    k0 = 5.0 if prior else 0.0
    room = [
        (sum(part[level] for part in sums) / 8.0 + k0 * homes[level]) / (sum(seen) / 8.0 + k0)
        for level in range(100)
    ]
    return [
        [(sums[part][level] + 5.0 * room[level]) / (seen[part] + 5.0) for level in range(100)]
        for part in range(8)
    ]


def quantile(law: Law, probability: float) -> float:
    """Walk up the levels until the probability is reached, evenly within a level."""
    target = probability * sum(law)
    below = 0.0
    for level, mass in enumerate(law):
        if mass > 0.0 and below + mass >= target:
            return 0.1 * (level + (target - below) / mass)
        below += mass
    return 10.0


def dial(marks: Sequence[float]) -> float:
    """Turn the dial a twentieth of each miss of the target, from the 14th mark on."""
    turned = accumulate(
        marks[13:],
        lambda theta, mark: max(-0.20, min(0.18, theta + 0.05 * (0.80 - mark))),
        initial=0.0,
    )
    return list(turned)[-1]
