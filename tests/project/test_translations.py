"""Every text that the code uses is there, and every text that is there is used."""

import ast
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components.air_baseline import event, services as actions, system_health
from custom_components.air_baseline.binary_sensor import BINARY_SENSORS
from custom_components.air_baseline.core.alerting.promise import Promise
from custom_components.air_baseline.core.codes import (
    Basis,
    Condition,
    HistoryState,
    LearningState,
    Missing,
    OtherRooms,
    Reason,
    YearGap,
)
from custom_components.air_baseline.core.day import PARTS
from custom_components.air_baseline.core.explaining.advice import Advice
from custom_components.air_baseline.core.explaining.explanation import Next, NotKnown
from custom_components.air_baseline.core.learning.last_year import TimeOfYear
from custom_components.air_baseline.core.ledger.entries import CorrectionCode
from custom_components.air_baseline.core.ledger.episode import EpisodeEnd
from custom_components.air_baseline.core.past.sensor_mapping import NoMapping
from custom_components.air_baseline.core.pollutant import Pollutant
from custom_components.air_baseline.entity import WORDS_OF_POLLUTANT
from custom_components.air_baseline.event import EVENT_TYPES
from custom_components.air_baseline.flows import home as home_flow
from custom_components.air_baseline.inputs.eligibility import OF_AN_INDEX, Refusal
from custom_components.air_baseline.sensor import SENSORS
from tests.core.rooms import a_correction
from tests.words import (
    FOLDER,
    calls,
    holes,
    icons,
    keyword,
    leaves,
    modules,
    source,
    texts_of,
    words,
)

ROOM_FIELDS = {"area_id", "pm25_source", "said", "use_history", "voc_source", "windows"}
HOME_ONLY = {"source_indoors", "source_not_temperature"}  # Refusals of outdoor sensors only.
SET_UP_ONLY = {
    "area_has_sensor",
    "area_taken",
    "said_refused",
}  # Errors of the list of what was found.

# What each name in the f-strings of `say` can be.
CODES: Mapping[str, list[str]] = {
    "quantity_": [pollutant.value for pollutant in Pollutant],
    "inferred_": [state.value for state in LearningState],
    "not_known_": [code.value for code in NotKnown],
    "next_": [code.value for code in Next],
    "advice_": [code.value for code in Advice],
    "missing_": [code.value for code in Missing],
    "together_": [code.value for code in OtherRooms if code is not OtherRooms.UNKNOWN],
    "unseen_": [code.value for code in Condition],
    "season_": [season.value for season in TimeOfYear],
    "year_": [gap.value for gap in YearGap],
    "part_": [str(part) for part in range(PARTS)],
    "mapping_": [reason.value for reason in NoMapping],
    "month_": [str(month) for month in range(1, 13)],
    "weekday_": [str(weekday) for weekday in range(7)],
    "card_lacks_": [code.value for code in Missing if code is not Missing.DAYS],
    "card_record_head_": ["happened", "answers", "changed", "came_out", "gaps"],
    "logbook_": ["corrected", "undone"],
    "correction_": [
        code.value
        for code in CorrectionCode
        if not (a_correction(code).inferred or a_correction(code).agrees)
    ],
}


