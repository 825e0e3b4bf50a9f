"""The manifest, as hassfest accepts it of a custom integration, and as the code requires it.

Hassfest itself is not in the package of Home Assistant; .github/workflows/validate.yml runs it.
"""

import ast
import json
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant import components
from homeassistant.const import Platform
import pytest
import voluptuous as vol

from script import release
from tests.conftest import DOMAIN
from tests.words import FOLDER, words

ROOT = FOLDER.parent.parent
CORE = {path.parent.name for path in Path(components.__path__[0]).glob("*/manifest.json")}
ADDRESS = vol.All(vol.Url(), vol.Match(re.escape(f"https://github.com/{release.REPOSITORY}")))
# What may be imported without being named: entity platforms, and what is always there.
ALWAYS = {*Platform, "homeassistant", "websocket_api"}


def semantic(version: str) -> str:
    if AwesomeVersion(version).strategy is not AwesomeVersionStrategy.SEMVER:
        raise vol.Invalid("a release has three numbers")
    return version


MANIFEST = vol.Schema(
    {
        vol.Required("domain"): DOMAIN,
        vol.Required("name"): str,
        vol.Required("codeowners"): vol.All([vol.Match(r"^@[\w-]+$")], vol.Length(min=1)),
        vol.Required("config_flow"): True,
        vol.Required("documentation"): ADDRESS,
        vol.Required("integration_type"): vol.In(
            ["device", "entity", "hardware", "helper", "hub", "service", "system"]
        ),
        vol.Required("iot_class"): vol.In(
            [
                "assumed_state",
                "calculated",
                "cloud_polling",
                "cloud_push",
                "local_polling",
                "local_push",
            ]
        ),
        vol.Required("issue_tracker"): ADDRESS,
        vol.Required("requirements"): [vol.Match(r"^[a-z0-9_-]+(?:(?:==|>=|~=|<)[\w.]+,?)+$")],
        vol.Required("single_config_entry"): True,
        vol.Required("version"): vol.All(str, semantic),
        vol.Optional("after_dependencies"): [vol.In(CORE)],
        vol.Optional("dependencies"): [vol.In(CORE)],
        vol.Optional("loggers"): [str],
        vol.Optional("quality_scale"): "custom",
    }
)


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return found


def test_the_manifest_has_the_form_that_hassfest_accepts() -> None:
    MANIFEST(manifest())
    assert FOLDER.name == DOMAIN
    assert DOMAIN not in CORE, "Home Assistant's own would be hidden"


@pytest.mark.parametrize(
    "wrong",
    [
        {"codeowners": []},
        {"dependencies": ["no_such_integration"]},
        {"documentation": f"http://github.com/{release.REPOSITORY}"},
        {"homeassistant": "2026.10.0"},
        {"iot_class": "local"},
        {"requirements": ["numpy >= 2.0"]},
        {"version": "1"},
    ],
)
def test_what_hassfest_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        MANIFEST(manifest() | wrong)


def test_its_keys_are_domain_name_and_then_in_alphabetical_order() -> None:
    keys = list(manifest())
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_the_integration_has_one_name() -> None:
    assert manifest()["name"] == words()["title"]
    assert json.loads((ROOT / "hacs.json").read_text("utf-8"))["name"] == words()["title"]


def test_only_numpy_is_required() -> None:
    assert [re.split(r"[<>=~]", needed)[0] for needed in manifest()["requirements"]] == ["numpy"]


def imported() -> set[str]:
    """Return the integrations of Home Assistant that ours imports."""
    names = (
        f"{node.module}.{name.name}"
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    )
    return {name.split(".")[2] for name in names if name.startswith("homeassistant.components.")}


def test_every_imported_integration_is_named_and_no_other() -> None:
    known = manifest()
    named = {*known.get("dependencies", []), *known.get("after_dependencies", [])}
    platforms = {
        path.stem for path in FOLDER.iterdir()
    }  # Only loaded by an integration that is there.
    assert imported() - ALWAYS - platforms <= named <= imported()


def test_the_owners_of_the_code_are_those_of_the_repository() -> None:
    (line,) = (ROOT / ".github" / "CODEOWNERS").read_text("utf-8").splitlines()
    assert line.split() == ["*", *manifest()["codeowners"]]
    assert manifest()["codeowners"] == [f"@{release.REPOSITORY.partition('/')[0]}"]
