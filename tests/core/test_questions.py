"""What a home is asked once, and what is known of the other rooms when one of them rises."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from hypothesis import given, strategies as st
import pytest

from custom_components.air_baseline.core.codes import OtherRooms
from custom_components.air_baseline.core.day import DAY_S, day_start
from custom_components.air_baseline.core.ledger.episode import Episode
from custom_components.air_baseline.core.other_rooms import (
    MOST_ROOMS,
    SAME_RISE_S,
    OtherChannel,
    OtherRoomsFinding,
    find_other_rooms,
)
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.core.questions import (
    QUESTIONS_A_DAY,
    AskedQuestion,
    Plan,
    Question,
    Topic,
    about_episode,
    plan,
    questions_left,
)
from tests.core.properties import repeatable
from tests.core.rooms import MONDAY

T0 = int(day_start(MONDAY, UTC))
MINUTE, HOUR = 60, 3600


def episode(at: int, **given: object) -> Episode:
    plain = Episode(
        id=at,
        day=MONDAY,
        part=0,
        opened_level=60.0,
        alert_level=50.0,
        high=12.0,
        beaten=34,
        compared=34,
        peak=64.0,
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def rise(room: str, at: int, pollutant: Pollutant = Pollutant.PM25) -> Question:
    return about_episode(room, pollutant, episode(at))


def learned(room: str, at: int) -> Question:
    return Question(topic=Topic.RANGE_LEARNED, room=room, epoch=0, at=float(at))


def suspected(room: str, pollutant: Pollutant, at: int, epoch: int) -> Question:
    return Question(
        topic=Topic.CHANGE_SUSPECTED, room=room, pollutant=pollutant, epoch=epoch, at=float(at)
    )


class Asker:
    """A home that asks and remembers its questions as the module says."""

    def __init__(self) -> None:
        self.asked: list[AskedQuestion] = []
        self.plans: list[Plan] = []

    def offer(self, now: float, *offered: Question) -> Plan:
        what = plan(offered, self.asked, now, UTC)
        joined = {question.key: question for question in what.joined}
        gone = {question.key for question in what.replaced}
        self.asked = [
            replace(
                item,
                question=joined.get(item.question.key, item.question),
                answered=item.answered or item.question.key in gone,
            )
            for item in self.asked
        ]
        self.asked += [AskedQuestion(question=question, asked_at=now) for question in what.ask]
        self.plans.append(what)
        return what

    def answer_all(self) -> None:
        self.asked = [replace(item, answered=True) for item in self.asked]

    @property
    def open(self) -> list[Question]:
        return [item.question for item in self.asked if not item.answered]


def rooms(questions: Sequence[Question]) -> list[tuple[str, ...]]:
    return [question.rooms for question in questions]


def test_two_pollutants_of_a_room_within_the_hour_are_one_question() -> None:
    what = plan([rise("kitchen", T0), rise("kitchen", T0 + HOUR, Pollutant.VOC_RATIO)], [], T0, UTC)
    (one,) = what.ask
    assert one.rooms == ("kitchen",)
    assert [(known.pollutant, known.episode) for known in one.rises] == [
        (Pollutant.PM25, T0),
        (Pollutant.VOC_RATIO, T0 + HOUR),
    ]


def test_two_pollutants_further_apart_are_two_questions() -> None:
    voc = rise("kitchen", T0 + HOUR + 1, Pollutant.VOC_RATIO)
    asker = Asker()
    asker.offer(T0, rise("kitchen", T0))
    asker.answer_all()
    assert asker.offer(T0 + HOUR + 1, rise("kitchen", T0), voc).ask == (voc,)


@pytest.mark.parametrize("at_once", [True, False])
def test_rooms_that_rise_within_the_hour_are_one_question(at_once: bool) -> None:  # noqa: FBT001
    rises = [rise(room, T0 + after * MINUTE) for room, after in (("a", 0), ("b", 25), ("c", 60))]
    asker = Asker()
    if at_once:
        asker.offer(T0 + HOUR, *reversed(rises))
    else:
        for number, one in enumerate(rises, start=1):
            asker.offer(one.at, *rises[:number])
    (one,) = asker.open
    assert one.rooms == ("a", "b", "c")
    assert one.key == rises[0].key, "the question keeps its id"


def test_the_hour_counts_from_the_first_room_so_that_no_chain_lasts_all_day() -> None:
    rises = [rise(room, T0 + after * MINUTE) for room, after in (("a", 0), ("b", 50), ("c", 100))]
    assert rooms(plan(rises, [], T0 + 2 * HOUR, UTC).ask) == [("a", "b"), ("c",)]


def test_a_late_rise_does_not_join_an_answered_question() -> None:
    asker = Asker()
    asker.offer(T0, rise("a", T0))
    asker.answer_all()
    assert rooms(asker.offer(T0 + MINUTE, rise("b", T0 + MINUTE)).ask) == [("b",)]


def test_a_newer_question_replaces_an_open_one_about_the_same_room() -> None:
    asker = Asker()
    asker.offer(T0, rise("a", T0))
    later = rise("a", T0 + 7 * HOUR)
    what = asker.offer(later.at, rise("a", T0), later)
    assert (what.ask, what.replaced) == ((later,), (rise("a", T0),))
    assert asker.open == [later]


def test_a_question_that_is_also_about_another_room_stays() -> None:
    asker = Asker()
    asker.offer(T0, rise("a", T0), rise("b", T0))
    what = asker.offer(T0 + 7 * HOUR, rise("a", T0 + 7 * HOUR))
    assert what.replaced == ()
    assert rooms(asker.open) == [("a", "b"), ("a",)]


def test_joining_can_make_an_older_question_obsolete() -> None:
    asker = Asker()
    asker.offer(T0, rise("a", T0))
    asker.offer(T0 + 8 * HOUR, rise("b", T0 + 8 * HOUR))
    what = asker.offer(T0 + 8 * HOUR + 60, rise("a", T0 + 8 * HOUR + 60))
    assert (what.ask, rooms(what.joined), what.replaced) == ((), [("b", "a")], (rise("a", T0),))


def test_a_suspected_change_replaces_an_older_one_of_its_channel_only() -> None:
    asker = Asker()
    asker.offer(
        T0, suspected("a", Pollutant.PM25, T0, 1), suspected("a", Pollutant.VOC_RATIO, T0, 1)
    )
    newer = suspected("a", Pollutant.PM25, T0 + HOUR, 2)
    assert asker.offer(T0 + HOUR, newer).replaced == (suspected("a", Pollutant.PM25, T0, 1),)


def test_topics_do_not_replace_one_another() -> None:
    asker = Asker()
    asker.offer(T0, learned("a", T0))
    assert asker.offer(T0 + HOUR, rise("a", T0 + HOUR)).replaced == ()


def test_the_fourth_question_waits_for_the_next_day_and_the_oldest_goes_first() -> None:
    offers = [learned(room, T0 + index) for index, room in enumerate("dcba")]
    asker = Asker()
    assert asker.offer(T0 + 10, *reversed(offers)).waiting == (offers[3],)
    assert rooms(asker.open) == [("d",), ("c",), ("b",)]
    late_that_day = T0 + DAY_S - 1.0
    assert asker.offer(late_that_day, *offers).waiting == (offers[3],)
    assert asker.offer(late_that_day + 1.0, *offers).ask == (offers[3],)


def test_an_answer_frees_no_place_but_joining_needs_none() -> None:
    asker = Asker()
    asker.offer(T0, *(learned(room, T0) for room in "abc"))
    asker.answer_all()
    assert rooms(asker.offer(T0 + 1, rise("a", T0)).waiting) == [("a",)]
    asker = Asker()
    asker.offer(T0, learned("a", T0), learned("b", T0), rise("a", T0))
    assert rooms(asker.offer(T0 + 60, rise("b", T0 + 60)).joined) == [("a", "b")]


def test_what_is_reported_takes_a_place_of_the_day() -> None:
    offers = [learned(room, T0) for room in "abc"]
    yesterday, today = T0 - 1.0, float(T0)
    planned = plan(offers, [], T0, UTC, reported=[yesterday, today, today])
    assert (planned.ask, planned.waiting) == ((offers[0],), tuple(offers[1:]))
    asked = [AskedQuestion(question=learned("d", T0), asked_at=today, answered=True)]
    assert plan(offers, asked, T0, UTC, reported=[today, today]).ask == ()


def test_what_must_wait_replaces_nothing_yet() -> None:
    older, newer = rise("a", T0), rise("a", T0 + 7 * HOUR)
    asked = [AskedQuestion(question=older, asked_at=float(T0))]
    full = [float(T0)] * 2
    planned = plan([newer], asked, T0 + 7 * HOUR, UTC, reported=full)
    assert (planned.waiting, planned.replaced) == ((newer,), ())
    planned = plan([newer], asked, T0 + DAY_S, UTC, reported=full)
    assert (planned.ask, planned.replaced) == ((newer,), (older,))


def test_three_are_left_of_a_new_day_and_never_fewer_than_none() -> None:
    times = [float(T0)] * QUESTIONS_A_DAY
    left = [questions_left(times[:asked], T0, UTC) for asked in range(4)]
    assert left == [3, 2, 1, 0]
    assert questions_left([*times, *times], T0 + DAY_S - 1.0, UTC) == 0
    assert questions_left([*times, *times], T0 + DAY_S, UTC) == 3


def test_a_waiting_question_is_dropped_once_a_newer_one_covers_it() -> None:
    asker = Asker()
    asker.offer(T0, *(learned(room, T0) for room in "abc"))
    waiting, newer = rise("a", T0 + HOUR), rise("a", T0 + DAY_S)
    assert asker.offer(T0 + HOUR, waiting).waiting == (waiting,)
    assert asker.offer(T0 + DAY_S, waiting, newer).ask == (newer,)
    assert asker.offer(T0 + DAY_S + 1, waiting, newer) == Plan()


def test_what_is_left_of_a_question_is_about_the_rooms_that_are_left() -> None:
    both = rise("a", T0).with_rises(rise("b", T0 + 60))
    left = both.within(["b", "c"])
    assert left is not None
    assert (left.rooms, left.epoch, left.at) == (("b",), T0 + 60, float(T0))
    assert both.within(["a", "b"]) == both
    assert both.within(["c"]) is None


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, Question]]:
    """Return offers with the time at which each is first made, in that order."""
    made = []
    for _ in range(draw(st.integers(1, 25))):
        at = T0 + draw(st.integers(0, 3 * 24 * 12)) * 5 * MINUTE
        room, pollutant = draw(st.sampled_from("abcd")), draw(st.sampled_from(list(Pollutant)[:2]))
        one = draw(st.sampled_from([rise(room, at, pollutant), learned(room, at)]))
        made.append((at + draw(st.integers(0, 10)) * MINUTE, one))
    return sorted(made, key=lambda pair: pair[0])


@given(history=histories(), answers=st.lists(st.booleans(), min_size=25, max_size=25))
@repeatable
def test_whatever_happens_each_thing_is_asked_once_and_at_most_three_a_day(
    history: list[tuple[int, Question]], answers: list[bool]
) -> None:
    asker = Asker()
    for index, (now, _) in enumerate(history):
        asker.offer(now, *(one for _, one in history[: index + 1]))
        if answers[index]:
            asker.answer_all()
    days = Counter((item.asked_at - T0) // DAY_S for item in asker.asked)
    assert max(days.values()) <= QUESTIONS_A_DAY
    rises = [known.identity for item in asker.asked for known in item.question.rises]
    assert len(set(rises)) == len(rises)
    keys = [item.question.key for item in asker.asked]
    assert len(set(keys)) == len(keys)
    for item in asker.asked:
        times = [known.episode for known in item.question.rises]
        assert all(abs(at - item.question.at) <= SAME_RISE_S for at in times)
    offered = {known.identity for _, one in history for known in one.rises}
    assert set(rises) <= offered


@given(data=st.data(), after=st.lists(st.integers(0, 300), min_size=1, max_size=12))
@repeatable
def test_the_order_of_the_offers_does_not_matter(data: st.DataObject, after: list[int]) -> None:
    offers = [rise(f"room{index}", T0 + minutes * MINUTE) for index, minutes in enumerate(after)]
    shuffled = data.draw(st.permutations(offers))
    assert plan(shuffled, [], T0, UTC) == plan(offers, [], T0, UTC)


type Seen = tuple[float | None, float | None]  # Above its range at, inside it since.

INSIDE: Seen = None, T0 - SAME_RISE_S
ABOVE: Seen = T0 - 600.0, None
UNSEEN: Seen = None, None


def another_room(room: str, seen: Seen, pollutant: Pollutant = Pollutant.PM25) -> OtherChannel:
    return OtherChannel(room=room, pollutant=pollutant, above_at=seen[0], inside_from=seen[1])


def of(*others: OtherChannel, known: OtherRoomsFinding | None = None) -> OtherRoomsFinding:
    return find_other_rooms("kitchen", Pollutant.PM25, T0, others, known or OtherRoomsFinding())


def test_only_this_room_rose_if_all_others_were_seen_to_stay_inside() -> None:
    found = of(another_room("bedroom", INSIDE), another_room("study", INSIDE))
    assert found == OtherRoomsFinding(
        other_rooms=OtherRooms.ONLY_THIS_ROOM, rooms=("bedroom", "study")
    )


@pytest.mark.parametrize(
    "other",
    [
        UNSEEN,
        (None, T0 - SAME_RISE_S + 1.0),
        (T0 - SAME_RISE_S - 1.0, T0 - SAME_RISE_S + 300.0),
        (T0 + SAME_RISE_S + 1.0, None),
    ],
)
def test_one_room_that_was_not_seen_leaves_it_unknown(
    other: Seen,
) -> None:
    assert of(another_room("bedroom", INSIDE), another_room("study", other)) == OtherRoomsFinding()


@pytest.mark.parametrize("pollutant", Pollutant)
def test_one_room_above_its_range_is_enough_to_call_it_shared(pollutant: Pollutant) -> None:
    found = of(another_room("bedroom", UNSEEN), another_room("study", ABOVE, pollutant))
    assert found == OtherRoomsFinding(other_rooms=OtherRooms.SHARED, rooms=("study",))


@pytest.mark.parametrize("above_at", [T0 - SAME_RISE_S, T0 + SAME_RISE_S])
def test_both_ends_of_the_hour_belong_to_it(above_at: float) -> None:
    found = of(another_room("study", (above_at, None)))
    assert found.other_rooms is OtherRooms.SHARED


def test_a_room_is_not_one_of_its_other_rooms() -> None:
    assert of(another_room("kitchen", ABOVE, Pollutant.VOC_RATIO)) == OtherRoomsFinding()
    assert of() == OtherRoomsFinding()


def test_voc_in_other_rooms_says_nothing_about_particles() -> None:
    assert of(another_room("bedroom", INSIDE, Pollutant.VOC_RATIO)) == OtherRoomsFinding()
    voc = find_other_rooms(
        "kitchen",
        Pollutant.VOC_INDEX,
        T0,
        [another_room("bedroom", INSIDE, Pollutant.VOC_RATIO)],
        OtherRoomsFinding(),
    )
    assert voc.other_rooms is OtherRooms.ONLY_THIS_ROOM


def test_a_shared_rise_stays_shared_and_more_rooms_can_follow() -> None:
    first = of(another_room("bedroom", ABOVE))
    again = of(another_room("bedroom", INSIDE), another_room("study", ABOVE), known=first)
    assert again == OtherRoomsFinding(other_rooms=OtherRooms.SHARED, rooms=("bedroom", "study"))


def test_only_this_room_is_withdrawn_when_another_follows() -> None:
    alone = of(another_room("bedroom", INSIDE))
    assert of(another_room("bedroom", ABOVE), known=alone).other_rooms is OtherRooms.SHARED


def test_of_many_rooms_that_rose_a_few_are_kept_and_only_those_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If each of a thousand rooms looked at all the others, that would be a million looks."""
    others = [another_room(f"room {number}", ABOVE) for number in range(1000)]
    looks = counted(monkeypatch, OtherChannel, "rose")
    found = of(*others)
    assert found.other_rooms is OtherRooms.SHARED
    assert found.rooms == tuple(f"room {number}" for number in range(MOST_ROOMS))
    assert of(*others, known=found) == found
    assert sum(looks) <= MOST_ROOMS + 1