def test_keys_have_the_form_that_home_assistant_asks_for() -> None:
    keys = {key for path, _ in leaves(words()) for key in path.split(".")}
    assert {key for key in keys if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", key)} == set()


def test_the_set_up_pages_have_words_for_their_fields() -> None:
    for step, schema in (
        (words()["config"]["step"]["user"], home_flow.SET_UP_SCHEMA),
        (words()["config"]["step"]["home"], home_flow.HOME_SCHEMA.extend({"windows": None})),
        (words()["options"]["step"]["init"], home_flow.OPTIONS_SCHEMA),
    ):
        fields = {str(field) for field in schema.schema}
        assert set(step["data"]) == set(step["data_description"]) == fields
    found = words()["config"]["step"]
    assert set(found) == {"user", "rooms", "area", "home", "windows"}
    for step, known in (
        ("rooms", {"rooms", "no_area", "said"}),
        ("area", {"area_id"}),
        ("windows", {"windows"}),
    ):
        assert set(found[step]["data"]) == set(found[step]["data_description"]) == known
    room = words()["config_subentries"]["room"]
    assert set(room["initiate_flow"]) == {"user", "reconfigure"}
    assert set(room["step"]) == {"user", "history", "reconfigure", "replaced"}
    for step in (room["step"]["user"], room["step"]["reconfigure"]):
        assert set(step["data"]) == set(step["data_description"]) == ROOM_FIELDS


def test_every_refusal_has_words() -> None:
    own = {
        text
        for module in ("flows/home", "flows/room_form")
        for node in ast.walk(source(module))
        if isinstance(node, ast.Return | ast.Assign)
        for part in ast.walk(node.value or node)
        if isinstance(part, ast.expr)
        for text in texts_of(part)
        if text.startswith(("source_", "area_t", "no_"))
    }
    assert len(own) == 7
    refused = {refusal.value for refusal in Refusal} | own
    assert set(words()["config_subentries"]["room"]["error"]) == refused - HOME_ONLY
    of_home = set(words()["options"]["error"])
    assert set(words()["config"]["error"]) == of_home | SET_UP_ONLY
    outdoors = {refusal.value for refusal in Refusal if refusal not in OF_AN_INDEX}
    assert of_home == (outdoors | HOME_ONLY) - {"source_not_opening"}


def test_every_abort_has_words_and_the_others_are_home_assistants_own() -> None:
    assert list(calls(source("flows/home"), "async_abort")) == []
    own, of_rooms = (
        {
            text
            for call in calls(source(module), "async_abort")
            for keyword in call.keywords
            for text in texts_of(keyword.value)
        }
        for module in ("config_flow", "flows/room")
    )
    assert own == {"rooms_added", "no_rooms_added"}
    assert of_rooms == {"converted", "not_converted"}
    assert set(words()["config"]["abort"]) == {"single_instance_allowed", *own}
    of_room = set(words()["config_subentries"]["room"]["abort"])
    known = {"already_configured", "reconfigure_successful"}  # Before 2026.10.
    assert of_room == known | of_rooms


def entities() -> dict[str, dict[str, Any]]:
    """Return what entities use, by platform and key: states and attributes."""
    found: dict[str, dict[str, Any]] = {
        "button": {"start_over": None},
        "event": {"inference": None},
        "switch": {"keep_learning": None},
    }
    for platform, descriptions in (("sensor", SENSORS), ("binary_sensor", BINARY_SENSORS)):
        found[platform] = {
            f"{WORDS_OF_POLLUTANT[pollutant]}_{description.key}": description
            for description in descriptions
            for pollutant in description.pollutants
        }
    return found


def _keys_of(attributes: Callable[..., object]) -> set[str]:
    """Return the keys of the attributes that a function returns."""
    tree = source("/".join(attributes.__module__.split(".")[2:]))
    (function,) = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name == attributes.__name__
    )
    (returned,) = (node.value for node in ast.walk(function) if isinstance(node, ast.Return))
    assert isinstance(returned, ast.Dict)
    keys = set[str]()
    known = getattr(attributes, "__globals__", {})
    for key, value in zip(returned.keys, returned.values, strict=True):
        match key, value:
            case None, ast.Call(func=ast.Name(id=name)):
                keys |= _keys_of(known[name])
            case ast.Name(id=name), _:
                keys.add(known[name])
            case _:
                keys.update(texts_of(key))
    return keys


@pytest.mark.parametrize("platform", ["binary_sensor", "button", "event", "sensor", "switch"])
def test_every_entity_has_a_name_and_an_icon(platform: str) -> None:
    expected = set(entities()[platform])
    assert set(words()["entity"][platform]) == expected
    assert set(icons()["entity"][platform]) == expected
    assert all(text["name"] for text in words()["entity"][platform].values())


@pytest.mark.parametrize("platform", ["binary_sensor", "sensor"])
def test_every_state_and_attribute_has_a_name(platform: str) -> None:
    for key, description in entities()[platform].items():
        text = words()["entity"][platform][key]
        states = set(getattr(description, "options", None) or ())
        if platform == "binary_sensor":
            states = {"on", "off"}
        assert set(text.get("state", {})) == states, key
        assert set(icons()["entity"][platform][key].get("state", {})) <= states, key
        attributes_of = description.attributes_fn
        named = set(text.get("state_attributes", {}))
        assert named == (_keys_of(attributes_of) if attributes_of else set()), key


def test_the_values_of_attributes_have_names() -> None:
    codes: dict[str, type[StrEnum]] = {
        "learning_state": LearningState,
        "basis": Basis,
        "reason": Reason,
        "quantity": Pollutant,
        "outcome": EpisodeEnd,
        "correction_kind": CorrectionCode,
        "missing": Missing,
        "history": HistoryState,
        "seasons_seen": TimeOfYear,
        "seasons_not_seen": TimeOfYear,
    }
    for platform in ("binary_sensor", "event", "sensor"):
        for key, text in words()["entity"][platform].items():
            for attribute, known in codes.items():
                if named := text.get("state_attributes", {}).get(attribute):
                    assert set(named["state"]) == {code.value for code in known}, key


def test_the_types_of_events_have_names() -> None:
    attributes = words()["entity"]["event"]["inference"]["state_attributes"]
    types = {kind.value for kind in EVENT_TYPES}
    assert set(attributes["event_type"]["state"]) == types
    icon = icons()["entity"]["event"]["inference"]["state_attributes"]["event_type"]
    assert set(icon["state"]) == types
    others = (
        _keys_of(event._episode_attributes)  # noqa: SLF001 - what is fired
        | _keys_of(event._correction_attributes)  # noqa: SLF001
        | _keys_of(event._month_attributes)  # noqa: SLF001
    )
    assert set(attributes) == {"event_type", "quantity"} | others


def test_the_figures_of_system_health_have_names() -> None:
    figures = _keys_of(system_health._async_info)  # noqa: SLF001 - what is registered
    assert set(words()["system_health"]["info"]) == figures


