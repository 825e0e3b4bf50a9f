"""Every word, icon and field of a trigger or condition is there, and none is left over."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components.air_baseline import condition, trigger
from tests.conftest import DOMAIN
from tests.words import FOLDER, icons, words

AUTOMATION: Mapping[str, Mapping[str, Any]] = {
    "trigger": trigger.TRIGGERS,
    "condition": condition.CONDITIONS,
}


@pytest.mark.parametrize("what", AUTOMATION)
def test_triggers_and_conditions_have_names_icons_and_fields(what: str) -> None:
    described = load_yaml_dict(str(FOLDER / f"{what}s.yaml"))
    described = {key: text for key, text in described.items() if not key.startswith(".")}
    texts, known = words()[f"{what}s"], AUTOMATION[what]
    assert set(described) == set(texts) == set(icons()[f"{what}s"]) == set(known)
    for key, cls in known.items():
        options = cls._schema.schema["options"]
        fields = {str(field) for field in options if not isinstance(field, vol.Remove)}
        assert set(described[key]["fields"]) == set(texts[key]["fields"]) == fields, key
        assert set(icons()[f"{what}s"][key]) == {what}
        assert all(field["name"] for field in texts[key]["fields"].values())
        (entity,) = described[key]["target"]["entity"]
        assert entity["integration"] == DOMAIN
        assert {entity["domain"]} == set(cls._domain_specs)


@pytest.mark.parametrize(
    ("what", "verb"), [("trigger", "Triggers when"), ("condition", "Tests if")]
)
def test_triggers_and_conditions_are_described_as_core_describes_its_own(
    what: str, verb: str
) -> None:
    for key, text in words()[f"{what}s"].items():
        assert re.match(rf"{verb} .*one or more rooms", text["description"]), key
        assert len(text["name"]) <= 30, key
        assert not text["name"].endswith("."), key
