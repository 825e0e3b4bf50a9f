"""Every page of every repair has its words, and every word of a repair its page."""

import ast
import re

import pytest

from custom_components.air_baseline import repairs
from custom_components.air_baseline.explanation_text import Page

from .words import calls, holes, keyword, source, texts_of, words

FLOWS = {
    "range_learned": "RangeLearnedFlow",
    "unusual_episode": "UnusualEpisodeFlow",
    "source_unit_changed": "SourceFlow",
    "source_stuck": "SourceFlow",
    "source_implausible": "SourceFlow",
    "store_recovered": "StoreRecoveredFlow",
}


def pages(issue: str) -> dict[str, tuple[set[str], set[str]]]:
    """Return the pages that a flow can show: their menu options and placeholders."""
    steps: dict[str, ast.AST] = {}
    flow = getattr(repairs, FLOWS[issue])
    classes = {node.name: node for node in source("repairs").body if isinstance(node, ast.ClassDef)}
    for name in reversed([base.__name__ for base in flow.__mro__ if base.__name__ in classes]):
        for method in classes[name].body:
            if isinstance(method, ast.AsyncFunctionDef):
                steps[method.name.removeprefix("async_step_")] = method
    found: dict[str, tuple[set[str], set[str]]] = {}
    reached = ["init"]
    while reached:
        step = steps[reached.pop()]
        for call in [*calls(step, "async_show_menu"), *calls(step, "async_show_form")]:
            (page,) = texts_of(keyword(call, "step_id"))
            options = texts_of(keyword(call, "menu_options"))
            found[page] = set(options), _given(keyword(call, "description_placeholders"))
            reached += [option for option in options if option not in found]
        reached += [
            name for name in steps if name not in found and [*calls(step, f"async_step_{name}")]
        ]
    return found


def _given(placeholders: ast.expr | None) -> set[str]:
    if isinstance(placeholders, ast.DictComp):
        (loop,) = placeholders.generators
        assert isinstance(loop.iter, ast.Tuple)
        return {text for item in loop.iter.elts for text in texts_of(item)}
    assert isinstance(placeholders, ast.Dict)
    given = {text for key in placeholders.keys if key for text in texts_of(key)}
    return given | (set(Page.__slots__) if None in placeholders.keys else set())


def test_every_repair_has_words() -> None:
    assert set(words()["issues"]) == set(FLOWS)


@pytest.mark.parametrize("issue", FLOWS)
def test_the_pages_of_a_repair_have_words_with_their_placeholders(issue: str) -> None:
    texts = words()["issues"][issue]
    steps = texts["fix_flow"]["step"]
    shown = pages(issue)
    assert set(steps) == set(shown)
    assert holes(texts["title"]) <= {"room"}
    for page, (options, given) in shown.items():
        assert set(steps[page].get("menu_options", {})) == options
        in_texts = holes(steps[page]["title"]) | holes(steps[page]["description"])
        unit_only = issue in {"source_stuck", "source_implausible"}
        unused = {"unit"} if unit_only else set()  # One page in code, three texts.
        assert in_texts | unused == given, page


@pytest.mark.parametrize("issue", FLOWS)
def test_a_repair_has_words_for_how_it_can_end(issue: str) -> None:
    options = {option for offered, _ in pages(issue).values() for option in offered}
    ends = {"not_now": "not_now", "start_over": "started_over", "room_settings": "room_settings"}
    expected = {reason for option, reason in ends.items() if option in options}
    if options:
        expected.add("gone")
    assert set(words()["issues"][issue]["fix_flow"].get("abort", {})) == expected
    literal = {
        text
        for call in calls(source("repairs"), "async_abort")
        for text in texts_of(keyword(call, "reason"))
    }
    assert literal == {*ends.values(), "gone"}


def test_the_first_page_of_an_inference_has_its_parts_in_order() -> None:
    for issue in ("range_learned", "unusual_episode"):
        page = words()["issues"][issue]["fix_flow"]["step"]["init"]["description"]
        assert re.findall(r"\*\*(.+?)\*\*", page) == [
            "Measured",
            "Inferred",
            "Because",
            "Not known",
            "What happens next",
        ]
