"""Follow the areas of the rooms: a room that has the name of its area keeps having it."""

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar

from .const import CONF_AREA
from .coordinator import AirBaselineConfigEntry


@callback
def async_follow_areas(hass: HomeAssistant, entry: AirBaselineConfigEntry) -> CALLBACK_TYPE:
    """Rename rooms with their areas, unless their user gave them another name."""
    areas = ar.async_get(hass)
    names = {area.id: area.name for area in areas.async_list_areas()}

    @callback
    def changed(event: Event[ar.EventAreaRegistryUpdatedData]) -> None:
        area = areas.async_get_area(event.data["area_id"] or "")
        if area is None or event.data["action"] != "update":
            return
        former, names[area.id] = names.get(area.id), area.name
        for room in tuple(entry.subentries.values()):
            if room.data.get(CONF_AREA) == area.id and room.title == former:
                hass.config_entries.async_update_subentry(entry, room, title=area.name)

    return hass.bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, changed)
