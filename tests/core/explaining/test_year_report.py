"""The report of a year: everything that is stored is in it, and nothing needs decoding."""

from dataclasses import fields, replace
import json

import pytest

from custom_components.air_baseline.core.day import iso_day
from custom_components.air_baseline.core.explaining.year_report import year_report
from custom_components.air_baseline.core.year.week import Week
from custom_components.air_baseline.core.year.year import NO_YEAR, Bound
from tests.core.rooms import MONDAY, PM25, a_day

# Where to find each field of a week that has another name in the report.
NAMES = {
    "number": "from",
    "seen": "days",
    "hourly": "hourly_days",
    "cells": "parts",
    "peaks": "parts",
    "coverage": "mark",
    "scored": "marked_days",
    "temperatures": "outdoor_temperatures",
    "windows": "days_with_windows_open",
}


def test_everything_stored_of_a_year_is_reported() -> None:
    days = [a_day(MONDAY, coverage=0.8), a_day(MONDAY + 1, outdoor_temperature=-2.5)]
    year = NO_YEAR.with_days((day, 255) for day in [*days, a_day(MONDAY + 9)])
    year = replace(year, room=Bound(0, MONDAY + 3), struck=((MONDAY + 9, 0),), waiting=(days[0],))
    report = year_report(year, PM25)
    assert json.loads(json.dumps(report)) == report
    first, second = report["weeks"]
    assert {NAMES.get(field.name, field.name) for field in fields(Week)} <= set(first)
    assert first["days"] == [iso_day(MONDAY), iso_day(MONDAY + 1)]
    assert first["outdoor_temperatures"] == [-2.5, -2.5]
    assert first["parts"][0]["minutes_at_level"] == {"7.17 to 8.03": 360}
    assert first["parts"][0]["held_15_minutes"] == pytest.approx(8.0, rel=0.03)
    assert (first["counts"], second["counts"]) == (False, False)
    assert report["counts_from"] == iso_day(MONDAY + 3)
    assert report["struck_days"] == [iso_day(MONDAY + 9)]
    assert report["waiting_days"] == [iso_day(MONDAY)]
