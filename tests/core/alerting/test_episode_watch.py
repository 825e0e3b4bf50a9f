"""The life of an episode, followed bin by bin."""

from custom_components.air_baseline.core.alerting.episode import EpisodeWatch
from custom_components.air_baseline.core.ledger.episode import Episode, EpisodeEnd
from custom_components.air_baseline.core.reading.binning import Bin
from tests.core.rooms import MONDAY

SLOT = 5_866_668
H = 12  # Slots in an hour.


def running(peak: float = 60.0) -> EpisodeWatch:
    """Return a watch whose episode began at the end of the slot before SLOT."""
    watch = EpisodeWatch()
    episode = Episode(
        id=SLOT * 300,
        day=MONDAY,
        part=5,
        opened_level=peak,
        alert_level=50.0,
        high=20.0,
        beaten=34,
        compared=34,
        peak=peak,
    )
    watch.open(episode)
    return watch


def follow(watch: EpisodeWatch, first: int, levels: list[float]) -> Episode | None:
    """Follow levels against a range up to 20; return the episode that ended, if any."""
    for slot, concentration in enumerate(levels, start=SLOT + first):
        ended = watch.follow(Bin(slot, concentration, 300.0), concentration, 20.0)
        if ended is not None:
            return ended
    return None


def test_an_episode_ends_after_half_an_hour_inside_the_range() -> None:
    watch = running()
    assert follow(watch, 0, [60.0] * 4 + [20.0] * 5) is None
    ended = follow(watch, 9, [20.0])
    assert ended is not None
    assert (ended.end, ended.outcome) == ((SLOT + 10) * 300.0, EpisodeEnd.RECOVERED)
    assert watch.current is None


def test_a_rise_within_the_half_hour_restarts_it() -> None:
    watch = running()
    assert follow(watch, 0, [20.0] * 5 + [20.1] + [20.0] * 5) is None
    assert follow(watch, 11, [20.0]) is not None


def test_the_peak_is_the_highest_sustained_level() -> None:
    watch = running()
    watch.follow(Bin(SLOT, 300.0, 300.0), 90.0, 20.0)
    watch.follow(Bin(SLOT + 1, 300.0, 300.0), None, 20.0)
    watch.follow(Bin(SLOT + 2, 70.0, 300.0), 70.0, 20.0)
    assert watch.current is not None
    assert watch.current.peak == 90.0


def test_an_episode_can_begin_as_soon_as_another_has_recovered() -> None:
    watch = running()
    assert not watch.may_open
    assert follow(watch, 0, [10.0] * 6) is not None
    assert watch.may_open


def test_a_day_long_episode_is_lasting_and_the_next_needs_six_hours_inside() -> None:
    watch = running()
    assert follow(watch, 0, [60.0] * (24 * H - 1)) is None
    ended = follow(watch, 24 * H - 1, [60.0])
    assert ended is not None
    assert ended.outcome is EpisodeEnd.LASTING
    assert not watch.may_open
    follow(watch, 24 * H, [60.0] * 8 * H + [10.0] * (6 * H - 1))
    assert not watch.may_open
    follow(watch, 38 * H - 1, [60.0] + [10.0] * (6 * H - 1))
    assert not watch.may_open
    follow(watch, 44 * H - 1, [10.0])
    assert watch.may_open


def test_there_is_nothing_to_end_without_an_episode() -> None:
    watch = EpisodeWatch()
    assert watch.end(0.0, EpisodeEnd.UNKNOWN) is None
    assert watch.may_open
