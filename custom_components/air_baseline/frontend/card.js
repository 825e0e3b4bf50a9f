// The card for one room. The server does all computing; the card draws and puts it into words.

import { openQuestion } from "./answers.js";
import { channelElement, present } from "./channel.js";
import { Chart } from "./chart.js";
import { html } from "./dom.js";
import { asksAgain, loadWords, questionTitle, readsOtherwise, say } from "./format.js";
import { roomDevices } from "./rooms.js";
import { spoken } from "./speak.js";
import { worseFirst } from "./standing.js";
import { STYLES } from "./styles.js";
import { Years } from "./year.js";
import { openTimeline } from "./timeline.js";

const LEAST_WIDTH = 200; // Chart width in pixels until the layout is known.
const SOON = "300px"; // A card this close to the viewport subscribes.
const ROW = 64; // Height in pixels of a row of a section, with the gap below it.
const GAP = 8; // That gap, which the last row does not have.
const PADDING = 16; // Space in pixels between a chart and the edge of the card.
const ROWS = 6; // Minimum rows until the charts have been laid out.
const REFUSALS = { unauthorized: "card_refused", unknown_command: "card_not_loaded" };

export class AirBaselineCard extends HTMLElement {
  static getStubConfig(hass) {
    return { device_id: roomDevices(hass)[0]?.id ?? "" };
  }

