"""Rules that are called learning: k-means as monitoring agents run it, and river's own."""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from math import log10
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from river.anomaly import GaussianScorer, HalfSpaceTrees, QuantileFilter
import sklearn
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from benchmarks.series import (
    HOUR,
    WEEK,
    Array,
    Mask,
    Series,
    before,
    on_observed,
    rolling_mean,
    running_mean,
)

# As in Netdata: 18 models, all must agree; two clusters; a point is six means over three
# consecutive slots; far is beyond the 99th percentile. Netdata's windows of 6 h, a new one every
# 3 h, and its differences instead of levels noticed a third of the plumes at the same false
# alarms: the values here suit it better.
MODELS: Final = 18
MODELS_KEPT: Final = 512  # Of 256 days: they stay the same until a plume begins.
TRAINED_ON, STAGGER = 24 * HOUR, 12 * HOUR
SMOOTHED, LAGS = 3, 6
FAR: Final = 0.99
LEAST_POINTS: Final = TRAINED_ON // 2
LEAST_DISTANCE: Final = 0.02  # On logs: a constant history has no distances.
EVERY: Final = 3  # Slots: river gets a sample every 15 min, the mean of the last three slots.
SAMPLED_WEEK: Final = WEEK // EVERY
PACKED_WEEK: Final = SAMPLED_WEEK * np.dtype(np.float64).itemsize
WEEKS_KEPT: Final = 128  # Of both learners: they stay the same until a plume begins.
NINES_END: Final = 1e-16
TREES, HEIGHT, TREE_WINDOW = 10, 6, 672
QUANTILE: Final = 0.999
HIGHEST_LOG: Final = 10.0  # ln(22 000): the trees want features between 0 and 1.


def k_means(series: Series) -> Array:
    """Return the distance from what a model knows, in units of far: the smallest of all models.

    A model is used from the end of its training until 18 newer ones exist.
    """
    points = _points(series.logs)
    known: Mask = np.all(np.isfinite(points), axis=1)
    score = np.full(len(points), np.nan)
    agree = np.full(len(points), np.inf)
    with threadpool_limits(1), sklearn.config_context(assume_finite=True):
        for end in range(TRAINED_ON, len(points), STAGGER):
            window = slice(end - TRAINED_ON, end)
            training = points[window][known[window]]
            used = slice(end, min(end + MODELS * STAGGER, len(points)))
            if len(training) >= LEAST_POINTS:
                agree[used] = np.minimum(agree[used], _distance(training, points[used]))
    usual = on_observed(series.logs, lambda logs: before(running_mean(logs, WEEK)))
    judged = known & np.isfinite(agree)
    score[judged] = np.where(series.logs[judged] > usual[judged], agree[judged], 0.0)
    return score


def _points(logs: Array) -> Array:
    smoothed = rolling_mean(logs, SMOOTHED, 1)
    padded = np.concatenate([np.full(LAGS - 1, np.nan), smoothed])
    return sliding_window_view(padded, LAGS)


def _distance(training: Array, points: Array) -> Array:
    centres, far = _model(training.tobytes())
    return _nearest(points, centres) / far


@lru_cache(maxsize=MODELS_KEPT)
def _model(packed: bytes) -> tuple[Array, float]:
    """Return the centres of points, and the distance from them that is far."""
    training = np.frombuffer(packed).reshape(-1, LAGS)
    if np.array_equal(training, np.broadcast_to(training[0], training.shape)):
        return training[:1], LEAST_DISTANCE
    order = np.argsort(training.sum(axis=1), kind="stable")
    start = training[order[[0, -1]]]
    model = KMeans(n_clusters=2, init=start, n_init=1, max_iter=20, tol=1e-2).fit(training)
    centres: Array = model.cluster_centers_
    far = float(np.quantile(_nearest(training, centres), FAR))
    return centres, max(far, LEAST_DISTANCE)


def _nearest(points: Array, centres: Array) -> Array:
    away = [points - centre for centre in centres]
    squares = np.minimum.reduce([np.einsum("ij,ij->i", one, one) for one in away])
    distances: Array = np.sqrt(squares)
    return distances


class _Gaussian:
    """River's GaussianScorer over 7 days of logs; its scores as nines: 0.999 is 3."""

    def __init__(self) -> None:
        self.detector = GaussianScorer(window_size=SAMPLED_WEEK, grace_period=SAMPLED_WEEK // 7)

    def take(self, level: float) -> float:
        score = self.detector.score_one(None, level)
        self.detector.learn_one(None, level)
        return -log10(max(1.0 - score, NINES_END))


class _Trees:
    """River's HalfSpaceTrees; scores above the quantile that its QuantileFilter keeps."""

    def __init__(self) -> None:
        trees = HalfSpaceTrees(n_trees=TREES, height=HEIGHT, window_size=TREE_WINDOW, seed=1)
        self.chosen = QuantileFilter(trees, q=QUANTILE, protect_anomaly_detector=False)

    def take(self, level: float) -> float:
        features = {"level": min(level / HIGHEST_LOG, 1.0)}
        score: float = self.chosen.score_one(features) - (self.chosen.quantile.get() or 1.0)
        self.chosen.learn_one(features)
        return score


type _Learner = _Gaussian | _Trees


def gaussian(series: Series) -> Array:
    """Return river's GaussianScorer over 7 days of logs, as nines: 0.999 is 3."""
    return _sampled(series, lambda levels: _scores(_Gaussian, levels), 0.0)


def half_space_trees(series: Series) -> Array:
    """Return river's HalfSpaceTrees score above the quantile that its QuantileFilter keeps."""
    return _sampled(series, lambda levels: _scores(_Trees, levels), -1.0)


def _scores(learner: Callable[[], _Learner], levels: Array) -> Array:
    """Return the score of each level by a learner that knows the levels before it."""
    whole = len(levels) // SAMPLED_WEEK * SAMPLED_WEEK
    known, scores = _after_weeks(learner, levels[:whole].tobytes())
    known = deepcopy(known)
    return np.concatenate([scores, [known.take(level) for level in levels[whole:].tolist()]])


@lru_cache(maxsize=WEEKS_KEPT)
def _after_weeks(learner: Callable[[], _Learner], packed: bytes) -> tuple[_Learner, Array]:
    """Return a learner that has seen whole weeks, and its scores; do not change either."""
    if not packed:
        return learner(), np.zeros(0)
    earlier, week = packed[:-PACKED_WEEK], np.frombuffer(packed[-PACKED_WEEK:])
    known, scores = _after_weeks(learner, earlier)
    known = deepcopy(known)
    return known, np.concatenate([scores, [known.take(level) for level in week.tolist()]])


def _sampled(series: Series, compute: Callable[[Array], Array], calm: float) -> Array:
    """Return a score that is computed every 15 min and holds until the next one.

    Where the air is not above the mean of its week, the score is `calm`.
    """
    logs = rolling_mean(series.logs, EVERY, EVERY - 1)[EVERY - 1 :: EVERY]
    scores = on_observed(logs, compute)
    usual = on_observed(logs, lambda known: before(running_mean(known, WEEK // EVERY)))
    scores[logs <= usual] = calm
    held = np.full(len(series.levels), np.nan)
    held[EVERY - 1 :] = np.repeat(scores, EVERY)[: len(held) - EVERY + 1]
    return held
