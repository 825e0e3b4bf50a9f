"""The past of the demo home as Home Assistant's recorder would have written it.

The tables are made by the recorder's own schema, in the state of a new database, so that the
recorder finds nothing to migrate. What it would have kept (every change of the last days,
five-minute and hourly statistics of all weeks) is there when it starts.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from homeassistant.components.recorder.db_schema import (
    SCHEMA_VERSION,
    Base,
    RecorderRuns,
    SchemaChanges,
    StateAttributes,
    States,
    StatesMeta,
    Statistics,
    StatisticsMeta,
    StatisticsRuns,
    StatisticsShortTerm,
)
from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import STATISTIC_UNIT_TO_UNIT_CONVERTER
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.helpers.json import json_bytes
import numpy as np
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session

from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.home_history.range_statistics import range_statistic_id

from .air import DAY_S, HOUR_S, Array
from .house import House, Measure, Monitor
from .past import Lived

DATABASE: Final = "home-assistant_v2.db"
STATE_DAYS: Final = 10.0  # The recorder keeps states this long by default.
SLOT_DAYS: Final = 45.0
CADENCE_S: Final = 60.0
EARLIER_CADENCE_S: Final = 600.0  # Enough for hourly means, and ten times as fast.
SLOT_S: Final = 300.0


def write(folder: Path, house: House, now: float, lived: Lived | None = None) -> None:
    """Write the database of a home that begins now (POSIX seconds) into its folder.

    If given what the rooms lived through, it also writes the ranges that Air Baseline would have
    recorded.
    """
    engine = create_engine(f"sqlite:///{folder / DATABASE}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        _found(session, house, now)
        for monitor in house.monitors:
            for measure in monitor.measures:
                _record(session, house, monitor, measure, now)
                if lived:
                    _record_usual(session, monitor, measure, lived)
        session.commit()
    engine.dispose()


def _found(session: Session, house: House, now: float) -> None:
    """Record the schema version, when the recorder ran, and what it has compiled."""
    since = min(house.earlier_start(monitor, now) for monitor in house.monitors)
    session.add(SchemaChanges(schema_version=SCHEMA_VERSION))
    session.add(RecorderRuns(start=_utc(since), end=_utc(now), created=_utc(since)))
    session.add(StatisticsRuns(start=_utc(_end_of_slots(now) - SLOT_S)))


def _record(session: Session, house: House, monitor: Monitor, measure: Measure, now: float) -> None:
    """Record one sensor."""
    times = np.arange(np.ceil(monitor.since / SLOT_S) * SLOT_S, now, CADENCE_S)
    levels = house.levels(monitor, measure, times)
    lately = times >= now - STATE_DAYS * DAY_S
    connection = session.connection()
    _record_states(session, monitor, measure, times[lately], levels[lately])
    metadata_id = _statistic(session, monitor.source_id(measure), measure.unit, "recorder")
    slots = _slots(times, levels, _end_of_slots(now))
    recent = slots[slots[:, 0] >= now - SLOT_DAYS * DAY_S]
    _insert_statistics(connection, StatisticsShortTerm.__tablename__, metadata_id, recent, SLOT_S)
    earlier = _earlier_hours(house, monitor, measure, now)
    hours = np.concatenate([earlier, _hours(slots, _end_of_slots(now))])
    _insert_statistics(connection, Statistics.__tablename__, metadata_id, hours, HOUR_S)


def _record_states(
    session: Session, monitor: Monitor, measure: Measure, times: Array, levels: Array
) -> None:
    """Record each change of a sensor."""
    shared = json_bytes(_attributes(monitor, measure))
    attributes = StateAttributes(
        hash=StateAttributes.hash_shared_attrs_bytes(shared), shared_attrs=shared.decode()
    )
    named = StatesMeta(entity_id=monitor.source_id(measure))
    session.add_all((attributes, named))
    session.flush()
    changed = np.append(True, levels[1:] != levels[:-1]) & ~(
        np.isnan(levels) & np.append(False, np.isnan(levels[:-1]))
    )
    last_id = session.query(States.state_id).order_by(States.state_id.desc()).limit(1).scalar() or 0
    states = [
        (
            last_id + number,
            named.metadata_id,
            _shown(measure, level),
            at,
            attributes.attributes_id,
            last_id + number - 1 if number > 1 else None,
            0,
        )
        for number, (at, level) in enumerate(
            zip(times[changed].tolist(), levels[changed].tolist(), strict=True), start=1
        )
    ]
    _insert(
        session.connection(),
        States.__tablename__,
        "state_id, metadata_id, state, last_updated_ts, attributes_id, old_state_id, origin_idx",
        states,
    )


def _attributes(monitor: Monitor, measure: Measure) -> dict[str, str]:
    attributes = {
        "state_class": "measurement",
        "unit_of_measurement": measure.unit,
        "device_class": measure.device_class,
        "friendly_name": f"{monitor.name} monitor {measure.name}",
    }
    return {name: value for name, value in attributes.items() if value}


def _shown(measure: Measure, level: float) -> str:
    """Return the state that Home Assistant shows for a level."""
    if np.isnan(level):
        return STATE_UNAVAILABLE
    return str(int(level) if measure.step >= 1 else level)


def _record_usual(session: Session, monitor: Monitor, measure: Measure, lived: Lived) -> None:
    """Record the usual range of each hour, as Air Baseline would have."""
    usual = lived.lives[monitor.room_id][Pollutant(measure.quantity)].usual
    if usual:
        statistic_id = range_statistic_id(monitor.room_id, Pollutant(measure.quantity))
        metadata_id = _statistic(session, statistic_id, measure.unit, DOMAIN)
        hours = np.array(usual)[:, [0, 2, 1, 3]]
        _insert_statistics(
            session.connection(), Statistics.__tablename__, metadata_id, hours, HOUR_S
        )


def _statistic(session: Session, statistic_id: str, unit: str, source: str) -> int:
    """Describe statistics as the recorder would; return the id of the description."""
    converter = STATISTIC_UNIT_TO_UNIT_CONVERTER.get(unit)
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=None,
        source=source,
        statistic_id=statistic_id,
        unit_class=converter.UNIT_CLASS if converter else None,
        unit_of_measurement=unit or None,
    )
    meta = StatisticsMeta.from_meta(metadata)
    session.add(meta)
    session.flush()
    return meta.id


def _slots(times: Array, levels: Array, end: float) -> Array:
    """Return start, mean, lowest and highest of each full slot with a level: shape (rows, 4)."""
    readings = int(SLOT_S / CADENCE_S)
    full = max(int((end - times[0]) / SLOT_S), 0)
    starts = times[: full * readings : readings]
    level = levels[: full * readings].reshape(full, readings)
    some = ~np.isnan(level).all(axis=1)
    starts, level = starts[some], level[some]
    columns = (starts, np.nanmean(level, 1), np.nanmin(level, 1), np.nanmax(level, 1))
    return np.column_stack(columns)


def _hours(slots: Array, end: float) -> Array:
    """Return the same for each full hour, from its slots as the recorder does it."""
    hour, first, count = np.unique(slots[:, 0] // HOUR_S, return_index=True, return_counts=True)
    if not len(hour):
        return slots
    columns = (
        hour * HOUR_S,
        np.add.reduceat(slots[:, 1], first) / count,
        np.minimum.reduceat(slots[:, 2], first),
        np.maximum.reduceat(slots[:, 3], first),
    )
    return np.column_stack(columns)[(hour + 1) * HOUR_S <= end]


def _earlier_hours(house: House, monitor: Monitor, measure: Measure, now: float) -> Array:
    """Return the hours before a monitor came, none if the house has no earlier years."""
    end = monitor.since // HOUR_S * HOUR_S
    start = house.earlier_start(monitor, now) // HOUR_S * HOUR_S
    times = np.arange(start, end, EARLIER_CADENCE_S, dtype=np.float64)
    if not len(times):
        return np.empty((0, 4))
    levels = house.earlier_levels(monitor, measure, times)
    level = levels.reshape(-1, int(HOUR_S / EARLIER_CADENCE_S))
    some = ~np.isnan(level).all(axis=1)
    starts, level = times[:: level.shape[1]][some], level[some]
    columns = (starts, np.nanmean(level, 1), np.nanmin(level, 1), np.nanmax(level, 1))
    return np.column_stack(columns)


def _insert_statistics(
    connection: Connection, table: str, metadata_id: int, periods: Array, length: float
) -> None:
    rows = [
        (metadata_id, start + length, start, mean, low, high)
        for start, mean, low, high in periods.tolist()
    ]
    columns = "metadata_id, created_ts, start_ts, mean, min, max"
    _insert(connection, table, columns, rows)


def _insert(
    connection: Connection, table: str, columns: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert rows of some columns of a table; they are many, so it bypasses the mapped classes."""
    if rows:
        places = ", ".join("?" for _ in columns.split(","))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
        connection.exec_driver_sql(statement, [*rows])


def _end_of_slots(now: float) -> float:
    return now // SLOT_S * SLOT_S


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
