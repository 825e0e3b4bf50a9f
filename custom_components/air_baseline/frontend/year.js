// The year of a pollutant: the usual range of each month, and this month beside last year's.
// It is asked for once, and again only when a message says that it has changed.

import { html, svg } from "./dom.js";
import { level, monthName, say } from "./format.js";

const MONTHS = 12;
const HEIGHT = 112;
const TOP = 16; // Room for the mark of today.
const BOTTOM = 20;
const CHARACTER = 6.6; // Width of a digit in the axis font, in pixels.
const TICK_GAP = 24; // Minimum distance between grid lines, in pixels.
const GAP = 3; // Half the distance between two months, in pixels.
const LINE = 5; // Distance between the lines of a hatched month, in pixels.
const KINDS = {
  lived: "card_year_lived",
  hourly: "card_year_hourly",
  unseen: "card_year_unseen",
};

/** Keeps the years of the rooms' pollutants that a card shows; `changed` is called with new ones. */
export class Years {
  constructor(changed) {
    this._changed = changed;
    this._known = new Map();
  }

  /** Draw the year of a channel, null if there is none; `whole` adds the strip of all months. */
  element(hass, deviceId, channel, width, whole) {
    if (!channel.year) return null;
    const key = `${deviceId} ${channel.quantity}`;
    if (this._known.get(key)?.version !== channel.year) this._ask(hass, deviceId, channel, key);
    const { months, today } = this._known.get(key) ?? {};
    if (!months?.some(({ from }) => from)) return null;
    return html(
      "section",
      "year",
      {},
      ...(whole ? strip(hass, channel, months.slice(-MONTHS), today, width) : []),
      compared(hass, channel, months),
    );
  }

  async _ask(hass, deviceId, { quantity, year: version }, key) {
    this._known.set(key, { ...this._known.get(key), version });
    const ask = { type: "air_baseline/room_year", device_id: deviceId, quantity };
    try {
      const year = await hass.connection.sendMessagePromise(ask);
      this._known.set(key, { ...year, version });
      this._changed();
    } catch {
      // The card goes on without; the next version asks again.
    }
  }
}

/** Return a sentence about this month and the same one of last year, null if one is not known. */
function compared(hass, channel, months) {
  const [before, now] = [months.at(-MONTHS - 1), months.at(-1)];
  if (!before?.from || !now?.from) return null;
  const month = monthName(hass, now.month, { month: "long" });
  const [usual, then] = [now, before].map((one) => span(hass, channel, one));
  const said = say(hass, "card_year_compared", { month: month, now: usual, before: then });
  return html("p", "note", {}, said);
}

function span(hass, { unit }, { low, high }) {
  return `${level(hass, low)}–${level(hass, high)}\u00a0${unit}`.trim(); // In one line.
}

function strip(hass, channel, months, today, width) {
  const kinds = Object.keys(KINDS).filter((kind) => months.some((month) => kindOf(month) === kind));
  return [
    html("h4", "", {}, say(hass, "card_year")),
    picture(hass, channel, months, today, width),
    html(
      "ul",
      "legend",
      { "aria-hidden": "true" },
      ...kinds.map((kind) => html("li", kind, {}, say(hass, KINDS[kind]))),
    ),
  ];
}

function kindOf(month) {
  return month.from ?? "unseen";
}

/** Return what a month was, in words. */
function inWords(hass, channel, month) {
  const name = monthName(hass, month.month, { month: "long", year: "numeric" });
  const kind = say(hass, KINDS[kindOf(month)]);
  return month.from ? `${name}: ${span(hass, channel, month)}, ${kind}` : `${name}: ${kind}`;
}

function picture(hass, channel, months, today, width) {
  const view = new View(hass, months, width);
  const label = [say(hass, "card_year"), ...months.map((one) => inWords(hass, channel, one))];
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: "img",
      "aria-label": label.join(". "),
    },
    grid(hass, view),
    ...months.map((month, place) => drawn(hass, channel, month, place, view)),
    markOf(hass, today, view),
  );
}

