// The chart of a pollutant in a room: today or earlier days, with the values under the finger.

import { html } from "./dom.js";
import { clock, dateOf, level, moment, number, say } from "./format.js";
import { guidelineName, limitOf, meanName, meanWords } from "./guideline.js";
import { drawPlot, topOf } from "./plot.js";
import { around, earlier, nearest, today } from "./series.js";
import { timesOfDay } from "./speak.js";

const SPANS = {
  today: "card_span_today",
  yesterday: "card_span_yesterday",
  week: "card_span_week",
  month: "card_span_month",
};
const LISTED = 3; // Episodes that the words below the chart name; by judgement: more are not read.
const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12 }; // Points: 12 are an hour.
const OUTDOOR_MS = 1_800_000; // How often the air outdoors is asked for again, in milliseconds.
const ANSWERS = { episode_real: "card_answer_real", episode_normal: "card_answer_normal" };

let library;

/** Load the library that draws; null if this copy of Air Baseline was installed without it. */
function loadLibrary() {
  library ??= import("./libraries/uplot.js").then((module) => module.default, () => null);
  return library;
}

/** The chart of one pollutant, which stays the same while the card around it is drawn again. */
export class Chart {
  /** `ask` returns what the server knows of a span of days; `moved` hears of a new height. */
  constructor(ask, moved) {
    this._ask = ask;
    this._moved = moved;
    this._span = "today";
    this._pasts = {};
    this._at = null;
    this._plot = undefined;
    this._asked = 0;
    this._spans = html("div", "spans", { role: "group" });
    this._area = html("div", "chart");
    this._readout = html("p", "readout");
    this._below = html("div");
    this.element = html("div", "charted", {}, this._spans, this._area, this._readout, this._below);
    this._area.addEventListener("keydown", (event) => this._pressed(event));
  }

  /** Show what the room's message says now, `width` pixels wide; `words` is the alternative. */
  async update(hass, channel, width, words) {
    Object.assign(this, { _hass: hass, _channel: channel, _width: width, _words: words });
    this._drawSpans();
    this._drawBelow();
    this._askOutdoors();
    this._Plot = await loadLibrary(); // After that, the card is in the page and has its colors.
    this._loaded = true;
    if (this.element.isConnected) this._drawArea();
  }

  /** End what the chart holds. */
  close() {
    this._plot?.destroy();
    this._plot = undefined;
  }

  /** Return what is shown; undefined while it is being fetched or could not be. */
  get _view() {
    const past = this._pasts[this._span];
    if (this._span === "today") return today(this._channel, past);
    return past?.start ? earlier(this._channel, past) : undefined;
  }

  /** Return how a time is written: the days of a chart of one day need no date. */
  get _time() {
    return this._span === "week" || this._span === "month" ? moment : clock;
  }

  _drawSpans() {
    this._spans.setAttribute("aria-label", say(this._hass, "card_spans"));
    const buttons = Object.entries(SPANS).map(([span, key]) => {
      const state = { type: "button", "aria-pressed": String(span === this._span) };
      const button = html("button", "", state, say(this._hass, key));
      button.addEventListener("click", () => this._choose(span));
      return button;
    });
    const root = this._spans.getRootNode();
    const focused = [...this._spans.children].indexOf(root.activeElement);
    this._spans.replaceChildren(...buttons);
    buttons[focused]?.focus();
  }

  _choose(span) {
    this._span = span;
    this._at = null;
    if (span !== "today") this._fetch(span);
    this._redraw();
  }

  /** The line of the air outdoors is not in the room's message: it is asked for now and then. */
  _askOutdoors() {
    if (!this._channel.outdoor || Date.now() - this._asked < OUTDOOR_MS) return;
    this._asked = Date.now();
    this._fetch("today");
  }

  async _fetch(span) {
    try {
      this._pasts[span] = await this._ask(this._channel.quantity, span);
    } catch {
      this._pasts[span] ??= { failed: true };
    }
    if (span === this._span) this._redraw();
  }

  _redraw() {
    this._drawSpans();
    this._drawBelow();
    if (this._loaded) this._drawArea();
  }

