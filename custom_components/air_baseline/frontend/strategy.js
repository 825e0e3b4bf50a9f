// The "Air Baseline" dashboard: one section for each room that exists.

import { loadWords, say } from "./format.js";
import { roomDevices, roomEntity, roomName } from "./rooms.js";

const COLUMNS = 4;
const QUANTITIES = ["pm25", "voc"];
const ADD_A_ROOM = "/config/integrations/integration/air_baseline";

export class AirBaselineDashboard extends HTMLElement {
  static async generate(_config, hass) {
    await loadWords(hass);
    const rooms = roomDevices(hass);
    const sections = rooms.length
      ? rooms.map((device) => roomSection(hass, device))
      : [emptySection(hass)];
    const view = { title: "Air Baseline", path: "air", type: "sections", max_columns: COLUMNS };
    return { title: "Air Baseline", views: [{ ...view, sections }] };
  }
}

function roomSection(hass, device) {
  const tiles = QUANTITIES.flatMap((quantity) => [
    tile(roomEntity(hass, device, `${quantity}_learning`)),
    tile(roomEntity(hass, device, `${quantity}_confidence`)),
  ]);
  return {
    type: "grid",
    cards: [
      {
        type: "heading",
        heading: roomName(device),
        tap_action: { action: "navigate", navigation_path: `/config/devices/device/${device.id}` },
      },
      { type: "custom:air-baseline-card", device_id: device.id, show_title: false },
      ...tiles.filter(Boolean),
    ],
  };
}

function tile(entity) {
  return entity && { type: "tile", entity, name: { type: "entity" }, grid_options: { columns: 6 } };
}

function emptySection(hass) {
  const [title, text, link] = ["card_no_rooms", "card_no_rooms_text", "card_add_room"].map((key) =>
    say(hass, key),
  );
  const add = hass.user?.is_admin ? `\n\n[${link}](${ADD_A_ROOM})` : "";
  return {
    type: "grid",
    cards: [
      { type: "heading", heading: title },
      { type: "markdown", content: `${text}${add}`, grid_options: { columns: "full" } },
    ],
  };
}
