"""The quality scale: every rule has an answer, and every file that an answer names is there.

Of a fulfilled rule hassfest also looks whether the code has what fulfils it. `SHOWN` does the same.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from tests.words import FOLDER

ROOT = Path(__file__).parent.parent.parent
# The rules of Home Assistant 2026.11, by the tier that asks for them.
TIERS = {
    "Bronze": """
        action-setup appropriate-polling brands common-modules config-flow
        config-flow-test-coverage dependency-transparency docs-actions docs-conditions
        docs-high-level-description docs-installation-instructions docs-removal-instructions
        docs-triggers entity-event-setup entity-unique-id has-entity-name runtime-data
        test-before-configure test-before-setup unique-config-entry
    """,
    "Silver": """
        action-exceptions config-entry-unloading docs-configuration-parameters
        docs-installation-parameters entity-unavailable integration-owner log-when-unavailable
        parallel-updates reauthentication-flow test-coverage
    """,
    "Gold": """
        devices diagnostics discovery discovery-update-info docs-data-update docs-examples
        docs-known-limitations docs-supported-devices docs-supported-functions
        docs-troubleshooting docs-use-cases dynamic-devices entity-category entity-device-class
        entity-disabled-by-default entity-translations exception-translations icon-translations
        reconfiguration-flow repair-issues stale-devices
    """,
    "Platinum": "async-dependency inject-websession strict-typing",
}
RULES = [rule for rules in TIERS.values() for rule in rules.split()]
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
# What hassfest looks for in the code: in a file, the names that it defines, calls, raises or sets.
SHOWN = {
    "action-setup": ("__init__.py", {"async_setup"}),
    "config-entry-unloading": ("__init__.py", {"async_unload_entry"}),
    "config-flow": ("config_flow.py", {"AirBaselineConfigFlow"}),
    "diagnostics": ("diagnostics.py", {"async_get_config_entry_diagnostics"}),
    "has-entity-name": ("entity.py", {"_attr_has_entity_name"}),
    "reconfiguration-flow": ("config_flow.py", {"async_step_reconfigure"}),
    "repair-issues": ("repairs/__init__.py", {"async_create_fix_flow"}),
    "runtime-data": ("__init__.py", {"runtime_data"}),
    "test-before-setup": ("__init__.py", {"ConfigEntryError", "ConfigEntryNotReady"}),
}
NAMED = re.compile(r"[\w/-]+\.(?:json|md|png|py|toml|yaml)\b")


def answers() -> dict[str, Any]:
    """Return the answer to each rule."""
    known: dict[str, Any] = SCHEMA(load_yaml_dict(str(FOLDER / "quality_scale.yaml")))
    return dict(known["rules"])


def test_every_rule_is_answered_in_the_order_of_the_scale() -> None:
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


def names(file: str) -> Iterator[str]:
    """Yield the names that a file defines, calls, raises or sets; those it only imports are not."""
    for node in ast.walk(ast.parse((FOLDER / file).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


@pytest.mark.parametrize("rule", SHOWN)
def test_the_code_has_what_hassfest_looks_for(rule: str) -> None:
    file, wanted = SHOWN[rule]
    assert answers()[rule]["status"] == "done"
    assert wanted <= set(names(file))


def test_every_set_up_has_the_type_of_our_entry() -> None:
    """Hassfest wants `runtime-data` and `strict-typing` so: a ConfigEntry of a type of its own."""
    for file in FOLDER.glob("*.py"):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.AsyncFunctionDef) and node.name == "async_setup_entry":
                types = {ast.unparse(arg.annotation) for arg in node.args.args if arg.annotation}
                assert "AirBaselineConfigEntry" in types, file.name


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
    for page, heading in pointed:
        assert f"\n## {heading}\n" in (ROOT / page).read_text("utf-8"), (page, heading)
