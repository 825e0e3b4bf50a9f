// The "Air Baseline" dashboard: the headline, and a page for each room that exists.

import { loadWords, say } from "./format.js";
import { roomsNow } from "./home.js";
import { roomDevices, roomEntity, roomName, roomPath, roomView } from "./rooms.js";
import { byStanding } from "./standing.js";
import { isWelcome } from "./make.js";

const COLUMNS = 4;
const QUANTITIES = ["pm25", "voc"];
const ADD_A_ROOM = "/config/integrations/integration/air_baseline";
// On a phone the headline is the whole page; elsewhere there is space for the rooms below it.
const WIDE = [{ condition: "screen", media_query: "(min-width: 768px)" }];
const KNOWN = { condition: "state", state_not: ["unknown", "unavailable"] };

export class AirBaselineDashboard extends HTMLElement {
  static async generate(_config, wordless) {
    const [hass, briefs] = await Promise.all([loadWords(wordless), roomsNow(wordless.connection)]);
    const devices = roomDevices(hass);
    const rooms = byStanding(devices.map((device) => ({ device, brief: briefs[device.id] })));
    const home = { title: "Air Baseline", path: "air", type: "sections", max_columns: COLUMNS };
    const offered = hass.user?.is_admin && (await isWelcome(hass).catch(() => false));
    const offers = offered ? [welcomeSection()] : [];
    const sections = rooms.length
      ? [headlineSection(), ...offers, ...rooms.map(({ device }) => roomSection(device))]
      : [emptySection(hass)];
    const pages = devices.map((device) => roomPage(hass, device));
    return {
      title: "Air Baseline",
      views: [{ ...home, sections }, ...(rooms.length ? [recordPage(hass)] : []), ...pages],
    };
  }
}

function headlineSection() {
  const card = { type: "custom:air-baseline-headline-card", room_views: true };
  return { type: "grid", column_span: COLUMNS, cards: [card] };
}

function welcomeSection() {
  const card = { type: "custom:air-baseline-welcome-card", offered: true };
  return { type: "grid", column_span: COLUMNS, cards: [card] };
}

function roomSection(device) {
  return {
    type: "grid",
    visibility: WIDE,
    cards: [
      {
        type: "heading",
        heading: roomName(device),
        tap_action: { action: "navigate", navigation_path: roomPath(device) },
      },
      roomCard(device),
    ],
  };
}

function roomCard(device) {
  return { type: "custom:air-baseline-card", device_id: device.id, show_title: false };
}

/** Return the page of a room; only administrators are led to its settings. */
function roomPage(hass, device) {
  const more = QUANTITIES.map((quantity) => roomEntity(hass, device, `${quantity}_confidence`))
    .filter(Boolean)
    .map((entity) => ({
      type: "tile",
      entity,
      name: { type: "entity" },
      grid_options: { columns: 6 },
      visibility: [{ ...KNOWN, entity }],
    }));
  if (hass.user?.is_admin) {
    more.push({
      type: "heading",
      heading: say(hass, "card_settings"),
      heading_style: "subtitle",
      tap_action: { action: "navigate", navigation_path: `/config/devices/device/${device.id}` },
    });
  }
  const card = { ...roomCard(device), show_year: true };
  return {
    title: roomName(device),
    path: roomView(device),
    subview: true,
    type: "sections",
    max_columns: 2,
    sections: [{ type: "grid", column_span: 2, cards: [card, ...more] }],
  };
}

function recordPage(hass) {
  const card = { type: "custom:air-baseline-record-card" };
  return {
    title: say(hass, "card_record"),
    path: "record",
    type: "sections",
    max_columns: 2,
    sections: [{ type: "grid", column_span: 2, cards: [card] }],
  };
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
