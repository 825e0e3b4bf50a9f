// Draws a chart with uPlot, which keeps its axes, its lines and the place under the finger.

import { clock, dayOfMonth, hourOf, level, weekday } from "./format.js";
import { ticks, unbroken } from "./series.js";

const HEIGHT = 190;
const TOP = 10;
const BOTTOM = 24;
const RIGHT = 10;
const CHARACTER = 6.6; // Width of a digit in the axis font, in pixels.
const TICK_GAP = 24; // Minimum distance between grid lines, in pixels.
const LABEL_GAP = 44; // Minimum distance between labels of hours and days, in pixels.
const DAY_S = 86400;
const HOUR_S = 3600;
const IN_VIEW = 1.6; // Times the highest level: a guideline up to there belongs in the chart.

/**
 * Draw a view into an element; return the plot. `cursor` is called with the time below the finger,
 * null for none, and `ready` with the plot once it can be asked for places.
 */
export function drawPlot(Plot, target, hass, view, width, { cursor: moved, ready }) {
  const colors = colorsOf(target);
  const top = topOf(view);
  const levels = ticks(top, HEIGHT - TOP - BOTTOM, TICK_GAP).sort((one, other) => one - other);
  const longest = Math.max(...levels.map((tick) => level(hass, tick).length));
  const left = 10 + CHARACTER * longest;
  const times = timeMarks(hass, view, width - left - RIGHT);
  const axis = { stroke: colors.quiet, font: `11px ${colors.font}`, ticks: { show: false, size: 0 } };
  const series = (color, more) => ({ stroke: color, width: 2, points: { show: false }, ...more });
  return new Plot(
    {
      width,
      height: HEIGHT,
      padding: [TOP, RIGHT, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 9, fill: colors.card, stroke: colors.measured, width: 2 },
      },
      scales: {
        x: { time: false, range: () => [view.start, view.end] },
        y: {
          distr: 100, // The root of the level, so that a plume hides no range.
          fwd: (value) => Math.sqrt(Math.max(value, 0)),
          bwd: (root) => root * root,
          range: () => [0, top],
        },
      },
      axes: [
        {
          ...axis,
          size: BOTTOM,
          gap: 6,
          grid: { show: false },
          splits: () => times.map(({ at }) => at),
          values: () => times.map(({ label }) => label),
        },
        {
          ...axis,
          size: left,
          gap: 6,
          grid: { stroke: colors.divider, width: 1 },
          splits: () => levels,
          filter: (_plot, found) => found,
          values: (_plot, found) => found.map((value) => level(hass, value)),
        },
      ],
      series: [
        {},
        series(colors.measured, { width: view.end - view.start > 2 * DAY_S ? 1.2 : 2 }),
        series(colors.quiet, { width: 1.5, dash: [2, 4] }),
        series(colors.quiet, { width: 2, dash: [8, 4] }),
      ],
      hooks: {
        drawAxes: [(plot) => under(plot, view, colors, top)],
        draw: [(plot) => over(plot, view, colors)],
        ready: [ready],
        setCursor: [
          ({ cursor, posToVal }) => moved(cursor.left < 0 ? null : posToVal(cursor.left, "x")),
        ],
      },
    },
    Plot.join([rows(view.line), rows(view.outdoor), rows(view.mean)]),
    target,
  );
}

/** Return the end of the scale of levels. */
export function topOf(view) {
  const shown = [view.line, view.outdoor, view.mean].flatMap((line) => line.map(({ value }) => value));
  const highest = Math.max(1, ...shown, ...view.parts.map(({ high }) => high));
  const limit = view.guideline?.limit ?? 0;
  return 1.12 * (limit <= IN_VIEW * highest ? Math.max(limit, highest) : highest);
}

/** Return the points as uPlot takes them, with a null in each gap. */
function rows(line) {
  const [times, values] = [[], []];
  for (const run of unbroken(line)) {
    if (times.length) {
      times.push(times.at(-1) + 1);
      values.push(null);
    }
    for (const { at, value, seconds } of run) {
      times.push(at + seconds / 2);
      values.push(value);
    }
  }
  return [times, values];
}

/** Return where hours or days are marked, with labels that do not touch. */
function timeMarks(hass, view, width) {
  const days = Math.round((view.end - view.start) / DAY_S);
  if (days === 1) {
    const every = (view.end - view.start) / 8;
    const skip = Math.ceil((LABEL_GAP * 8) / width);
    return Array.from({ length: 8 }, (_, mark) => view.start + mark * every)
      .filter((_, mark) => mark % skip === 0)
      .map((at) => ({ at, label: clock(hass, at, false) }));
  }
  const skip = Math.ceil((LABEL_GAP * days) / width);
  const name = days > 7 ? dayOfMonth : weekday;
  return Array.from({ length: days }, (_, day) => dayStart(hass, view.start, day))
    .filter((_, day) => day % skip === 0)
    .map((at) => ({ at, label: name(hass, at) }));
}

