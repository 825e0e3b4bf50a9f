"""What holds for any order of readings, losses and passing time."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import fmean

from hypothesis import given, strategies as st

from custom_components.air_baseline.core.reading.binning import Bin, Binner
from custom_components.air_baseline.core.reading.cadence import LONGEST_HOLD_S, Cadence
from tests.core.properties import repeatable

T0 = 1_760_000_400
type Call = tuple[int, float | str | None]  # A time and a level, None for a loss, or "advance".

inputs = st.one_of(st.integers(0, 200).map(lambda cell: cell / 4.0), st.none(), st.just("advance"))
forward = st.sampled_from([0, 1, 30, 59, 60, 61, 299, 300, 301, 1800, 5000, 30_000])
backward = st.sampled_from([-1, -299, -300, -301, -5000, -30_000])


def calls(steps: st.SearchStrategy[int]) -> st.SearchStrategy[list[Call]]:
    made = st.lists(st.tuples(steps, inputs), min_size=1, max_size=40)
    return made.map(
        lambda pairs: list(
            zip(
                accumulate((step for step, _ in pairs), initial=T0),
                (what for _, what in pairs),
                strict=False,
            )
        )
    )


def feed(binner: Binner, at: int, what: float | str | None) -> Sequence[Bin]:
    if what == "advance":
        return binner.advance(at)
    if what is None:
        return binner.lose(at)
    assert isinstance(what, float)
    return binner.read(at, what)


def by_the_second(made: list[Call]) -> list[tuple[int, float, int]]:
    """Step through every second with the value that then applied; return slot, mean, seconds."""
    seconds: dict[int, list[float]] = defaultdict(list)
    cadence, last = Cadence(), None
    concentration, read_at, until, now = None, None, 0, made[0][0]
    for at, what in made:
        if concentration is not None:
            for second in range(now, min(at, until)):
                seconds[second // 300].append(concentration)
        now = at
        if what is None:
            concentration = read_at = None
        elif isinstance(what, float):
            if read_at is not None and last is not None and at > read_at:
                cadence.note(at - read_at, what - last)
            hold = LONGEST_HOLD_S if cadence.changes_only else cadence.hold_limit_s
            concentration, last, read_at, until = what, what, at, int(at + hold)
    return [
        (slot, fmean(levels), len(levels))
        for slot, levels in sorted(seconds.items())
        if len(levels) >= 60 and (slot + 1) * 300 <= now
    ]


@given(made=calls(forward))
@repeatable
def test_bins_match_a_count_of_every_second(made: list[Call]) -> None:
    binner = Binner()
    bins = [bin_ for at, what in made for bin_ in feed(binner, at, what)]
    expected = by_the_second(made)
    assert [bin_.slot for bin_ in bins] == [slot for slot, _, _ in expected]
    assert [bin_.observed_s for bin_ in bins] == [seconds for _, _, seconds in expected]
    for bin_, (_, mean, _) in zip(bins, expected, strict=True):
        assert abs(bin_.value - mean) < 1e-9


@given(made=calls(st.one_of(forward, backward)))
@repeatable
def test_time_is_counted_once_and_in_order_whatever_the_clock_does(made: list[Call]) -> None:
    binner = Binner()
    bins = [bin_ for at, what in made for bin_ in feed(binner, at, what)]
    levels = [what for _, what in made if isinstance(what, float)]
    for earlier, later in pairwise(bins):
        assert earlier.slot < later.slot
    for bin_ in bins:
        assert min(levels) <= bin_.value <= max(levels)
        assert 60.0 <= bin_.observed_s <= 300.0
    elapsed = max(at for at, _ in made) - made[0][0]
    assert sum(bin_.observed_s for bin_ in bins) <= elapsed


@given(made=calls(forward), extra=st.lists(st.integers(0, 100_000), max_size=20))
@repeatable
def test_advancing_time_in_between_changes_nothing(made: list[Call], extra: list[int]) -> None:
    plain, watched = Binner(), Binner()
    last = made[-1][0]
    moments = sorted(T0 + after for after in extra if T0 + after <= last)
    expected = [bin_ for at, what in made for bin_ in feed(plain, at, what)]
    found: list[Bin] = []
    for at, what in made:
        while moments and moments[0] <= at:
            found += watched.advance(moments.pop(0))
        found += feed(watched, at, what)
    assert found == expected
