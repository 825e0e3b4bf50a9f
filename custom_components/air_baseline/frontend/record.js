// The record of a month: what happened in each room, and how what was said came out.

import { html } from "./dom.js";
import {
  asksAgain, dateName, level, loadWords, moment, number, readsOtherwise, say, stateName,
} from "./format.js";
import { STYLES } from "./styles.js";

const KIND = "component.air_baseline.entity.event.inference.state_attributes.correction_kind.state";
const MONTHS = 4; // The months in which days that are kept can lie: 90 days touch at most four.

const OWN_STYLES = `
.months { display: flex; align-items: center; gap: 8px; }
.months h2 { flex: 1; text-align: center; }
.turn {
  min-width: 44px; min-height: 44px; border: 0; border-radius: 8px; font-size: 1.5rem;
  background: none; color: var(--ab-link); cursor: pointer;
}
.turn:disabled { color: var(--disabled-text-color, #767676); cursor: default; }
.recorded + .recorded { border-top: 1px solid var(--divider-color, #ddd); }
.recorded { padding: 12px 0; }
.recorded h4 { margin: 8px 0 2px; font-weight: 500; }
.recorded h5 { margin: 8px 0 0; font-size: 0.875rem; font-weight: 500; color: var(--ab-quiet); }
.facts li { padding: 2px 0; overflow-wrap: anywhere; }
`;

export class AirBaselineRecord extends HTMLElement {
  static getStubConfig() {
    return {};
  }

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    this._card = document.createElement("ha-card");
    this.shadowRoot.append(html("style", "", {}, STYLES + OWN_STYLES), this._card);
    this._back = 0; // Months before the present one.
  }

  setConfig(config) {
    this._config = config;
    this._draw();
  }

  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    if (asksAgain(before, hass)) this._ask();
    else if (readsOtherwise(before, hass)) this._draw();
  }

  connectedCallback() {
    this._ask();
  }

  getCardSize() {
    return 8;
  }

  getGridOptions() {
    return { columns: "full", min_columns: 6 };
  }

  async _ask() {
    const hass = this._hass;
    if (!hass || !this.isConnected) return;
    const back = this._back;
    await loadWords(hass);
    try {
      let known = await roomsIn(hass, back);
      // On its first day a month has nothing to tell yet: the one that has ended is opened.
      const ended = back || known.length || this._turned ? [] : await roomsIn(hass, 1);
      if (back !== this._back) return;
      if (ended.length) {
        known = ended;
        this._back = 1;
      }
      this._known = known;
    } catch {
      this._known = null;
    }
    this._draw();
  }

  _turn(step) {
    this._turned = true;
    this._back += step;
    this._known = undefined;
    this._ask();
  }

  _draw() {
    if (!this._hass || !this._config || this._known === undefined) return;
    const focused = this.shadowRoot.activeElement?.dataset.step;
    this._card.replaceChildren(this._head(), ...this._rooms());
    if (!focused) return;
    // At the last month the button that led there is off; the other one leads back.
    const turns = [...this._card.querySelectorAll(".turn:enabled")];
    (turns.find(({ dataset }) => dataset.step === focused) ?? turns[0])?.focus();
  }

  _head() {
    const turn = (step, sign, key, off) => {
      const label = say(this._hass, key);
      const attributes = { type: "button", "aria-label": label, title: label, "data-step": step };
      const button = html("button", "turn", attributes, sign);
      button.disabled = off;
      button.addEventListener("click", () => this._turn(step));
      return button;
    };
    return html(
      "div",
      "months",
      {},
      turn(1, "‹", "card_record_before", this._back >= MONTHS - 1),
      html("h2", "", { "aria-live": "polite" }, monthName(this._hass, this._back)),
      turn(-1, "›", "card_record_after", this._back <= 0),
    );
  }

  _rooms() {
    const message = (key) => [html("p", "message", { role: "status" }, say(this._hass, key))];
    if (this._known === null) return message("card_not_loaded");
    if (!this._known.length) return message("card_record_empty");
    return this._known.map(({ room, quantities }) =>
      html(
        "section",
        "recorded",
        {},
        html("h3", "", {}, room),
        ...quantities.filter(({ days }) => days).map((facts) => this._facts(facts)),
      ),
    );
  }

  _facts(facts) {
    const hass = this._hass;
    const sections = {
      happened: happened(hass, facts),
      answers: answers(hass, facts),
      changed: changed(hass, facts),
      came_out: cameOut(hass, facts),
      gaps: gaps(hass, facts),
    };
    return html(
      "div",
      "",
      {},
      html("h4", "", {}, say(hass, `quantity_${facts.quantity}`)),
      ...Object.entries(sections)
        .filter(([, lines]) => lines.length)
        .flatMap(([name, lines]) => [
          html("h5", "", {}, say(hass, `card_record_head_${name}`)),
          html("ul", "facts", {}, ...lines.map((line) => html("li", "", {}, line))),
        ]),
    );
  }
}

