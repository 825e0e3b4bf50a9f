// A room in one tile: its name, its worst standing, and the value that stands so.

import { present } from "./channel.js";
import { html } from "./dom.js";
import { say } from "./format.js";
import { meanAbove } from "./guideline.js";
import { HomeCard } from "./home.js";
import { roomDevices, roomName } from "./rooms.js";
import { roomStanding, standingWords, withReady } from "./standing.js";

/** Draw a room as a link to `path`, or as a button that calls `open`. */
export function tileElement(hass, { name, kind, channel, asks }, { path, open }) {
  const said = tileWords(hass, kind, channel);
  const tile = html(
    path ? "a" : "button",
    `tile ${kind}`,
    path ? { href: path } : { type: "button" },
    html("span", "name", { title: name }, name),
    html("span", "value", {}, ...(channel ? present(hass, channel) : ["–"])),
    html("span", "state", { title: said }, said),
    asks && kind !== "question"
      ? html("span", "asks", { role: "img", "aria-label": say(hass, "card_questions") }, "?")
      : null,
  );
  if (open) tile.addEventListener("click", open);
  return tile;
}

/** Return a standing with the mean next to the guideline while that is exceeded. */
function tileWords(hass, kind, channel) {
  const mean = channel && meanAbove(hass, channel);
  if (!mean) return standingWords(hass, kind, channel);
  if (kind === "above_guideline") return withReady(hass, mean, channel);
  return `${standingWords(hass, kind, channel)}. ${mean}`;
}

/** Open the card of a room over the page; return the card, and call `closed` in the end. */
export function openRoom(root, hass, device, closed) {
  const card = document.createElement("air-baseline-card");
  card.setConfig({ device_id: device.id });
  card.hass = hass;
  const close = html("button", "close", { type: "button" }, hass.localize("ui.common.close"));
  const foot = html("div", "foot", {}, close);
  const dialog = html("dialog", "", { "aria-label": roomName(device) }, card, foot);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("hass-more-info", () => dialog.close()); // It would open below this one.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  root.append(dialog);
  dialog.showModal();
  return card;
}

/** Cards with tiles, each of which can open the card of its room. */
export class TilesCard extends HomeCard {
  set hass(hass) {
    super.hass = hass;
    if (this._opened) this._opened.hass = hass;
  }

  _tile(device) {
    const brief = this._home.rooms[device.id];
    const room = { name: roomName(device), ...roomStanding(brief) };
    const path = this._path?.(device);
    const open = path ? undefined : () => this._open(device);
    const tile = tileElement(this._hass, room, { path, open });
    tile.dataset.device = device.id;
    return tile;
  }

  _open(device) {
    this._opened = openRoom(this.shadowRoot, this._hass, device, () => {
      this._opened = undefined;
      const tiles = [...this._card.querySelectorAll(".tile")];
      tiles.find((tile) => tile.dataset.device === device.id)?.focus();
    });
  }
}

export class AirBaselineTile extends TilesCard {
  static getStubConfig(hass) {
    return { device_id: roomDevices(hass)[0]?.id ?? "" };
  }

  static getConfigForm() {
    const device = { device: { filter: [{ integration: "air_baseline" }] } };
    return {
      schema: [{ name: "device_id", required: true, selector: device }],
      computeLabel: ({ name }, localize) =>
        localize(`component.air_baseline.common.card_edit_${name}`) || undefined,
    };
  }

  setConfig(config) {
    if (typeof config.device_id !== "string") throw new Error("device_id must be a device ID");
    super.setConfig(config);
  }

  getCardSize() {
    return 1;
  }

  getGridOptions() {
    return { columns: 6, rows: 1, min_columns: 6, min_rows: 1 };
  }

  _content() {
    const device = this._hass.devices?.[this._config.device_id];
    this._card.className = "one";
    if (!this._config.device_id) return this._message("card_choose");
    if (!this._home.loaded) return this._message("card_not_loaded");
    if (!device) return this._message("card_gone");
    if (!this._home.rooms[device.id]) return this._message("card_failed");
    return [this._tile(device)];
  }
}
