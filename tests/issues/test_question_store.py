"""A question makes the id of its repair and its record, and both make the question."""

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.questions import Question, Rise, Topic
from custom_components.air_baseline.issues.question_store import (
    issue_id_of,
    question_of,
    record_of,
)
from custom_components.air_baseline.storage.question_record import QuestionRecord
from tests.core.properties import repeatable

ROOMS = ("01KITCHEN", "01BATH", "01DEN")
AT = 1_772_454_600


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Return a question as the integration makes them."""
    room, topic = draw(st.sampled_from(ROOMS)), draw(st.sampled_from(list(Topic)))
    epoch = draw(st.integers(0, AT))
    if topic is Topic.RANGE_LEARNED:
        return Question(topic=topic, room=room, epoch=epoch, at=float(AT))
    if topic in (Topic.CHANGE_SUSPECTED, Topic.SLOW_CHANGE):
        pollutant = draw(st.sampled_from(list(Pollutant)))
        return Question(topic=topic, room=room, pollutant=pollutant, epoch=epoch, at=float(AT))
    channels = st.tuples(st.sampled_from(ROOMS), st.sampled_from(list(Pollutant)))
    first = room, draw(st.sampled_from(list(Pollutant)))
    later = draw(st.sets(channels)) - {first}
    rises = [Rise(room=room, pollutant=first[1], episode=AT)] + [
        Rise(room=other, pollutant=pollutant, episode=AT + draw(st.integers(1, 3600)))
        for other, pollutant in sorted(later)
    ]
    rises.sort(key=lambda rise: (rise.episode, *rise.channel))
    return Question(topic=topic, room=room, epoch=AT, at=float(AT), rises=tuple(rises))


@given(question=questions(), asked_at=st.sampled_from([None, AT + 3.0]))
@repeatable
def test_a_question_is_what_its_id_and_its_record_say(
    question: Question, asked_at: float | None
) -> None:
    record = QuestionRecord.load(record_of(question, asked_at, None).dump())
    assert (record.at, record.asked_at, record.answered) == (question.at, asked_at, False)
    assert question_of(question.room, issue_id_of(question), record) == question


@given(question=questions())
@repeatable
def test_more_about_a_question_changes_nothing_of_what_came_of_it(question: Question) -> None:
    known = QuestionRecord(
        what=question.topic, at=AT - 60.0, asked_at=None, answered=True, hidden_until=AT + 60.0
    )
    record = record_of(question, AT + 3.0, known)
    assert (record.at, record.answered, record.hidden_until) == (AT - 60.0, True, AT + 60.0)
    assert record.asked_at == AT + 3.0


@pytest.mark.parametrize(
    ("what", "issue_id"),
    [
        ("source_missing", "source_missing_01BATH_pm25"),
        ("weather", "unusual_episode_01BATH_1"),
        ("unusual_episode", "unusual_episode_x"),
        ("unusual_episode", "unusual_episode_01BATH_01"),
        ("unusual_episode", "unusual_episode_01DEN_1"),
        ("unusual_episode", "range_learned_01BATH_1"),
        ("change_suspected", "change_suspected_01BATH_radon_1"),
        ("range_learned", "1"),
    ],
)
def test_a_report_about_a_source_and_a_damaged_id_make_no_question(
    what: str, issue_id: str
) -> None:
    assert question_of("01BATH", issue_id, QuestionRecord(what=what, at=1.0, asked_at=1.0)) is None
