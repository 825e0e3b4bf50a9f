"""The pages for developers name every module, and none that is gone."""

import re

from tests.project.test_pages import ROOT
from tests.words import modules

ARCHITECTURE = (ROOT / "docs" / "developers" / "architecture.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "developers" / "glossary.md").read_text("utf-8")


def on_the_page(text: str) -> set[str]:
    """Return the modules that the tables of the architecture name, as `modules` does."""
    core, _, integration = text.partition("## The integration, from the bottom up")
    core = core.partition("## The core, from the bottom up")[2]
    integration = integration.partition("## A reading's way")[0]

    def named(tables: str, folder: str) -> set[str]:
        cells = re.findall(r"^\| (`[^|]+) \|", tables, re.MULTILINE)
        return {f"{folder}{name}" for cell in cells for name in re.findall(r"`([\w/]+)\.py`", cell)}

    return named(core, "core/") | named(integration, "")


def test_every_module_is_on_the_page_and_no_other() -> None:
    there = {module for module in modules() if not module.endswith("__init__")}
    assert on_the_page(ARCHITECTURE) == there


def test_a_module_that_is_missing_is_told() -> None:
    without = ARCHITECTURE.replace("`alerting/promise.py`", "`alerting/hopes.py`", 1)
    assert on_the_page(without) ^ on_the_page(ARCHITECTURE) == {
        "core/alerting/promise",
        "core/alerting/hopes",
    }


def test_the_code_names_of_the_glossary_are_in_the_code() -> None:
    names = {
        name
        for line in GLOSSARY.splitlines()
        if line.startswith("| ")
        for name in re.findall(r"`([A-Za-z_]\w*)(?:\.\w+)?`", line.rpartition(" | ")[2])
    }
    assert len(names) > 40
    package = ROOT / "custom_components" / "air_baseline"
    code = "\n".join(path.read_text("utf-8") for path in package.rglob("*.py"))
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == set()
