"""What is stored of a question: always the same names, and older forms load."""

import json
from typing import Any

import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.questions import Rise
from custom_components.air_baseline.storage.question_record import QuestionRecord

AT = 1_772_454_600.0
OTHER = Rise(room="01BATH", pollutant=Pollutant.VOC_RATIO, episode=1_772_455_200)
OLDER: dict[str, Any] = {"kind": "source_stuck", "at": AT, "answered": False, "episodes": {}}
ALL = QuestionRecord(
    what="unusual_episode",
    at=AT,
    asked_at=AT + 3.0,
    answered=True,
    hidden_until=AT + 60.0,
    episodes={Pollutant.PM25: int(AT)},
    others=(OTHER,),
)


def test_the_stored_form_is_plain_and_has_all_names_in_one_order() -> None:
    assert json.dumps(ALL.dump()) == (
        '{"kind": "unusual_episode", "at": 1772454600.0, "answered": true,'
        ' "hidden_until": 1772454660.0, "episodes": {"pm25": 1772454600},'
        ' "asked_at": 1772454603.0, "others": [["01BATH", "voc_ratio", 1772455200]]}'
    )
    least = QuestionRecord(what="range_learned", at=AT, asked_at=None)
    assert list(least.dump()) == list(ALL.dump())


@pytest.mark.parametrize("asked_at", [None, AT + 3.0])
def test_what_was_stored_is_loaded_whole(asked_at: float | None) -> None:
    record = QuestionRecord(what="unusual_episode", at=AT, asked_at=asked_at, others=(OTHER,))
    for one in (ALL, record):
        assert QuestionRecord.load(json.loads(json.dumps(one.dump()))) == one


def test_an_older_form_was_asked_when_it_became_true_about_its_own_room() -> None:
    record = QuestionRecord.load(OLDER)
    assert record == QuestionRecord(what="source_stuck", at=AT, asked_at=AT)
    assert QuestionRecord.load(OLDER | {"asked_at": None}).asked_at is None


def test_a_trouble_keeps_the_days_on_which_it_began_for_two_weeks() -> None:
    record = QuestionRecord(what="source_missing", at=AT, asked_at=AT, over_at=AT)
    for day in (739_678, 739_678, 739_679):
        record = record.began(day)
    assert (record.days, record.over_at) == ((739_678, 739_679), None)
    assert [record.repeated, QuestionRecord.load(OLDER).repeated] == [True, False]
    assert record.began(739_692).days == (739_679, 739_692)
    over = QuestionRecord(what="source_missing", at=AT, asked_at=AT, days=(739_678,), over_at=AT)
    assert QuestionRecord.load(json.loads(json.dumps(over.dump()))) == over


def test_what_waits_and_what_is_hidden_is_not_shown() -> None:
    waiting = QuestionRecord(what="range_learned", at=AT, asked_at=None)
    assert not waiting.is_shown_at(AT)
    shown = [ALL.is_shown_at(ALL.hidden_until + after) for after in (-1.0, 0.0)]
    assert shown == [False, True]


def test_after_a_clock_that_was_ahead_no_time_of_a_question_is_in_the_future() -> None:
    now, ahead = 1_772_452_803.0, 1_772_452_803.0 + 365 * 86_400.0
    record = QuestionRecord(
        what="source_missing",
        at=ahead,
        asked_at=ahead,
        hidden_until=ahead + 7 * 86_400.0,
        days=(739_677, 740_042),
        over_at=ahead,
    ).set_back(now)
    assert (record.at, record.asked_at, record.over_at) == (now, now, now)
    assert record.hidden_until == now + 7 * 86_400.0
    assert record.days == (739_677,)
    past = QuestionRecord(what="source_missing", at=now - 5.0, asked_at=None)
    assert past.set_back(now) == past
