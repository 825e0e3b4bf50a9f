"""Print how the integration answers each rule of Home Assistant's quality scale, as a page.

`python -m script.quality_scale` writes docs/developers/quality-scale.md again. Hassfest, Home
Assistant's validator, looks at the code for some rules; `SHOWN` says for what, in which file.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

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
# What hassfest looks for in the code: in a file, the names that it defines, calls, raises or sets.
SHOWN: Final = {
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
# Of these rules hassfest looks elsewhere, and what it would say is a test of its own.
TESTED: Final = {
    "parallel-updates": "`PARALLEL_UPDATES` in each platform",
    "strict-typing": "an entry of a type of its own in each set-up",
    "unique-config-entry": "`single_config_entry` in manifest.json",
}
BEGINNING: Final = """# The quality scale

This is how the integration answers the {rules} rules of Home Assistant's
[quality scale](https://developers.home-assistant.io/docs/core/integration-quality-scale/):
{done} are done, {exempt} do not apply, with the reason. The answers are those of
`custom_components/air_baseline/quality_scale.yaml`. Hassfest, Home Assistant's validator, does not
read that file of a custom integration, so `tests/project/test_hassfest_quality_scale.py` looks for
the same in the code. Most rules no program can judge.

`python -m script.quality_scale` writes this page.
"""


def answers() -> dict[str, dict[str, str]]:
    """Return the answer to each rule: its status, and a comment."""
    known: dict[str, Any] = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))
    return dict(known["rules"])


def names(file: str) -> Iterator[str]:
    """Yield the names that a file defines, calls, raises or sets; those it only imports are not."""
    for node in ast.walk(ast.parse((INTEGRATION / file).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _looked_for(rule: str) -> str:
    """Return what hassfest looks for, and whether it is there."""
    if rule in TESTED:
        return f"{TESTED[rule]}: tested"
    if rule not in SHOWN:
        return "–"
    file, wanted = SHOWN[rule]
    missing = wanted - set(names(file))
    found = "missing" if missing else "there"
    return f"{', '.join(f'`{name}`' for name in sorted(missing or wanted))} in {file}: {found}"


def page() -> str:
    """Return the page: a table for each tier."""
    given = answers()
    done = sum(answer["status"] == "done" for answer in given.values())
    parts = [BEGINNING.format(rules=len(RULES), done=done, exempt=len(RULES) - done)]
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
