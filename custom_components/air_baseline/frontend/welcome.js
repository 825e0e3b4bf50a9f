// After set-up: a dashboard of its own, a notification, or nothing, with one press each.

import { html } from "./dom.js";
import { asksAgain, loadWords, readsOtherwise, say } from "./format.js";
import {
  asYaml, dashboardPath, endWelcome, isWelcome, makeDashboard, makeNotification, notification,
  notifier, notifies, phoneName, phones,
} from "./make.js";
import { STYLES } from "./styles.js";

const OWN_STYLES = `
:host([hidden]) { display: none; }
.offers { display: grid; gap: 8px; margin-top: 12px; }
.offers button, .offers a {
  min-height: 44px; padding: 8px 16px; border-radius: 22px; font: inherit; text-align: center;
  box-sizing: border-box; border: 1px solid var(--ab-link); cursor: pointer;
  background: none; color: var(--ab-link); text-decoration: none; line-height: 26px;
}
.offers button:disabled { cursor: default; opacity: .7; }
progress { width: 100%; margin-top: 12px; accent-color: var(--ab-link); }
pre {
  overflow: auto; padding: 12px; border: 1px solid var(--divider-color, #e0e0e0); border-radius: 8px;
}
`;

export class AirBaselineWelcome extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._card = document.createElement("ha-card");
    this.shadowRoot.append(html("style", "", {}, STYLES + OWN_STYLES), this._card);
    this._made = new Set(); // What runs or has been made: "dashboard", or a phone.
  }

  static getStubConfig() {
    return {};
  }

  setConfig(config) {
    this._config = config;
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (asksAgain(before, hass)) this._start();
    else if (readsOtherwise(before, hass)) this._draw();
  }

  getCardSize() {
    return 3;
  }

  getGridOptions() {
    return { columns: "full", min_columns: 6 };
  }

  async _start() {
    await loadWords(this._hass);
    if (this._hass.user?.is_admin) {
      this._path = await dashboardPath(this._hass).catch(() => undefined);
      this._asks = await isWelcome(this._hass).catch(() => false);
    }
    this._ready = true;
    this._draw();
  }

  _draw() {
    if (!this._ready) return;
    const hass = this._hass;
    if (!hass.user?.is_admin) {
      this._card.replaceChildren(html("p", "message", {}, say(hass, "card_welcome_admin")));
      return;
    }
    this._card.replaceChildren(
      html("h2", "", {}, say(hass, "card_welcome")),
      html("p", "", {}, say(hass, "card_welcome_text")),
      html("div", "offers", {}, this._dashboard(), ...this._notifications(), ...this._nothing()),
      ...(this._busy ? [html("progress", "", { "aria-hidden": "true" })] : []),
      html("p", "message", { role: "status", tabindex: "-1" }, this._said ?? ""),
      ...(this._yaml ? [html("pre", "", { tabindex: "0" }, this._yaml)] : []),
    );
  }

  _dashboard() {
    const hass = this._hass;
    const open = say(hass, "card_welcome_open");
    if (this._path && location.pathname.startsWith(this._path)) return null;
    if (this._path) return html("a", "dashboard", { href: this._path }, open);
    return this._button("dashboard", say(hass, "card_welcome_dashboard"), async () => {
      this._path = await makeDashboard(hass);
    });
  }

  _notifications() {
    const hass = this._hass;
    const known = phones(hass);
    if (!known.length) {
      const label = say(hass, "card_welcome_notify_here");
      if (notifier(hass)) this._made.add("here");
      return [this._button("here", label, () => this._notify(undefined))];
    }
    return known.map((phone) => {
      const label = say(hass, "card_welcome_notify", { name: phoneName(phone) });
      if (notifier(hass, phone)) this._made.add(phone.id);
      return this._button(phone.id, label, () => this._notify(phone));
    });
  }

  async _notify(phone) {
    const made = await makeNotification(() => this._hass, phone);
    this._said = say(this._hass, made ? "card_welcome_notified" : "card_welcome_not_included");
    if (made) this._made.add(phone?.id ?? "here");
    else this._yaml = asYaml(notification(this._hass, phone));
  }

  /** Offer not to be asked again, for as long as that would be asked. */
  _nothing() {
    if (!this._config?.offered && (!this._asks || notifies(this._hass))) return [];
    return [
      this._button("nothing", say(this._hass, "card_welcome_nothing"), async () => {
        await endWelcome(this._hass);
        this._made.add("nothing");
        this._said = say(this._hass, "card_welcome_ended");
        if (!this._config?.offered) return;
        this.hidden = true;
        // The dashboard takes the space of a card that says so.
        const event = new CustomEvent("card-visibility-changed", {
          detail: { value: false },
          bubbles: true,
          composed: true,
        });
        this.dispatchEvent(event);
      }),
    ];
  }

  /** Return what went wrong, in Home Assistant's words if it gives any. */
  _failed(error) {
    const hass = this._hass;
    const reason = error?.body?.message || error?.message || error?.error;
    if (!reason) return say(hass, "card_welcome_failed");
    return say(hass, "card_welcome_failed_because", { reason });
  }

  _button(what, label, act) {
    const attributes = { type: "button", "data-what": what };
    const button = html("button", what, attributes, this._made.has(what) ? `✓ ${label}` : label);
    button.disabled = this._busy || this._made.has(what);
    button.addEventListener("click", () => this._act(act));
    return button;
  }

  async _act(act) {
    if (this._busy) return;
    this._busy = true;
    this._said = say(this._hass, "card_welcome_working");
    this._yaml = undefined;
    this._draw();
    this._said = undefined;
    try {
      await act();
    } catch (error) {
      this._said = this._failed(error);
    }
    this._busy = false;
    this._draw();
    this._card.querySelector("[role=status]")?.focus(); // What was pressed is another one now.
  }
}
