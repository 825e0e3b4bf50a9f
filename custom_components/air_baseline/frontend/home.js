// The home in brief: one subscription for all headlines and tiles of a page, and what they share.

import { html } from "./dom.js";
import { asksAgain, loadWords, readsOtherwise, say } from "./format.js";
import { STYLES } from "./styles.js";

const ASK = { type: "air_baseline/subscribe_home" };
const PATIENCE_MS = 3000; // A dashboard is made without the home if the server is slower.

const homes = new WeakMap(); // By connection.

/** Call back with the home now and at every change; return what ends that. */
export function followHome(connection, listener) {
  if (!homes.has(connection)) homes.set(connection, new Home(connection));
  return homes.get(connection).join(listener);
}

/** Return the rooms in brief by device, none if the server does not say them soon. */
export function roomsNow(connection) {
  let leave;
  const known = new Promise((done) => {
    setTimeout(() => done({}), PATIENCE_MS);
    leave = followHome(connection, ({ rooms }) => done(rooms));
  });
  return known.finally(() => leave());
}

class Home {
  constructor(connection) {
    this._connection = connection;
    this._listeners = new Set();
  }

  join(listener) {
    this._listeners.add(listener);
    if (this._listeners.size === 1 || this._known?.refused) this._start();
    else if (this._known) listener(this._known);
    return () => {
      if (this._listeners.delete(listener) && !this._listeners.size) this._stop();
    };
  }

  _start() {
    this._known = undefined;
    const asked = this._connection.subscribeMessage((message) => this._take(message), { ...ASK });
    this._asked = asked;
    asked.catch(() => {
      if (this._asked === asked) this._tell({ rooms: {}, loaded: false, refused: true });
    });
  }

  _stop() {
    this._asked?.then((stop) => stop()).catch(() => {}); // A refusal has nothing to stop.
    this._asked = this._known = undefined;
  }

  _take({ loaded, whole, rooms }) {
    this._tell({ loaded, rooms: whole ? rooms : { ...this._known?.rooms, ...rooms } });
  }

  _tell(known) {
    this._known = known;
    for (const listener of [...this._listeners]) listener(known);
  }
}

/** A card that shows rooms in brief. A card like it has `_content`, which fills it. */
export class HomeCard extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._card = document.createElement("ha-card");
    this.shadowRoot.append(html("style", "", {}, STYLES), this._card);
  }

  setConfig(config) {
    this._config = config;
    this._draw();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (asksAgain(before, hass)) this._restart();
    else if (readsOtherwise(before, hass)) this._draw();
    else if (this._sources().some((id) => before.states[id] !== hass.states[id])) this._draw();
  }

  connectedCallback() {
    this._connected = true;
    this._restart();
  }

  disconnectedCallback() {
    this._connected = false;
    this._leave?.();
    this._leave = undefined;
  }

  async _restart() {
    this._leave?.();
    this._leave = undefined;
    const hass = this._hass;
    if (!this._connected || !hass) return;
    await loadWords(hass);
    if (!this._connected || hass.language !== this._hass.language || this._leave) return;
    this._leave = followHome(hass.connection, (home) => {
      this._home = home;
      this._draw();
    });
  }

  /** Return the sources that the card shows. */
  _sources() {
    const rooms = Object.values(this._home?.rooms ?? {});
    return rooms.flatMap(({ channels }) => channels.map(({ source }) => source)).filter(Boolean);
  }

  _draw() {
    if (!this._hass || !this._config || !this._home) return;
    const focusable = () => [...this._card.querySelectorAll("a, button")];
    const focused = focusable().indexOf(this.shadowRoot.activeElement);
    this._card.replaceChildren(...this._content());
    focusable()[focused]?.focus();
  }

  /** Return a message in place of the rooms. */
  _message(key) {
    return [html("p", "message", { role: "status" }, say(this._hass, key))];
  }
}
