"""The recorder's functions that are used take and return what they did when this was written.

They are public, but made for Home Assistant's own integrations: a release may change them.
What they do is tested with a real recorder in the other tests of this folder.
"""

from annotationlib import Format
from collections.abc import Callable
import inspect

from homeassistant.components.recorder import Recorder, history, statistics
from homeassistant.components.recorder.models import StatisticData, StatisticMetaData
from homeassistant.helpers import recorder
import pytest

TAKEN: dict[Callable[..., object], set[str]] = {
    history.state_changes_during_period: {
        "hass",
        "start_time",
        "end_time",
        "entity_id",
        "include_start_time_state",
    },
    history.get_significant_states: {
        "hass",
        "start_time",
        "end_time",
        "entity_ids",
        "significant_changes_only",
        "no_attributes",
    },
    statistics.get_metadata: {"hass", "statistic_ids", "statistic_source"},
    statistics.statistics_during_period: {
        "hass",
        "start_time",
        "end_time",
        "statistic_ids",
        "period",
        "units",
        "types",
    },
    statistics.async_add_external_statistics: {"hass", "metadata", "statistics"},
    Recorder.async_clear_statistics: {"self", "statistic_ids"},
    recorder.get_instance: {"hass"},
    recorder.async_migration_in_progress: {"hass"},
    recorder.async_migration_is_live: {"hass"},
}


@pytest.mark.parametrize("function", TAKEN, ids=lambda function: function.__name__)
def test_a_function_takes_what_it_is_given(function: Callable[..., object]) -> None:
    taken = inspect.signature(function, annotation_format=Format.STRING).parameters
    assert TAKEN[function] <= set(taken)


def test_a_row_and_its_metadata_have_the_fields_that_are_written() -> None:
    assert {"start", "min", "mean", "max"} <= set(StatisticData.__annotations__)
    fields = {
        "source",
        "statistic_id",
        "name",
        "unit_of_measurement",
        "unit_class",
        "mean_type",
        "has_sum",
    }
    assert fields <= set(StatisticMetaData.__annotations__)