def test_of_many_rooms_that_stayed_inside_a_few_are_kept() -> None:
    found = of(*(another_room(f"room {number}", INSIDE) for number in range(1000)))
    assert found.other_rooms is OtherRooms.ONLY_THIS_ROOM
    assert len(found.rooms) == MOST_ROOMS


def test_hundreds_of_waiting_questions_are_not_each_compared_with_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers = [learned(f"room {number}", T0 + number) for number in range(500)]
    compared = counted(monkeypatch, Question, "supersedes")
    planned = plan(offers, [], T0 + 1000, UTC)
    assert len(planned.waiting) == 500 - QUESTIONS_A_DAY
    assert sum(compared) <= 2 * len(offers)


def test_hundreds_of_rooms_that_rise_at_once_are_put_in_order_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers = [rise(f"room {number}", T0 + number % 600) for number in range(500)]
    sorts = counted(monkeypatch, Question, "with_rises")
    (question,) = plan(offers, [], T0 + 1000, UTC).ask
    assert len(question.rises) == 500
    assert [one.episode for one in question.rises] == sorted(T0 + one % 600 for one in range(500))
    assert sum(sorts) == 1


def counted(monkeypatch: pytest.MonkeyPatch, of_class: type, name: str) -> list[int]:
    """Return a list that gets longer with each call of a method."""
    called, calls = getattr(of_class, name), list[int]()

    def note(*given: object) -> object:
        calls.append(1)
        return called(*given)

    monkeypatch.setattr(of_class, name, note)
    return calls
