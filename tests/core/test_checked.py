"""Plain JSON values: what is accepted, and what is refused with a sentence."""

from collections.abc import Callable
from contextlib import suppress
from math import inf, isnan, nan
from struct import unpack

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core import checked
from custom_components.air_baseline.core.checked import StoredFormError
from custom_components.air_baseline.core.codes import LearningState
from tests.core.properties import repeatable

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
READERS: dict[str, Callable[[object], object]] = {
    "mapping": checked.mapping,
    "items": lambda data: checked.items(data, 3),
    "rows": lambda data: checked.rows(data, 2, 3),
    "text": checked.text,
    "flag": checked.flag,
    "integer": checked.integer,
    "number": checked.number,
    "concentration": checked.concentration,
    "concentrations": lambda data: checked.concentrations([str(data)], 2, missing=True),
    "share": checked.share,
    "time": checked.time,
    "code": lambda data: checked.code(LearningState, data),
}


@pytest.mark.parametrize("reader", READERS)
@given(data=anything)
@repeatable
def test_whatever_is_stored_is_read_or_refused(reader: str, data: object) -> None:
    with suppress(StoredFormError):
        READERS[reader](data)


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        ("mapping", []),
        ("items", {}),
        ("items", [1, 2, 3, 4]),
        ("rows", [[1, 2], [3]]),
        ("rows", [[1, 2], 3]),
        ("text", 3),
        ("flag", 1),
        ("integer", True),
        ("integer", 1.0),
        ("integer", -1),
        ("integer", 2**53 + 1),
        ("number", True),
        ("number", "1"),
        ("number", nan),
        ("number", inf),
        ("number", 10**400),
        ("concentration", -0.1),
        ("concentration", 1e6 + 1),
        ("concentrations", "1.0"),
        ("concentrations", "1.0,2,3"),
        ("concentrations", "1.0,True"),
        ("concentrations", "1.0,"),
        ("concentrations", "1.0,-0.1"),
        ("concentrations", "1.0,1000001"),
        ("concentrations", "1.0,inf"),
        ("concentrations", f"1.0,1{'0' * 400}"),
        ("share", 1.01),
        ("time", -1.0),
        ("time", 4e10),
        ("code", "confused"),
        ("code", 1),
    ],
)
def test_what_no_version_could_have_written_is_refused(reader: str, data: object) -> None:
    with pytest.raises(StoredFormError):
        READERS[reader](data)


@pytest.mark.parametrize(
    ("reader", "data", "value"),
    [
        ("integer", 2**53, 2**53),
        ("number", -1e6, -1e6),
        ("number", 3, 3.0),
        ("concentration", 0, 0.0),
        ("share", 1.0, 1.0),
        ("flag", False, False),
        ("code", "learned", LearningState.LEARNED),
        ("rows", [[1, 2]], [[1, 2]]),
    ],
)
def test_what_could_have_been_written_is_read(reader: str, data: object, value: object) -> None:
    assert READERS[reader](data) == value


def test_null_means_none_where_that_is_allowed() -> None:
    assert checked.optional(checked.concentration, None) is None
    assert checked.optional(checked.concentration, 5) == 5.0
    with pytest.raises(StoredFormError):
        checked.optional(checked.concentration, "5")


def test_a_table_names_its_columns() -> None:
    data = {"days": [[1, 2], [3, 4]], "days_columns": ["day", "mark"]}
    rows = checked.table(data, "days", ("day", "mark"), 5)
    assert rows == [{"day": 1, "mark": 2}, {"day": 3, "mark": 4}]
    with pytest.raises(StoredFormError, match="columns"):
        checked.table(data, "days", ("mark", "day"), 5)


def test_a_refusal_quotes_only_the_beginning() -> None:
    with pytest.raises(StoredFormError) as refusal:
        checked.flag("x" * 10_000)
    assert len(str(refusal.value)) < 100


def test_levels_are_read_in_rows_and_are_missing_only_where_that_is_allowed() -> None:
    packed = checked.concentrations(["1,2.5", "0,1000000"], 2)
    assert [unpack("<2f", row) for row in packed] == [(1.0, 2.5), (0.0, 1e6)]
    assert checked.concentrations([], 2) == []
    (row,) = checked.concentrations(["-,3"], 2, missing=True)
    missing, known = unpack("<2f", row)
    assert (isnan(missing), known) == (True, 3.0)
    with pytest.raises(StoredFormError):
        checked.concentrations(["-,3"], 2)
