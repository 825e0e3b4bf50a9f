"""Every page of every repair has its texts, and every text of a repair its page."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
import re

import pytest

from custom_components.air_baseline import repairs
from custom_components.air_baseline.core.ledger.entries import Trouble
from custom_components.air_baseline.issues.question_store import ROOM_UNREADABLE
from custom_components.air_baseline.repairs.source import SourceFlow
from custom_components.air_baseline.words.explanation import Page
from tests.words import calls, holes, keyword, source, texts_of, words

AGAIN = {f"{trouble}_again" for trouble in Trouble}
SOURCES = (*Trouble, *sorted(AGAIN))
FLOWS = {**repairs.FLOWS, **dict.fromkeys(SOURCES, SourceFlow)}
MODULES = tuple(
    f"repairs/{name}" for name in ("room_flow", "inference", "source", "settings", "clock", "store")
)


@dataclass
class Shown:
    """What a flow can show: pages with their options and placeholders, and how it can end."""

    pages: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    ends: set[str] = field(default_factory=set)


def steps_of(issue: str) -> dict[str, ast.AST]:
    """Return the steps of a flow by their names, its own before those that it inherits."""
    classes = {
        node.name: node
        for module in MODULES
        for node in source(module).body
        if isinstance(node, ast.ClassDef)
    }
    bases = [base.__name__ for base in FLOWS[issue].__mro__ if base.__name__ in classes]
    return {
        method.name.removeprefix("async_step_"): method
        for name in reversed(bases)
        for method in classes[name].body
        if isinstance(method, ast.AsyncFunctionDef)
    }


@cache
def last_pages() -> dict[str, set[str]]:
    """Return the pages that show what was done, with the options that all of them have."""
    (room_flow,) = (
        node
        for node in source("repairs/room_flow").body
        if isinstance(node, ast.ClassDef) and node.name == "RoomRepairFlow"
    )
    (last_page,) = (
        node
        for node in source("repairs/room_flow").body
        if isinstance(node, ast.FunctionDef) and node.name == "_last_page"
    )
    (menu,) = calls(last_page, "async_show_menu")
    options = set(texts_of(keyword(menu, "menu_options")))
    found = {}
    for node in room_flow.body:
        if isinstance(node, ast.Assign) and [*calls(node, "_last_page")]:
            (call,), (target,) = calls(node, "_last_page"), node.targets
            (page,) = texts_of(call.args[0])
            assert isinstance(target, ast.Name)
            assert target.id == f"async_step_{page}"
            found[page] = options
    return found


def shown_by(issue: str) -> Shown:
    """Return all that can be reached from the first step of a flow."""
    steps, shown = steps_of(issue), Shown()
    reached, seen = ["init"], {"init"}
    while reached:
        step = steps[reached.pop()]
        shown.ends |= set(_ends(step))
        following: set[str] = set()
        for call in [*calls(step, "async_show_menu"), *calls(step, "async_show_form")]:
            (page,) = texts_of(keyword(call, "step_id"))
            options = set(_options(keyword(call, "menu_options")))
            shown.pages[page] = options, _given(keyword(call, "description_placeholders"))
            following |= options
        for page in _done(step):
            shown.pages[page] = last_pages()[page], set()
            following |= last_pages()[page]
        following |= {name for name in steps if [*calls(step, f"async_step_{name}")]}
        reached += following - seen
        seen |= following
    return shown


def _options(given: ast.expr | None) -> list[str]:
    """Return the choices of a page; `with_earlier` adds one to its list."""
    if isinstance(given, ast.Call):
        return [*texts_of(given.args[-1]), "earlier"]
    return texts_of(given)


def _ends(step: ast.AST) -> Iterator[str]:
    for call in calls(step, "async_abort"):
        yield from texts_of(keyword(call, "reason"))
    if [*_done(step)]:
        yield from ("refused", "not_saved")
    for call in calls(step, "_async_put_aside"):
        yield from texts_of(call.args[-1])


def _done(step: ast.AST) -> Iterator[str]:
    """Yield the pages that show what a step did."""
    for call in (*calls(step, "finish"), *calls(step, "finish_all")):
        yield from texts_of(call.args[-1])
    for call in calls(step, "_answer"):  # The answers to an episode, in all its rooms.
        yield from texts_of(call.args[0])


def _given(placeholders: ast.expr | None) -> set[str]:
    if placeholders is None:
        return set()
    if isinstance(placeholders, ast.Call):  # page.placeholders()
        return set(Page.__slots__)
    assert isinstance(placeholders, ast.Dict)
    given = {text for key in placeholders.keys if key for text in texts_of(key)}
    return given | (set(Page.__slots__) if None in placeholders.keys else set())


def test_every_repair_has_words() -> None:
    assert set(words()["issues"]) == set(FLOWS) | {ROOM_UNREADABLE}


@pytest.mark.parametrize("issue", FLOWS)
def test_the_pages_of_a_repair_have_words_with_their_placeholders(issue: str) -> None:
    texts = words()["issues"][issue]
    steps, shown = texts["fix_flow"]["step"], shown_by(issue).pages
    assert set(steps) == set(shown)
    assert holes(texts["title"]) <= {"room"} | ({"days", "of"} if issue in AGAIN else set())
    for page, (options, given) in shown.items():
        assert set(steps[page].get("menu_options", {})) == options
        assert holes(steps[page]["title"]) <= {"room", "date"}
        in_texts = holes(steps[page]["description"]) | holes(steps[page]["title"]) - {"room"}
        one_page_for_all = page == "init" and issue in SOURCES
        unused = {"unit", "end", "days", "of"} if one_page_for_all else set()
        if page == "init" and issue in ("range_learned", "change_suspected", "slow_change"):
            unused = {"what_to_do"}  # It is about an episode.
        assert in_texts | unused == given, page
        if "page" in given:  # It has words of the system's language in it.
            assert re.match(r"\*The indented text .*\({page}\).*\*\n\n", steps[page]["description"])


@pytest.mark.parametrize("issue", FLOWS)
def test_a_repair_has_words_for_how_it_can_end(issue: str) -> None:
    assert set(words()["issues"][issue]["fix_flow"]["abort"]) == shown_by(issue).ends


@pytest.mark.parametrize("issue", FLOWS)
def test_every_page_after_the_first_leads_back(issue: str) -> None:
    """A menu has a way back; an empty form is one, or leads to a page that has one."""
    steps, pages = steps_of(issue), shown_by(issue).pages
    first = {"init", *(name for name in pages if [*calls(steps["init"], f"async_step_{name}")])}
    done = {page for page, (options, _) in pages.items() if options == {"undo", "close"}}
    for page in set(pages) - first - done:
        options, _ = pages[page]
        if options:
            assert "init" in options, page
            continue
        empty_leads_back = [*calls(steps[page], "async_step_init")]
        assert empty_leads_back or "init" in pages[f"{page}_confirm"][0], page


def test_a_room_is_named_only_in_titles_which_are_not_markdown() -> None:
    """A title takes the name from the issue as it is; in a description it would be Markdown."""
    for issue, texts in words()["issues"].items():
        pages = texts["fix_flow"]["step"] if issue in FLOWS else {"": texts}
        for page, text in pages.items():
            assert "room" not in holes(text["description"]), (issue, page)


def test_every_destructive_choice_says_that_it_can_be_undone() -> None:
    destructive = ("start_over", "changed_confirm", "strike_confirm", "real", "normal", "season")
    for issue in ("range_learned", "unusual_episode", "change_suspected"):
        steps = words()["issues"][issue]["fix_flow"]["step"]
        for page in destructive:
            if page in steps:
                assert "30 days" in steps[page]["description"], (issue, page)


def test_the_first_page_of_an_inference_has_its_parts_in_order() -> None:
    for issue in ("range_learned", "unusual_episode", "change_suspected"):
        page = words()["issues"][issue]["fix_flow"]["step"]["init"]["description"]
        first = ["What to do"] if issue == "unusual_episode" else []
        assert re.findall(r"\*\*(.+?)\*\*", page) == [
            *first,
            "Measured",
            "Inferred",
            "Because",
            "Not known",
            "What happens next",
        ]
