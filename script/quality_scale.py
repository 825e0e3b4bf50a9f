"""Print how the integration answers each rule of Home Assistant's quality scale, as a page.

`python -m script.quality_scale` writes docs/developers/quality-scale.md again. Hassfest, Home
Assistant's validator, looks at the code for some rules; `LOOKS` looks for the same.
"""

import ast
from collections.abc import Callable, Iterator
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.const import Platform
from homeassistant.util.yaml import load_yaml_dict

ROOT: Final = Path(__file__).resolve().parent.parent
INTEGRATION: Final = ROOT / "custom_components" / "air_baseline"
PAGE: Final = ROOT / "docs" / "developers" / "quality-scale.md"

# The rules of Home Assistant 2026.11, by the tier that asks for them.
TIERS: Final = {
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
RULES: Final = [rule for rules in TIERS.values() for rule in rules.split()]
TYPED: Final = re.compile(r"[A-Za-z]+ConfigEntry")  # Not ConfigEntry itself, which says nothing.
# Where Home Assistant passes an entry as the second argument, by file.
WITH_ENTRY: Final = {
    "__init__": {
        *("async_migrate_entry", "async_remove_config_entry_device", "async_remove_entry"),
        *("async_setup_entry", "async_unload_entry"),
    },
    "diagnostics": {"async_get_config_entry_diagnostics", "async_get_device_diagnostics"},
    **{platform.value: {"async_setup_entry"} for platform in Platform},
}
NOT_SET_UP: Final = {"ConfigEntryAuthFailed", "ConfigEntryError", "ConfigEntryNotReady"}
BEGINNING: Final = """# The quality scale

This is how the integration answers the {rules} rules of Home Assistant's
[quality scale](https://developers.home-assistant.io/docs/core/integration-quality-scale/):
{done} are done, {exempt} do not apply, with the reason. The answers are those of
`custom_components/air_baseline/quality_scale.yaml`. Hassfest, Home Assistant's validator, looks at
the code of its own integrations for {looks} of these rules; of a custom one it does not read that
file. So `script/quality_scale.py` looks for the same, and a test fails if it is missing. No
program judges the other rules.

`python -m script.quality_scale` writes this page.
"""


def answers() -> dict[str, dict[str, str]]:
    """Return the answer to each rule: its status, and a comment."""
    known: dict[str, Any] = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))
    return dict(known["rules"])


def _module(name: str) -> ast.Module:
    path = INTEGRATION / f"{name}.py"
    return ast.parse(path.read_text("utf-8") if path.is_file() else "")


def _functions(name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_module(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _manifest(key: str) -> bool:
    return bool(json.loads((INTEGRATION / "manifest.json").read_text("utf-8")).get(key))


def _sets_runtime_data() -> bool:
    (set_up,) = (one for one in _functions("__init__") if one.name == "async_setup_entry")
    return len(set_up.args.args) == len(("hass", "entry")) and any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node) == f"{set_up.args.args[1].arg}.runtime_data"
        for node in ast.walk(set_up)
    )


def untyped() -> list[str]:
    """Return the functions that get an entry, but do not say of which integration."""
    places = [
        (file, function, 1)
        for file, wanted in WITH_ENTRY.items()
        for function in _functions(file)
        if function.name in wanted
    ]
    places += [
        ("config_flow", function, 0)
        for function in _functions("config_flow")
        if function.name == "async_get_options_flow"
    ]
    return [
        f"{function.name} in {file}.py"
        for file, function, place in places
        if (said := function.args.args[place].annotation) is None
        or not TYPED.fullmatch(ast.unparse(said))
    ]


def _raises() -> bool:
    return any(
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func) in NOT_SET_UP
        for path in INTEGRATION.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


# What hassfest looks for, and whether it is there. It looks for `discovery` too, which does not
# apply here, and for a line in Home Assistant's own list of what is strictly typed.
LOOKS: Final[dict[str, tuple[str, Callable[[], bool]]]] = {
    "config-flow": (
        "`config_flow` in manifest.json, and config_flow.py",
        lambda: _manifest("config_flow") and (INTEGRATION / "config_flow.py").is_file(),
    ),
    "reconfiguration-flow": (
        "`async_step_reconfigure` in config_flow.py",
        lambda: any(one.name == "async_step_reconfigure" for one in _functions("config_flow")),
    ),
    "runtime-data": (
        "`entry.runtime_data` set in `async_setup_entry`",
        _sets_runtime_data,
    ),
    "strict-typing": (
        "an entry of a type of its own in every function that gets one",
        lambda: not untyped(),
    ),
    "test-before-setup": (
        "`ConfigEntryNotReady`, `ConfigEntryError` or `ConfigEntryAuthFailed`, raised",
        _raises,
    ),
    "unique-config-entry": (
        "`single_config_entry` in manifest.json",
        lambda: _manifest("single_config_entry"),
    ),
}


def _looked_for(rule: str) -> str:
    if rule not in LOOKS:
        return "–"
    wanted, is_there = LOOKS[rule]
    return f"{wanted}: {'there' if is_there() else 'missing'}"


def page() -> str:
    """Return the page: a table for each tier."""
    given = answers()
    done = sum(answer["status"] == "done" for answer in given.values())
    exempt = len(RULES) - done
    parts = [BEGINNING.format(rules=len(RULES), done=done, exempt=exempt, looks=len(LOOKS))]
    for tier, rules in TIERS.items():
        rows = [
            f"| {rule} | {given[rule]['status']} | {given[rule]['comment']} | {_looked_for(rule)} |"
            for rule in rules.split()
        ]
        parts.append(
            f"## {tier}\n\n| Rule | Status | Answer | Hassfest looks for |\n|---|---|---|---|\n"
            + "\n".join(rows)
            + "\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE.relative_to(ROOT))
