// The chart of a day: the measured line over the range of each part of the day.

import { svg } from "./dom.js";
import { clock, level } from "./format.js";

const SLOT_S = 300;
const HEIGHT = 176;
const TOP = 10;
const BOTTOM = 22;
const RIGHT = 10;
const CHARACTER = 6.6; // Width of a digit in the axis font, in pixels.
const TICK_GAP = 24; // Minimum distance between grid lines, in pixels.
const HOUR_GAP = 36; // Minimum distance between hour labels, in pixels.

/** Draw one pollutant's day `width` pixels wide; `label` is the text alternative. */
export function chart(hass, channel, width, label) {
  const view = new View(hass, channel, width);
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label },
    grid(hass, view),
    hours(hass, channel, view),
    episodes(channel, view),
    ranges(channel, view),
    line(channel, view),
  );
}

/** Map times and levels to pixels; the root of the level, so that a plume hides no range. */
class View {
  constructor(hass, channel, width) {
    const levels = (channel.line ?? []).map(([, value]) => value);
    const highs = channel.parts.map((part) => part.high);
    this.top = 1.12 * Math.max(1, ...levels, ...highs);
    const empty = !levels.length && !highs.length; // Then no level is on any scale.
    this.ticks = empty ? [0] : ticks(this.top, HEIGHT - TOP - BOTTOM);
    const longest = Math.max(...this.ticks.map((tick) => level(hass, tick).length));
    this.left = 10 + CHARACTER * longest;
    this.right = width - RIGHT;
    this.start = channel.start;
    this.scale = (this.right - this.left) / (channel.end - channel.start);
  }

  x(at) {
    return round(this.left + (at - this.start) * this.scale);
  }

  y(value) {
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.sqrt(Math.max(value, 0) / this.top)));
  }
}

/** Return round levels from 0 to `top`, spaced for an axis `height` pixels high. */
export function ticks(top, height) {
  const found = [0];
  const place = (value) => height * Math.sqrt(value / top);
  let last = Infinity;
  for (let power = Math.floor(Math.log10(top)); power >= -2; power -= 1) {
    for (const step of [5, 2, 1]) {
      const value = Number((step * 10 ** power).toPrecision(1));
      if (value <= top && last - place(value) >= TICK_GAP && place(value) >= TICK_GAP) {
        found.push(value);
        last = place(value);
      }
    }
  }
  return found;
}

function grid(hass, view) {
  return svg(
    "g",
    { class: "grid" },
    ...view.ticks.flatMap((tick) => [
      svg("line", { x1: view.left, x2: view.right, y1: view.y(tick), y2: view.y(tick) }),
      svg("text", { x: view.left - 6, y: view.y(tick) + 4, "text-anchor": "end" }, level(hass, tick)),
    ]),
  );
}

function hours(hass, channel, view) {
  const every = (channel.end - channel.start) / 8;
  const starts = channel.parts.length === 8
    ? channel.parts.map((part) => part.start)
    : Array.from({ length: 8 }, (_, part) => channel.start + part * every);
  const skip = Math.ceil(HOUR_GAP / (every * view.scale));
  return svg(
    "g",
    { class: "hours" },
    ...starts
      .filter((_, part) => part % skip === 0)
      .map((at) => svg("text", { x: view.x(at), y: HEIGHT - 5 }, clock(hass, at, false))),
  );
}

function episodes(channel, view) {
  return svg(
    "g",
    { class: "episodes" },
    ...channel.episodes.map(({ start, end }) =>
      svg("rect", {
        x: view.x(start),
        y: TOP - 4,
        width: Math.max(2, view.x(end) - view.x(start)),
        height: HEIGHT - TOP - BOTTOM + 4,
        rx: 4,
      }),
    ),
  );
}

/** Draw the ranges: filled if they are in force, as dashed outlines otherwise. */
function ranges(channel, view) {
  const now = lastMoment(channel);
  return svg(
    "g",
    { class: channel.firm ? "ranges firm" : "ranges" },
    ...channel.parts.map((part) => {
      const present = now >= part.start && now < part.end;
      return svg("rect", {
        class: present ? "present" : null,
        x: view.x(part.start) + 1.5,
        y: view.y(part.high),
        width: Math.max(1, view.x(part.end) - view.x(part.start) - 3),
        height: Math.max(3, view.y(part.low) - view.y(part.high)),
        rx: 4,
      });
    }),
  );
}

function line(channel, view) {
  const group = svg("g", { class: "line" });
  const runs = unbroken(channel.line ?? []);
  group.append(...runs.map((run) => path(run, view)));
  for (const { start, end } of channel.episodes) {
    const during = unbroken(
      (channel.line ?? []).filter(([at]) => at + SLOT_S > start && at <= end),
    );
    group.append(...during.map((run) => path(run, view, "unusual")));
  }
  const last = runs.at(-1)?.at(-1);
  if (last) {
    const running = channel.episodes.some((episode) => episode.running);
    const place = { cx: view.x(last[0] + SLOT_S / 2), cy: view.y(last[1]), r: 5 };
    group.append(svg("circle", { ...place, class: running ? "now unusual" : "now" }));
  }
  return group;
}

/** Split a line at its gaps. */
function unbroken(points) {
  const runs = [];
  for (const point of points) {
    const run = runs.at(-1);
    if (run && point[0] - run.at(-1)[0] < 1.5 * SLOT_S) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

function path(run, view, className) {
  const places = run.map(([at, value]) => `${view.x(at + SLOT_S / 2)} ${view.y(value)}`);
  const d = `M${places.join("L")}${places.length === 1 ? "h0.1" : ""}`;
  return svg("path", { d, class: className ?? null });
}

/** Return the time of the last point, or the current time if there is none. */
function lastMoment(channel) {
  return channel.line?.at(-1)?.[0] ?? Date.now() / 1000;
}

function round(pixels) {
  return Math.round(10 * pixels) / 10;
}