ERRORS = (
    "ConfigEntryError",
    "ConfigEntryNotReady",
    "HomeAssistantError",
    "NotSavedError",
    "ServiceValidationError",
)


def exceptions_raised() -> dict[str, set[str]]:
    """Return the exceptions that the code raises, with the placeholders that it gives."""
    raised: dict[str, set[str]] = {}
    for module in modules():
        for error in ERRORS:
            for call in calls(source(module), error):
                if not (keys := texts_of(keyword(call, "translation_key"))):
                    continue  # Given by the caller: see below.
                (key,) = keys
                given = keyword(call, "translation_placeholders")
                names = given.keys if isinstance(given, ast.Dict) else []
                raised[key] = {text for name in names for text in texts_of(name)}
        for call in calls(source(module), "refused"):
            (key,) = texts_of(call.args[0])
            raised[key] = {name.arg for name in call.keywords if name.arg}
    return raised


def test_every_exception_has_words_with_its_placeholders() -> None:
    texts = words()["exceptions"]
    assert {key: holes(text["message"]) for key, text in texts.items()} == exceptions_raised()


@cache
def explanation_words() -> dict[str, set[str]]:
    """Return the fragments that explanations are made of, with what is given to each."""
    fragments: dict[str, set[str]] = {}
    for call in (call for module in modules() for call in calls(source(module), "say")):
        given = {name.arg for name in call.keywords if name.arg}
        key = call.args[0]
        if isinstance(key, ast.JoinedStr):
            (prefix,) = texts_of(key.values[0])
            for code in CODES[prefix]:
                fragments.setdefault(f"{prefix}{code}", set()).update(given)
        else:
            for text in texts_of(key):
                fragments[text] = given
    return fragments


def card_words() -> dict[str, set[str]]:
    """Return the words that the card's modules ask for, with what is given to each."""
    card = "\n".join(path.read_text("utf-8") for path in (FOLDER / "frontend").glob("*.js"))
    asked = {key: set[str]() for key in re.findall(r'"(card_\w+)"', card)}
    for key, given in re.findall(r'say\(hass, "(card_\w+)", \{(.*?)\}\)', card):
        asked[key] = set(re.findall(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)", given))
    fields = re.findall(r'name: "(\w+)", (?:default|required|selector)', card)
    fields += re.findall(r'name: "(device_id)"', card)
    return asked | {f"card_edit_{field}": set() for field in fields}


LOGBOOK = {  # What the logbook says of a correction and of its undoing: see `logbook`.
    "logbook_real": {"time"},
    "logbook_normal": {"time"},
    "logbook_corrected": {"what"},
    "logbook_undone": {"what"},
}


def test_every_fragment_is_there_and_none_is_left_over() -> None:
    states = {"card_gone", "card_not_loaded"}  # Named by the status that the server sends.
    assert (
        set(words()["common"])
        == set(explanation_words()) | set(LOGBOOK) | set(card_words()) | states
    )


def test_every_fragment_is_given_what_it_asks_for() -> None:
    given = explanation_words() | card_words() | LOGBOOK
    asked = {key: holes(text) - given.get(key, set()) for key, text in words()["common"].items()}
    assert {key: lacking for key, lacking in asked.items() if lacking} == {}


def test_services_fields_and_choices_agree() -> None:
    described = load_yaml_dict(str(FOLDER / "services.yaml"))
    schemas = actions.SCHEMAS
    assert set(schemas) == {*actions.READING, *actions.CORRECTING, *actions.CARRYING}
    assert set(described) == set(words()["services"]) == set(icons()["services"]) == set(schemas)
    for action, schema in schemas.items():
        fields = {str(field) for field in schema.schema}
        assert set(described[action]["fields"]) == fields
        assert set(words()["services"][action]["fields"]) == fields
        for field in schema.schema:
            shown = described[action]["fields"][str(field)]
            assert shown.get("required", False) == isinstance(field, vol.Required), field
    choice = described["explain"]["fields"]["quantity"]["selector"]["select"]
    assert set(choice["options"]) == set(words()["selector"]["quantity"]["options"])
    assert set(words()["selector"]["quantity"]["options"]) == set(WORDS_OF_POLLUTANT.values())
    verdicts = described["correct_episode"]["fields"]["verdict"]["selector"]["select"]
    assert set(verdicts["options"]) == set(words()["selector"]["verdict"]["options"])
    assert set(verdicts["options"]) == {actions.VERDICT_REAL, actions.VERDICT_NORMAL}


def test_every_promise_has_words() -> None:
    options = words()["selector"]["promise"]["options"]
    assert set(options) == {promise.value for promise in Promise}
    assert set(words()["selector"]) == {"promise", "quantity", "verdict"}


def test_nothing_else_is_translated() -> None:
    assert set(words()) == {
        "title",
        "common",
        "conditions",
        "config",
        "config_subentries",
        "entity",
        "exceptions",
        "issues",
        "options",
        "selector",
        "services",
        "system_health",
        "triggers",
    }
    assert set(icons()) == {"conditions", "entity", "services", "triggers"}