class View {
  constructor(hass, months, width) {
    const highs = months.filter(({ from }) => from).map(({ high }) => high);
    this.top = 1.08 * Math.max(1, ...highs);
    this.ticks = ticks(this.top);
    const longest = Math.max(...this.ticks.map((tick) => level(hass, tick).length));
    this.left = 10 + CHARACTER * longest;
    this.width = width;
    this.column = (width - this.left - 10) / MONTHS;
  }

  x(place) {
    return round(this.left + place * this.column);
  }

  y(value) {
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.sqrt(Math.max(value, 0) / this.top)));
  }
}

/** Return 0 and round levels up to `top` that are far enough apart. */
function ticks(top) {
  const place = (value) => (HEIGHT - TOP - BOTTOM) * Math.sqrt(value / top);
  const found = [];
  for (let power = Math.floor(Math.log10(top)); power >= -2; power -= 1) {
    for (const step of [5, 2, 1]) {
      const value = Number((step * 10 ** power).toPrecision(1));
      const last = found.length ? place(found.at(-1)) : Infinity;
      if (value <= top && last - place(value) >= TICK_GAP && place(value) >= TICK_GAP) {
        found.push(value);
      }
    }
  }
  return [...found, 0];
}

function grid(hass, view) {
  return svg(
    "g",
    { class: "grid" },
    ...view.ticks.flatMap((tick) => [
      svg("line", { x1: view.left, x2: view.width - 10, y1: view.y(tick), y2: view.y(tick) }),
      svg("text", { x: view.left - 6, y: view.y(tick) + 4, "text-anchor": "end" }, level(hass, tick)),
    ]),
  );
}

/** Draw a month: filled if it was lived, hatched if from hourly averages, else a dash. */
function drawn(hass, channel, month, place, view) {
  const middle = view.x(place + 0.5);
  const parts = [
    svg("title", {}, inWords(hass, channel, month)),
    svg(
      "text",
      { x: middle, y: HEIGHT - 5, "text-anchor": "middle" },
      monthName(hass, month.month, { month: view.column < 28 ? "narrow" : "short" }),
    ),
  ];
  if (!month.from) {
    const y = (TOP + HEIGHT - BOTTOM) / 2;
    parts.push(svg("line", { class: "unseen", x1: middle - 5, x2: middle + 5, y1: y, y2: y }));
    return svg("g", { class: "month" }, ...parts);
  }
  const [top, bottom] = [view.y(month.high), view.y(month.low)];
  const place_ = { x: view.x(place) + GAP, width: Math.max(2, view.column - 2 * GAP) };
  const height = Math.max(3, bottom - top);
  parts.push(svg("rect", { class: month.from, ...place_, y: top, height, rx: 3 }));
  if (month.from === "hourly") parts.push(...hatching(place_, top, height));
  return svg("g", { class: "month" }, ...parts);
}

/** Return lines across a box, so that it is told from a filled one without its color. */
function hatching({ x, width }, top, height) {
  const lines = [];
  for (let y = top + LINE; y < top + height - 1; y += LINE) {
    lines.push(svg("line", { class: "hatch", x1: x, x2: x + width, y1: y, y2: y }));
  }
  return lines;
}

/** Mark today, an ISO date, in its month, the last one. */
function markOf(hass, today, view) {
  const [year, month, day] = today.split("-").map(Number);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const x = round(view.x(MONTHS - 1) + (view.column * (day - 0.5)) / days);
  const end = x > view.width - 60; // Then the word has no space in the middle.
  return svg(
    "g",
    { class: "today" },
    svg("line", { x1: x, x2: x, y1: 2, y2: HEIGHT - BOTTOM }),
    svg(
      "text",
      { x: end ? x - 4 : x, y: TOP - 5, "text-anchor": end ? "end" : "middle" },
      say(hass, "card_year_today"),
    ),
  );
}

function round(pixels) {
  return Math.round(10 * pixels) / 10;
}
