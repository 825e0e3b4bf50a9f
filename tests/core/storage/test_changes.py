"""What changed in rows and values since they were stored, and both together again."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.storage.changes import (
    changed_rows,
    changed_values,
    marks_by_name,
    marks_of,
    with_changed_rows,
    with_changed_values,
)
from tests.core.properties import repeatable

rows = st.lists(st.sampled_from(["a", "b", "c", "d", [1, None], [1, 2.5]]), max_size=12)
values = st.dictionaries(
    st.sampled_from("xyz"),
    st.none() | st.integers(0, 2) | st.dictionaries(st.sampled_from("pq"), st.integers(0, 2)),
)


@given(stored=rows, now=rows)
@repeatable
def test_stored_rows_and_their_changes_make_the_rows_of_now(
    stored: list[Any], now: list[Any]
) -> None:
    assert with_changed_rows(stored, changed_rows(now, marks_of(stored)), 12) == now


@given(stored=values, now=values)
@repeatable
def test_stored_values_and_their_changes_make_the_values_of_now(
    stored: dict[str, Any], now: dict[str, Any]
) -> None:
    assert with_changed_values(stored, changed_values(now, marks_by_name(stored))) == now


def test_what_is_unchanged_takes_two_numbers_and_what_is_new_only_itself() -> None:
    stored = [f"day {number}" for number in range(90)]
    assert changed_rows([*stored[1:], "new"], marks_of(stored)) == [[1, 90], ["new"]]
    known = {"ranges": [1.0] * 99, "bar": {"before": 1.0, "scores": [2.0] * 99}}
    now = known | {"bar": known["bar"] | {"before": 3.0}}  # type: ignore[operator]
    assert changed_values(now, marks_by_name(known)) == {"some": {"bar.before": 3.0}}


@pytest.mark.parametrize(
    "changes",
    [None, 7, {}, [7], [[]], [[0, 1, 2]], [[0, 9]], [[-1, 2]], [["0", 1]], [[0, 3]] * 5],
)
def test_changes_of_rows_that_cannot_have_been_written_are_refused(changes: object) -> None:
    with pytest.raises(StoredFormError):
        with_changed_rows(["a", "b", "c"], changes, 10)


@pytest.mark.parametrize(
    "changed", [None, [], {}, {"all": 7}, {"some": []}, {"some": {"none.x": 1}}]
)
def test_changes_of_values_that_cannot_have_been_written_are_refused(changed: object) -> None:
    with pytest.raises((StoredFormError, KeyError)):
        with_changed_values({"x": 1}, changed)
