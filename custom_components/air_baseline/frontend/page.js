// The page /air_baseline: what to do after set-up, or the card of one room, whatever dashboards exist.

import { html } from "./dom.js";
import { roomDevices, roomName } from "./rooms.js";

const PAGE = `
:host { display: block; min-height: 100vh; background: var(--primary-background-color, #fafafa); }
header {
  display: flex; align-items: center; gap: 8px; padding: 4px 12px; min-height: 56px;
  background: var(--app-header-background-color, var(--primary-color));
  color: var(--app-header-text-color, #fff);
}
header button {
  min-width: 44px; min-height: 44px; border: 0; background: none; color: inherit;
  font-size: 1.5rem; cursor: pointer;
}
header h1 { font-size: 1.25rem; font-weight: 400; margin: 0; }
main { max-width: 640px; margin: 0 auto; padding: 16px; line-height: 1.5; }
header button:focus-visible { outline: 2px solid currentColor; border-radius: 4px; }
`;

export class AirBaselinePanel extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._title = html("h1");
    this._main = html("main");
    const back = html("button", "", { type: "button" }, "←");
    back.addEventListener("click", () => history.back());
    this._back = back;
    this.shadowRoot.append(
      html("style", "", {}, PAGE),
      html("header", "", {}, back, this._title),
      this._main,
    );
  }

  set route(route) {
    this._path = route?.path ?? "";
    this._draw();
  }

  set hass(hass) {
    this._hass = hass;
    this._back.setAttribute("aria-label", hass.localize("ui.common.back") || "←");
    this._draw();
    if (this._card) this._card.hass = hass;
  }

  _draw() {
    if (!this._hass || this._path === undefined) return;
    const id = this._path.match(/^\/room\/(\w+)/)?.[1];
    if (this._card && this._shown === this._path) return;
    this._shown = this._path;
    const device = roomDevices(this._hass).find((one) => one.id === id);
    this._title.textContent = device ? roomName(device) : "Air Baseline";
    this._card = document.createElement(id ? "air-baseline-card" : "air-baseline-welcome-card");
    this._card.setConfig(id ? { device_id: id, show_title: false } : {});
    this._card.hass = this._hass;
    this._main.replaceChildren(this._card);
  }
}