  _drawArea() {
    this.close();
    const view = this._view;
    const drawn = Boolean(this._Plot && view && (view.line.length || view.parts.length));
    this._area.className = drawn ? "chart drawn" : "chart worded";
    if (!this._Plot) return this._say(say(this._hass, "card_no_chart"), this._words);
    if (!view) return this._say(this._pasts[this._span]?.failed ? say(this._hass, "card_past_failed") : "");
    if (!drawn) return this._say(say(this._hass, "card_nothing_kept"));
    this._area.replaceChildren();
    for (const [name, value] of Object.entries(this._spoken())) {
      if (value === null) this._area.removeAttribute(name);
      else this._area.setAttribute(name, value);
    }
    const before = this._at; // A new plot begins without a place.
    this._shown = view;
    this._plot = drawPlot(this._Plot, this._area, this._hass, view, this._width, {
      cursor: (at) => this._read(at),
      ready: (plot) => {
        this._plot = plot;
        if (before === null) this._read(null);
        else this._moveTo(nearest(view.line, before));
      },
    });
    this._followTouch(this._plot);
    this._moved();
    return undefined;
  }

  /** Show words in place of the chart. */
  _say(...sentences) {
    for (const name of ["role", "tabindex", "aria-valuetext", "aria-label"]) {
      this._area.removeAttribute(name);
    }
    this._shown = undefined;
    this._readout.replaceChildren();
    this._area.replaceChildren(
      ...sentences.filter(Boolean).map((words) => html("p", "instead", {}, words)),
    );
    this._moved();
  }

  _spoken() {
    const last = this._view.line.length - 1;
    const movable = last >= 0;
    return {
      role: movable ? "slider" : "img",
      tabindex: movable ? "0" : null,
      "aria-label": this._words,
      "aria-valuemin": movable ? "0" : null,
      "aria-valuemax": movable ? String(last) : null,
    };
  }

  /** A finger moves the cursor as the mouse does; up and down, it scrolls the page. */
  _followTouch(plot) {
    const follow = (event) => {
      if (event.pointerType === "mouse") return;
      const { left, top } = plot.over.getBoundingClientRect();
      plot.setCursor({ left: event.clientX - left, top: event.clientY - top });
    };
    plot.over.addEventListener("pointerdown", follow);
    plot.over.addEventListener("pointermove", follow);
  }

