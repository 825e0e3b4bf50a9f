"""The actions, triggers and conditions that are described in YAML, as hassfest accepts them.

That names, icons and code agree with them is shown in test_translations*.py.
"""

from collections.abc import Iterator
from typing import Any

from homeassistant.helpers import config_validation as cv, selector
from homeassistant.helpers.condition import starts_with_dot
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from tests.words import FOLDER, LANGUAGES, words


def something(value: object) -> object:
    if value is None:
        raise vol.Invalid("nothing is given")
    return value


TARGET = selector.TargetSelector.CONFIG_SCHEMA
FIELDS = vol.Schema(
    {
        cv.slug: {
            vol.Optional("default"): something,
            vol.Optional("example"): something,
            vol.Optional("required"): bool,
            vol.Required("selector"): selector.validate_selector,
        }
    }
)
ACTIONS = vol.Schema({cv.slug: {vol.Optional("target"): TARGET, vol.Required("fields"): FIELDS}})
OF_AUTOMATIONS = vol.Schema(
    {
        vol.Remove(
            vol.All(str, starts_with_dot)
        ): object,  # What is repeated elsewhere in the file.
        cv.underscore_slug: {vol.Required("target"): TARGET, vol.Required("fields"): FIELDS},
    }
)
SCHEMAS = {"services": ACTIONS, "triggers": OF_AUTOMATIONS, "conditions": OF_AUTOMATIONS}


def described(kind: str) -> dict[str, Any]:
    """Return what a file describes, after Home Assistant has accepted it."""
    accepted: dict[str, Any] = SCHEMAS[kind](load_yaml_dict(str(FOLDER / f"{kind}.yaml")))
    return accepted


def fields(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field, with the path to it."""
    for key, about in described(kind).items():
        for name, field in about["fields"].items():
            yield f"{kind}.{key}.{name}", field


@pytest.mark.parametrize("kind", SCHEMAS)
def test_each_is_described_as_home_assistant_accepts_it(kind: str) -> None:
    assert described(kind)


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": {"day": {"selector": {"no_such_selector": None}}}},
        {"fields": {"day": {"default": None, "selector": {"date": None}}}},
        {"fields": {"The day": {"selector": {"date": None}}}},
        {"fields": {}, "target": {}, "description": "said in a translation"},
    ],
)
def test_what_hassfest_would_refuse_is_refused(kind: str, wrong: dict[str, Any]) -> None:
    right = {"fields": {"day": {"selector": {"date": None}}}, "target": {}}
    SCHEMAS[kind]({"something": right})
    with pytest.raises(vol.Invalid):
        SCHEMAS[kind]({"something": right | wrong})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_choice_has_words(kind: str, language: str) -> None:
    for path, field in fields(kind):
        if choice := field["selector"].get("select"):
            named = words(language)["selector"][choice["translation_key"]]["options"]
            assert set(named) == set(choice["options"]), path