/** Return the start of a later day: days that change the clock are longer or shorter. */
export function dayStart(hass, first, day) {
  const at = first + day * DAY_S;
  const off = (hourOf(hass, first) - hourOf(hass, at) + 36) % 24 - 12;
  return at + off * HOUR_S;
}

/** Draw what lies under the lines: episodes, ranges, and the guideline. */
function under(plot, view, colors, top) {
  const { ctx, bbox } = plot;
  const place = placer(plot);
  const ratio = devicePixelRatio;
  ctx.save();
  for (const { start, end, answer } of view.episodes) {
    const [x, width] = place.across(start, end, 2);
    ctx.fillStyle = colors.of(colors.unusual, 0.18);
    ctx.fillRect(x, bbox.top, width, bbox.height);
    if (answer) mark(ctx, answer, x + width / 2, bbox.top, colors);
  }
  for (const part of view.parts) {
    const [x, width] = place.across(part.start, part.end, 1);
    const [y, low] = [place.y(part.high), place.y(part.low)];
    const box = [x + ratio, y, Math.max(ratio, width - 2 * ratio), Math.max(3 * ratio, low - y)];
    const present = view.present !== null && part.start <= view.present && view.present < part.end;
    ctx.beginPath();
    ctx.roundRect(...box, Math.min(4 * ratio, box[2] / 3));
    if (view.firm) {
      ctx.fillStyle = colors.of(colors.usual, present ? 0.42 : 0.22);
      ctx.fill();
    } else {
      ctx.setLineDash([4 * ratio, 4 * ratio]);
      ctx.lineWidth = (present ? 2 : 1.2) * ratio;
      ctx.strokeStyle = colors.quiet;
      ctx.stroke();
      ctx.setLineDash([]);
    }
  }
  const limit = view.guideline?.limit;
  if (limit && limit <= top) {
    const y = Math.round(place.y(limit));
    ctx.strokeStyle = colors.unusual;
    ctx.lineWidth = 1.5 * ratio;
    ctx.setLineDash([10 * ratio, 5 * ratio]);
    line(ctx, [[bbox.left, y], [bbox.left + bbox.width, y]]);
  }
  ctx.restore();
}

/** Draw what lies over the lines: what was unusual, and the last value. */
function over(plot, view, colors) {
  const { ctx } = plot;
  const place = placer(plot);
  const spot = ({ at, value, seconds }) => [place.x(at + seconds / 2), place.y(value)];
  ctx.save();
  ctx.strokeStyle = colors.unusual;
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.lineCap = ctx.lineJoin = "round";
  for (const { start, end } of view.episodes) {
    const during = view.line.filter(({ at, seconds }) => at + seconds > start && at <= end);
    for (const run of unbroken(during)) line(ctx, run.map(spot));
  }
  const last = view.line.at(-1);
  if (last && view.present !== null) {
    ctx.beginPath();
    ctx.arc(...spot(last), 5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fillStyle = view.running ? colors.unusual : colors.measured;
    ctx.strokeStyle = colors.card;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/** Mark what was answered to an episode: that it was real, or that it is normal here. */
function mark(ctx, answer, x, y, colors) {
  ctx.font = `bold ${12 * devicePixelRatio}px ${colors.font}`;
  ctx.fillStyle = colors.measured;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.fillText(answer === "episode_real" ? "✓" : "=", x, y);
}

function line(ctx, places) {
  ctx.beginPath();
  places.forEach(([x, y], index) => (index ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  if (places.length === 1) ctx.lineTo(places[0][0] + 0.1, places[0][1]);
  ctx.stroke();
}

function placer(plot) {
  const x = (at) => plot.valToPos(at, "x", true);
  return {
    x,
    y: (value) => plot.valToPos(value, "y", true),
    across: (start, end, least) => [x(start), Math.max(least * devicePixelRatio, x(end) - x(start))],
  };
}

/** Return the colors of the theme, and `of`, which makes one of them transparent. */
function colorsOf(element) {
  const style = getComputedStyle(element);
  const named = (name, spare) => style.getPropertyValue(name).trim() || spare;
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return {
    font: style.fontFamily,
    usual: named("--ab-usual", "#0288d1"),
    unusual: named("--ab-unusual", "#ffa600"),
    measured: named("--ab-measured", "#212121"),
    quiet: named("--ab-quiet", "#616161"),
    divider: named("--divider-color", "#e0e0e0"),
    card: named("--card-background-color", "#fff"),
    of: (color, share) => {
      pixel.clearRect(0, 0, 1, 1);
      pixel.fillStyle = color;
      pixel.fillRect(0, 0, 1, 1);
      const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
      return `rgba(${red}, ${green}, ${blue}, ${share})`;
    },
  };
}
