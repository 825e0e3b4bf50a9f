"""The form of the translations, as hassfest accepts it; test_languages.py has rules for texts."""

from typing import Any

from homeassistant.helpers import config_validation as cv
import pytest
import voluptuous as vol

from tests.words import LANGUAGES, holes, words

TEXT = vol.All(cv.string_with_no_html, vol.Length(min=1))


def complete(text: str) -> str:
    """Return a text without placeholders: Home Assistant fills in none here."""
    if holes(text):
        raise vol.Invalid("placeholders are not filled in here")
    return text


COMPLETE = vol.All(TEXT, complete)
TEXTS = {cv.slug: TEXT}
STEP = vol.Schema(
    {
        vol.Required("title"): TEXT,
        vol.Optional("description"): TEXT,
        vol.Optional("data"): TEXTS,
        vol.Optional("data_description"): TEXTS,
        vol.Optional("menu_options"): TEXTS,
        vol.Optional("menu_option_descriptions"): TEXTS,
        vol.Optional("submit"): TEXT,
    }
)


def explains_what_it_has(step: dict[str, Any]) -> dict[str, Any]:
    for words_of, things in (
        ("data_description", "data"),
        ("menu_option_descriptions", "menu_options"),
    ):
        if not step.get(words_of, {}).keys() <= step.get(things, {}).keys():
            raise vol.Invalid("something is explained that is not there")
    return step


FLOW = {
    vol.Required("step"): {cv.slug: vol.All(STEP, explains_what_it_has)},
    vol.Optional("error"): TEXTS,
    vol.Optional("create_entry"): {cv.slug: TEXT},
    vol.Optional("abort"): TEXTS,
}
ISSUE = vol.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    {
        vol.Required("title"): TEXT,
        vol.Exclusive("description", "fixable"): TEXT,
        vol.Exclusive("fix_flow", "fixable"): FLOW,
    },
)
STATES = {cv.slug: COMPLETE}
ENTITY = {
    vol.Required("name"): COMPLETE,
    vol.Optional("state"): STATES,
    vol.Optional("state_attributes"): {
        cv.slug: {vol.Required("name"): COMPLETE, vol.Optional("state"): STATES}
    },
}
DESCRIBED = {vol.Required("name"): TEXT, vol.Required("description"): TEXT}
ACTION = {**DESCRIBED, vol.Required("fields"): {cv.slug: DESCRIBED}}
OF_AUTOMATIONS = {
    **DESCRIBED,
    vol.Required("fields"): {
        cv.slug: {vol.Required("name"): TEXT, vol.Optional("description"): TEXT}
    },
}
TRANSLATIONS = vol.Schema(
    {
        vol.Required("title"): TEXT,
        vol.Required("common"): TEXTS,
        vol.Required("conditions"): {cv.underscore_slug: OF_AUTOMATIONS},
        vol.Required("config"): FLOW,
        vol.Required("config_subentries"): {
            cv.slug: {
                **FLOW,
                vol.Required("entry_type"): TEXT,
                vol.Required("initiate_flow"): {vol.Required("user"): TEXT, cv.slug: TEXT},
            }
        },
        vol.Required("entity"): {cv.slug: {cv.slug: ENTITY}},
        vol.Required("exceptions"): {cv.slug: {vol.Required("message"): TEXT}},
        vol.Required("issues"): {cv.slug: ISSUE},
        vol.Required("options"): FLOW,
        vol.Required("selector"): {cv.slug: {vol.Required("options"): {cv.slug: COMPLETE}}},
        vol.Required("services"): {cv.slug: ACTION},
        vol.Required("system_health"): {vol.Required("info"): {cv.slug: COMPLETE}},
        vol.Required("triggers"): {cv.underscore_slug: OF_AUTOMATIONS},
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_form_that_hassfest_accepts(language: str) -> None:
    TRANSLATIONS(words(language))


@pytest.mark.parametrize(
    "wrong",
    [
        {"entities": {}},
        {"title": "<b>Air</b> Baseline"},
        {"services": {"undo": {"name": "Undo", "fields": {}}}},
        {"issues": {"stuck": {"title": "Stuck", "description": "So.", "fix_flow": {"step": {}}}}},
        {"entity": {"switch": {"keep_learning": {"name": "Keep learning in {room}"}}}},
        {"options": {"step": {"init": {"title": "Home", "data_description": {"promise": "How"}}}}},
    ],
)
def test_what_hassfest_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        TRANSLATIONS(words() | wrong)
