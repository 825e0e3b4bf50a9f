"""The quality scale: every rule has an answer, and every file that an answer names is there.

Of some fulfilled rules hassfest also looks whether the code has what fulfils them. `LOOKS` does the
same.
"""

import re

import pytest
import voluptuous as vol

from script.quality_scale import LOOKS, PAGE, ROOT, RULES, answers, page, untyped
from tests.words import FOLDER

# What a rule asks for cannot be waived by saying so: only these do not apply.
EXEMPT = {
    "appropriate-polling",
    "async-dependency",
    "discovery",
    "discovery-update-info",
    "dynamic-devices",
    "inject-websession",
    "reauthentication-flow",
    "test-before-configure",
}
SCHEMA = vol.Schema(
    {
        vol.Required("rules"): {
            vol.Required(rule): {
                vol.Required("status"): vol.In(["done", "exempt"]),
                vol.Required("comment"): vol.All(str, vol.Length(min=10)),
            }
            for rule in RULES
        }
    }
)
NAMED = re.compile(r"[\w/-]+\.(?:json|md|png|py|toml|yaml)\b")


def test_every_rule_is_answered_in_the_order_of_the_scale() -> None:
    SCHEMA({"rules": answers()})
    assert list(answers()) == RULES
    exempt = {rule for rule, answer in answers().items() if answer["status"] == "exempt"}
    assert exempt == EXEMPT


@pytest.mark.parametrize("rule", RULES)
def test_the_files_that_an_answer_names_are_there(rule: str) -> None:
    answer = answers()[rule]
    named = NAMED.findall(answer["comment"])
    assert named or answer["status"] == "exempt", "a fulfilled rule is fulfilled somewhere"
    missing = [name for name in named if not any((at / name).is_file() for at in (ROOT, FOLDER))]
    assert missing == []


@pytest.mark.parametrize("rule", LOOKS)
def test_the_code_has_what_hassfest_looks_for(rule: str) -> None:
    wanted, is_there = LOOKS[rule]
    assert answers()[rule]["status"] == "done"
    assert is_there(), wanted


def test_every_function_that_gets_an_entry_says_of_which_integration() -> None:
    assert untyped() == []


def test_every_platform_says_how_many_updates_run_at_once() -> None:
    platforms = ["binary_sensor", "button", "event", "sensor", "switch"]
    silent = [
        name
        for name in platforms
        if "PARALLEL_UPDATES = 0" not in (FOLDER / f"{name}.py").read_text("utf-8")
    ]
    assert silent == []


def test_the_sections_that_answers_name_are_there() -> None:
    """An answer like `docs/install.md, under "What is asked"` points at a heading."""
    pointed = [
        pair
        for answer in answers().values()
        for pair in re.findall(r'([\w/-]+\.md), under "([^"]+)"', answer["comment"])
    ]
    assert pointed
    for file, heading in pointed:
        assert f"\n## {heading}\n" in (ROOT / file).read_text("utf-8"), (file, heading)


def test_the_page_of_the_scale_is_of_today() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m script.quality_scale"
    assert ": missing" not in page()