/** Return the rooms with days in a month, so many months before the present one. */
async function roomsIn(hass, back) {
  const month = monthBack(hass, back);
  const { rooms } = await hass.callWS({ type: "air_baseline/record", month });
  return rooms.filter(({ quantities }) => quantities.some(({ days }) => days));
}

/** Return what happened; nothing is counted that there was none of. */
function happened(hass, { episodes, summary, unit, missed }) {
  if (!episodes.length && !missed) return [say(hass, "card_record_quiet")];
  const marked = missed ? [say(hass, "card_record_missed", { missed: number(hass, missed) })] : [];
  if (!episodes.length) return [say(hass, "card_record_none"), ...marked];
  const measure = (value) => `${level(hass, value)} ${unit}`.trim();
  const highest = measure(summary.highest);
  const minutes = number(hass, summary.longest_minutes);
  return [
    say(hass, "card_record_episodes", { number: String(episodes.length), highest, minutes }),
    ...episodes.map((one) => {
      const time = `${moment(hass, one.start)} – ${moment(hass, one.end)}`;
      const answer = one.verdict ? ` · ${hass.localize(`${KIND}.${one.verdict}`)}` : "";
      return `${time} · ${measure(one.peak)}${answer}`;
    }),
    ...marked,
  ];
}

/** Return what was asked and answered in one line, without what there was none of. */
function answers(hass, { summary }) {
  const said = ["asked", "real", "normal", "unanswered"]
    .filter((name) => summary[name])
    .map((name) => say(hass, `card_record_${name}`, { [name]: number(hass, summary[name]) }));
  return said.length ? [said.join(" ")] : [];
}

function changed(hass, { changes, states, quantity }) {
  const words = quantity === "pm25" ? "pm25" : "voc";
  return [
    ...states.map(({ day, state }) => [day, stateName(hass, words, "learning", state)]),
    ...changes.map(({ day, kind }) => [day, hass.localize(`${KIND}.${kind}`)]),
  ]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([day, what]) => say(hass, "card_record_changed", { date: dateName(hass, day), what }));
}

function gaps(hass, facts) {
  const { days, usable, alert } = numbers(hass, {
    days: facts.days,
    usable: facts.usable_days,
    alert: facts.alert_days,
  });
  const lines = [
    say(hass, "card_record_days", { days, usable }),
    facts.alert_days
      ? say(hass, "card_record_alert_days", { alert })
      : say(hass, "card_record_no_alert_days"),
  ];
  if (facts.not_known.length) {
    const what = facts.not_known.map((code) => say(hass, `not_known_${code}`)).join(", ");
    lines.push(say(hass, "card_record_not_known", { what }));
  }
  return lines;
}

function cameOut(hass, facts) {
  if (facts.inside === null) return [say(hass, "card_record_unchecked")];
  const { held, target, days } = numbers(hass, {
    held: Math.round(100 * facts.inside),
    target: Math.round(100 * facts.target),
    days: facts.marks,
  });
  const lines = [say(hass, "card_record_inside", { held, target, days })];
  if (facts.latest) {
    const { low, high, came } = numbers(hass, facts.latest);
    const { scored, kept } = numbers(hass, {
      scored: facts.forecasts_scored,
      kept: facts.forecasts_kept,
    });
    lines.push(say(hass, "card_record_said", { low, high, came }));
    lines.push(say(hass, "card_record_forecasts", { scored, kept }));
  }
  return lines;
}

/** Return whole numbers as the reader writes them, by their names; others stay as they are. */
function numbers(hass, values) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "number" ? number(hass, value) : value,
    ]),
  );
}

/** Return the first of a month so many months ago, in UTC, as the server's zone dates it. */
function firstOf(hass, back) {
  const options = { timeZone: hass.config.time_zone, year: "numeric", month: "numeric" };
  const parts = new Intl.DateTimeFormat("en-US", options).formatToParts(new Date());
  const [year, month] = ["year", "month"].map((type) =>
    Number(parts.find((part) => part.type === type).value),
  );
  return new Date(Date.UTC(year, month - 1 - back, 1));
}

function monthBack(hass, back) {
  return firstOf(hass, back).toISOString().slice(0, 7);
}

function monthName(hass, back) {
  const options = { month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(hass.locale.language, options).format(firstOf(hass, back));
}
