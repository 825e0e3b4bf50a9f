"""The pages that answer a question, for everyone who may answer it, on the card of its room.

They are the flows of `repairs`, which Home Assistant itself opens only for administrators. A card
says all steps of a flow so far, so nothing has to be kept between two of its requests; only the
last step of an answer changes anything.
"""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final, cast

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.components.websocket_api import (
    ActiveConnection,
    async_register_command,
    async_response,
    websocket_command,
)
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.selector import BooleanSelector, DateSelector, SelectSelector
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .card.websocket import asked_room
from .const import ATTR_SUBENTRY, DOMAIN
from .coordinator import RoomCoordinator, loaded_rooms
from .issues.question_store import rises_of
from .permissions import may_correct
from .repairs import async_create_fix_flow
from .repairs.room_flow import RoomRepairFlow
from .words.times import Formats

LANGUAGE = "language"
LONGEST_LANGUAGE = 35  # Characters: the length of a tag that BCP 47 asks to allow for.
MOST_STEPS = 8  # Of one answer, by judgement: the longest takes four.
INIT: Final = "init"
# Choices that only lead to settings, and to answers that the card itself lists.
ELSEWHERE: Final = frozenset({"room_settings", "earlier"})

type Message = dict[str, Any]


@callback
def async_register_question_command(hass: HomeAssistant) -> None:
    """Register the command."""
    async_register_command(hass, _question)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/question",
        vol.Required(ATTR_DEVICE_ID): str,
        vol.Required("question"): str,
        vol.Optional(LANGUAGE): vol.All(str, vol.Length(min=1, max=LONGEST_LANGUAGE)),
        vol.Optional("twelve_hours", default=False): bool,
        vol.Optional("decimal_mark"): vol.In([".", ","]),
        vol.Optional("time_zone", default=""): str,
        vol.Optional("steps", default=[]): vol.All(
            [{vol.Required("step"): str, vol.Optional("input"): dict}], vol.Length(max=MOST_STEPS)
        ),
    }
)
@async_response
async def _question(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Take steps through the pages of a question, and send the page that they lead to."""
    _, room_id = asked_room(hass, connection, message)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, message["question"])
    rooms = _rooms(hass, issue)
    flow = await async_create_fix_flow(hass, message["question"], issue.data if issue else None)
    of_room = room_id in {room.subentry.subentry_id for room in rooms}
    known = issue is not None and issue.active and issue.is_fixable and of_room
    if issue is None or not known or not isinstance(flow, RoomRepairFlow):
        connection.send_result(message["id"], {"page": "abort", "reason": "gone"})
        return
    if not all(may_correct(hass, connection.user, room) for room in rooms):
        raise Unauthorized(permission=POLICY_CONTROL)
    rooms[0].async_check_clock()
    flow.hass, flow.issue_id, flow.data = hass, issue.issue_id, issue.data
    flow.handler, flow.context = DOMAIN, {}
    flow.user = connection.user
    zone = await _async_zone(message["time_zone"])
    flow.formats = Formats(message["twelve_hours"], message.get("decimal_mark"), zone)
    flow.language = message.get(LANGUAGE) or hass.config.language
    page = await _async_walk(flow, message["steps"])
    connection.send_result(
        message["id"], {"kind": issue.translation_key, **page, "made": _made(hass, flow)}
    )


async def _async_zone(name: str) -> tzinfo | None:
    """Return the zone of a name, None if nothing is known of it here."""
    try:
        return await dt_util.async_get_time_zone(name)
    except ValueError:  # It is no name of a zone.
        return None


def _rooms(hass: HomeAssistant, issue: ir.IssueEntry | None) -> list[RoomCoordinator]:
    """Return the loaded rooms that a question is about, that of its record first."""
    data = (issue.data if issue else None) or {}
    ids = [str(data.get(ATTR_SUBENTRY)), *(rise.room for rise in rises_of(data))]
    loaded = loaded_rooms(hass)
    return [loaded[room_id] for room_id in dict.fromkeys(ids) if room_id in loaded]


async def _async_walk(flow: RoomRepairFlow, steps: Iterable[Mapping[str, Any]]) -> Message:
    """Take steps from the first page on; each must be one that its page offers."""
    result = await _take(flow, INIT, None)
    for step in steps:
        name, given = step["step"], step.get("input")
        if name not in _offered(result):
            return {"page": "abort", "reason": "gone"}
        schema = _schema(result)
        try:
            given = None if schema is None else schema(given or {})
        except vol.Invalid:
            return _page(result)
        result = await _take(flow, name, given)
    return _page(result)


async def _take(flow: RoomRepairFlow, step: str, given: dict[str, Any] | None) -> RepairsFlowResult:
    """Take one step."""
    result: RepairsFlowResult = await getattr(flow, f"async_step_{step}")(given)
    return result


def _schema(result: RepairsFlowResult) -> vol.Schema | None:
    """Return what the fields of a page must be, None for a page without fields."""
    return result.get("data_schema") if result["type"] is FlowResultType.FORM else None


def _offered(result: RepairsFlowResult) -> list[str]:
    """Return the steps that a page leads to."""
    if result["type"] is FlowResultType.MENU:
        return [
            one for one in cast("Iterable[str]", result["menu_options"]) if one not in ELSEWHERE
        ]
    return [result["step_id"]] if result["type"] is FlowResultType.FORM else []


def _page(result: RepairsFlowResult) -> Message:
    """Return a page as the card draws it; its words are those of the repair."""
    page: Message = {"page": result["type"], "texts": result.get("description_placeholders") or {}}
    if result["type"] is FlowResultType.ABORT:
        return page | {"reason": result["reason"]}
    schema = _schema(result)
    return page | {
        "step": result["step_id"],
        "options": _offered(result) if result["type"] is FlowResultType.MENU else [],
        "errors": result.get("errors") or {},
        "fields": [_field(key, selector) for key, selector in schema.schema.items()]
        if schema is not None
        else [],
    }


def _field(key: vol.Marker, selector: object) -> Message:
    """Return a field of a page: a date, a yes or no, or a choice of several."""
    field: Message = {"name": str(key), "default": getattr(key, "default", lambda: None)()}
    match selector:
        case DateSelector():
            return field | {"field": "date"}
        case BooleanSelector():
            return field | {"field": "flag"}
        case SelectSelector():
            return field | {
                "field": "choices",
                "several": selector.config.get("multiple", False),
                "options": list(selector.config["options"]),
            }
    raise TypeError(f"no field for {selector!r}")


def _made(hass: HomeAssistant, flow: RoomRepairFlow) -> list[Message]:
    """Return the corrections that an answer made, so that the card can undo them."""
    devices = dr.async_get(hass)
    return [
        {"device_id": device.id, "quantity": pollutant, "correction": entry.id}
        for room, corrected in flow.made
        if (
            device := devices.async_get_device_by_identifier(
                (DOMAIN, room.subentry.subentry_id), room.config_entry.entry_id
            )
        )
        for pollutant, entry in corrected.items()
    ]