  _pressed(event) {
    const line = this._shown?.line ?? [];
    if (!line.length) return;
    const last = line.length - 1;
    const index = this._at === null ? last : nearest(line, this._at);
    const places = {
      Home: 0,
      End: last,
      ArrowUp: index + 1,
      ArrowDown: index - 1,
      ...Object.fromEntries(Object.entries(KEYS).map(([key, step]) => [key, index + step])),
    };
    if (event.key === "Escape" && this._at !== null) this._plot.setCursor({ left: -10, top: -10 });
    else if (event.key in places) this._moveTo(Math.min(Math.max(places[event.key], 0), last));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  _moveTo(index) {
    const point = this._shown.line[index];
    if (!point) return;
    const left = this._plot.valToPos(point.at + point.seconds / 2, "x");
    this._plot.setCursor({ left, top: this._plot.valToPos(point.value, "y") });
  }

  /** Say the values at a time; null for none. */
  _read(at) {
    const view = this._shown ?? this._view;
    const index = nearest(view.line, at ?? Infinity);
    const point = view.line[index];
    this._at = at === null || !point ? null : point.at + point.seconds / 2;
    if (!point) return;
    const words = this._values(view, point);
    this._area.setAttribute("aria-valuenow", String(index));
    this._area.setAttribute("aria-valuetext", words.join(", "));
    const [time, value, ...more] = words;
    this._readout.replaceChildren(
      ...(this._at === null
        ? [say(this._hass, "card_touch")]
        : [html("strong", "", {}, `${time}: ${value}`), ...more.map((one) => ` · ${one}`)]),
    );
  }

  _values(view, point) {
    const hass = this._hass;
    const shown = (value) => `${level(hass, value)} ${view.unit}`.trim();
    const { part, episode, outdoor, mean } = around(view, point);
    const words = [this._time(hass, point.at), shown(point.value)];
    if (part) {
      const range = { low: level(hass, part.low), high: level(hass, part.high) };
      const usual = say(hass, view.firm ? "card_usual" : "card_guess");
      words.push(`${usual}: ${say(hass, "span", range)}`);
    }
    if (outdoor !== undefined) words.push(`${say(hass, "card_outdoor")}: ${shown(outdoor)}`);
    if (mean !== undefined) words.push(meanWords(hass, this._channel, mean, false));
    if (episode) words.push(episodeWords(hass, episode, this._time));
    return words;
  }

  _drawBelow() {
    const view = this._view;
    if (!view) return this._below.replaceChildren();
    const hass = this._hass;
    const item = (kind, words) => html("li", kind, {}, words);
    const time = this._time;
    const named = view.episodes.slice(-LISTED);
    const items = named.map((one) => item("episode", episodeWords(hass, one, time)));
    if (view.episodes.length > LISTED) {
      const all = view.episodes.length;
      items.push(item("words", say(hass, "card_episodes", { number: all })));
    }
    if (view.line.length) items.push(item("measured", say(hass, "card_measured")));
    if (view.parts.length) items.push(item(view.firm ? "range" : "guess", this._rangeWords()));
    if (view.outdoor.length) items.push(item("outdoor", say(hass, "card_outdoor")));
    if (view.mean.length) items.push(item("mean", meanName(hass, view)));
    if (view.guideline?.limit <= topOf(view)) {
      items.push(item("limit", `${guidelineName(hass, view)}: ${limitOf(hass, view)}`));
    }
    const { not_seen: notSeen, line } = this._channel;
    if (this._span === "today") {
      const times = timesOfDay(hass, notSeen);
      if (times) items.push(item("words", say(hass, "card_not_seen", { times })));
      if (line !== null && !line.length) items.push(item("words", say(hass, "card_no_line")));
    }
    if (line === null) items.push(item("words", say(hass, "card_line_hidden")));
    const note = this._kept();
    this._below.replaceChildren(
      html("ul", "legend", {}, ...items),
      ...(note ? [html("p", "note", {}, note)] : []),
    );
    return undefined;
  }

  /** Say what the range is; of earlier days, it is the one that was in force then. */
  _rangeWords() {
    const key = this._span === "today" ? rangeKey(this._channel) : "card_usual_then";
    return say(this._hass, key);
  }

  /** Say from when on only hourly means are kept, if that is in the chart. */
  _kept() {
    const hass = this._hass;
    const past = this._span === "today" ? undefined : this._pasts[this._span];
    if (past?.kept === false) return say(hass, "card_no_recorder_past");
    const hourly = (past?.hourly ?? []).filter(([at]) => at >= past.start);
    if (!hourly.length) return undefined;
    const first = past.line?.find(([at]) => at > hourly.at(-1)[0]);
    if (!first) return say(hass, "card_hourly");
    const date = moment(hass, first[0]);
    return say(hass, "card_hourly_until", { date });
  }
}


/** Return what a chart says of today's ranges. */
export function rangeKey(channel) {
  if (channel.firm) return "card_usual";
  if (channel.basis === "everyone") return "card_everyone";
  if (channel.basis === "mixed") return "card_mixed";
  return channel.state === "provisional" ? "card_first_picture" : "card_not_in_force";
}

/** Say when an episode was, with times as `time` writes them, and what was answered to it. */
export function episodeWords(hass, { start, end, running, answer, rarity_days: days }, time = clock) {
  const from = time(hass, start);
  // How rare a running one is stands among what is inferred.
  if (running) return say(hass, "card_unusual_since", { start: from });
  const to = dateOf(hass, start) === dateOf(hass, end) ? clock(hass, end) : time(hass, end);
  const words = [say(hass, "card_unusual_until", { start: from, end: to })];
  if (days !== null) words.push(say(hass, "rarity", { days: number(hass, days) }));
  if (answer in ANSWERS) words.push(say(hass, ANSWERS[answer]));
  return words.map((one) => one.replace(/\.$/, "")).join(". ");
}