  static getConfigForm() {
    const selectQuantity = {
      select: {
        mode: "dropdown",
        options: [
          { value: "pm25", label: "PM2.5" },
          { value: "voc", label: "VOC" },
        ],
      },
    };
    return {
      schema: [
        {
          name: "device_id",
          required: true,
          selector: { device: { filter: [{ integration: "air_baseline" }] } },
        },
        { name: "quantity", selector: selectQuantity },
        { name: "show_title", default: true, selector: { boolean: {} } },
        { name: "show_year", default: false, selector: { boolean: {} } },
      ],
      computeLabel: ({ name }, localize) =>
        localize(`component.air_baseline.common.card_edit_${name}`) || undefined,
    };
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._card = document.createElement("ha-card");
    this.shadowRoot.append(html("style", "", {}, STYLES), this._card);
    this._opened = new Set();
    this._shown = [];
    this._charts = new Map();
    this._years = new Years(() => this._draw());
    this._width = 0;
    this._rows = ROWS;
    this._sizes = new ResizeObserver(([entry]) => this._resized(entry.contentRect.width));
    this._sight = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this._seen(),
      { rootMargin: SOON },
    );
  }

  setConfig(config) {
    if (config.device_id !== undefined && typeof config.device_id !== "string") {
      throw new Error("device_id must be a device ID");
    }
    const other = config.device_id !== this._config?.device_id;
    this._config = config;
    if (other) this._restart();
    this._draw();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (asksAgain(before, hass)) this._restart();
    else if (readsOtherwise(before, hass)) this._draw();
    else this._refresh(before);
  }

  getCardSize() {
    return 8;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, min_rows: this._rows };
  }

  connectedCallback() {
    this._sizes.observe(this._card);
    this._sight.observe(this);
  }

  disconnectedCallback() {
    this._sizes.disconnect();
    this._sight.disconnect();
    this._visible = false;
    this._stop();
    this._closeCharts();
  }

  _closeCharts() {
    for (const chart of this._charts.values()) chart.close();
    this._charts.clear();
  }

  /** Return the chart of a pollutant, which stays while the card is drawn again. */
  _chart(quantity) {
    if (!this._charts.has(quantity)) {
      const ask = (asked, span) => this._past(asked, span);
      this._charts.set(quantity, new Chart(ask, () => this._measure()));
    }
    return this._charts.get(quantity);
  }

  _past(quantity, span) {
    return this._hass.connection.sendMessagePromise({
      type: "air_baseline/room_past",
      device_id: this._config.device_id,
      quantity,
      span,
    });
  }

  _seen() {
    if (this._visible) return;
    this._visible = true;
    this._restart();
  }

  _resized(width) {
    if (Math.abs(width - this._width) < 1) return;
    this._width = width;
    this._draw();
  }

  /** Show the sources' current values; everything else comes from the server. */
  _refresh(before) {
    for (const { channel, element } of this._shown) {
      if (before.states[channel.source] !== this._hass.states[channel.source]) {
        element.querySelector(".value").replaceChildren(...present(this._hass, channel));
      }
    }
  }

  _stop() {
    this._unsubscribe?.then((stop) => stop?.());
    this._unsubscribe = undefined;
  }

  /** Subscribe again after the room, the language or the integration changed. */
  _restart() {
    this._stop();
    this._room = this._refusal = undefined;
    this._closeCharts();
    this._draw();
    if (this._visible && this._hass && this._config) {
      this._unsubscribe = this._subscribe(this._hass, this._config.device_id);
    }
  }

  async _subscribe(hass, deviceId) {
    const mine = () => hass.language === this._hass.language && deviceId === this._config.device_id;
    try {
      await loadWords(hass);
      if (!deviceId) {
        this._draw();
        return undefined;
      }
      return await hass.connection.subscribeMessage(
        (room) => {
          if (!mine()) return;
          this._room = room;
          this._draw();
        },
        { type: "air_baseline/subscribe_room", device_id: deviceId },
      );
    } catch (error) {
      if (mine()) {
        this._refusal = error.translation_key === "room_gone" ? "card_gone" : REFUSALS[error.code];
        this._refusal ??= "card_failed";
        this._draw();
      }
      return undefined;
    }
  }

  _draw() {
    if (!this._hass || !this._config) return;
    const waits = this._config.device_id && !this._room && !this._refusal;
    this._card.classList.toggle("waits", Boolean(waits));
    const focusable = () => [...this._card.querySelectorAll("a, button, summary, [tabindex]")];
    const focused = focusable().indexOf(this.shadowRoot.activeElement);
    this._card.replaceChildren(...this._content());
    focusable()[focused]?.focus();
    this._measure();
  }

  /** Ask for so many rows that a section of fixed height does not cut a chart. */
  _measure() {
    const charts = this._card.querySelectorAll(".chart, .year");
    if (!this._width || !charts.length) return;
    const top = this._card.getBoundingClientRect().top - this._card.scrollTop;
    const bottom = charts[charts.length - 1].getBoundingClientRect().bottom + PADDING;
    const rows = Math.ceil((bottom - top + GAP) / ROW);
    if (rows === this._rows) return;
    this._rows = rows;
    this.dispatchEvent(new Event("card-updated", { bubbles: true, composed: true }));
  }

  _content() {
    this._shown = [];
    const message = this._message();
    if (message !== undefined) return [html("p", "message", { role: "status" }, message)];
    const { channels, questions, recorder, room } = this._room;
    const wanted = this._config.quantity;
    const parts = this._config.show_title === false ? [] : [html("h2", "", {}, room)];
    const shown = channels
      .filter(({ quantity, words_of: words }) => !wanted || [quantity, words].includes(wanted))
      .sort(worseFirst);
    // What is said of the whole room does not contradict itself.
    const toDo = wanted ? shown.flatMap(({ words }) => words.what_to_do) : this._room.what_to_do;
    if (toDo.length) parts.push(this._whatToDo(toDo.map((line) => spoken(this._hass, line))));
    const asked = questions.length ? this._questions(questions, room) : null;
    this._shown = shown.map((channel, index) => ({
      channel,
      element: this._channelElement(channel, index ? null : asked),
    }));
    if (asked && !shown.length) parts.push(asked);
    parts.push(...this._shown.map(({ element }) => element));
    parts.push(this._happened());
    if (!recorder) parts.push(html("p", "note", {}, say(this._hass, "card_no_recorder")));
    return parts;
  }

  _channelElement(channel, asked) {
    const width = Math.max(LEAST_WIDTH, this._width);
    const { device_id: device, show_year: whole } = this._config;
    return channelElement(this._hass, channel, width, {
      asked,
      chart: this._chart(channel.quantity),
      year: this._years.element(this._hass, device, channel, width, whole),
      opened: this._opened.has(channel.quantity),
      onToggle: (open) => this._opened[open ? "add" : "delete"](channel.quantity),
    });
  }

  /** Return the message that replaces the chart, undefined if there is a chart. */
  _message() {
    if (!this._config.device_id) return say(this._hass, "card_choose");
    if (this._refusal) return say(this._hass, this._refusal);
    if (!this._room) return "";
    if (this._room.status !== "shown") return say(this._hass, `card_${this._room.status}`);
    return undefined;
  }

  _happened() {
    const open = html("button", "happened", { type: "button" }, say(this._hass, "card_timeline"));
    const closed = () => this._focusOn(".happened");
    open.addEventListener("click", () =>
      openTimeline(this.shadowRoot, this._hass, this._config.device_id, closed),
    );
    return open;
  }

  /** Focus what opened a dialog: it has been drawn again, or is gone with its question. */
  _focusOn(selector) {
    const found = this._card.querySelector(selector) ?? this._card.querySelector(".happened");
    found?.focus();
  }

  _whatToDo(sentences) {
    return html(
      "section",
      "todo",
      {},
      html("h3", "", {}, say(this._hass, "card_what_to_do")),
      html("p", "", {}, sentences.join(" ")),
    );
  }

  /** List the open questions, which open where they are for whoever may answer them. */
  _questions(questions, room) {
    const items = questions.map((question) => {
      const title = questionTitle(this._hass, question.kind, room, question.numbers);
      if (!this._room.may_answer || !question.id) return html("span", "", {}, title);
      const open = html("button", "", { type: "button", "data-question": question.id }, title);
      const closed = () => this._focusOn(`[data-question="${CSS.escape(question.id)}"]`);
      const options = { room, title, closed };
      open.addEventListener("click", () =>
        openQuestion(this.shadowRoot, this._hass, this._config.device_id, question, options),
      );
      return open;
    });
    return html(
      "div",
      "questions",
      {},
      html("p", "", {}, say(this._hass, "card_questions")),
      ...items,
    );
  }
}
