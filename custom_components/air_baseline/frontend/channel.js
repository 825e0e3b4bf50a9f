// One pollutant in a room: what was measured, what is inferred, and the learning progress.

import { episodeWords, rangeKey } from "./chart.js";
import { html } from "./dom.js";
import { clock, dateName, level, number, say, stateName } from "./format.js";
import { guidelineElement } from "./guideline.js";
import { spoken } from "./speak.js";
import { inferredStanding, LEARNING, standing, standingWords } from "./standing.js";

const PLAIN = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i; // As the server reads numbers.
// What is still missing, apart from days; the first of these is said.
const LACK_WORDS = {
  warm_up: "card_lacks_warm_up",
  hours: "card_lacks_hours",
  weekend_days: "card_lacks_weekend_days",
  week_days: "card_lacks_week_days",
  parts: "card_lacks_parts",
  record: "card_lacks_record",
  marks: "card_lacks_marks",
};
const COLLECTING_WORDS = { everyone: "card_everyone", mixed: "card_mixed" };

/** Draw one channel of the server's message: `asked`, and a chart `width` pixels wide below it. */
export function channelElement(hass, channel, width, options) {
  const { asked, chart, year, opened, onToggle } = options;
  const element = html("section", "channel");
  const thin = LEARNING.has(channel.state);
  element.append(head(hass, channel));
  const guideline = guidelineElement(hass, channel);
  if (guideline) element.append(guideline);
  if (thin) element.append(ready(hass, channel));
  if (asked) element.append(asked);
  if (hasChart(channel)) {
    element.append(chart.element);
    chart.update(hass, channel, width, alternative(hass, channel));
  }
  const { words } = channel;
  const said = [
    [say(hass, "card_measured"), words.measured],
    [say(hass, "card_inferred"), words.inferred],
  ];
  if (!thin) element.append(definitions(hass, said));
  if (year) element.append(year);
  const details = html(
    "details",
    "",
    {},
    html("summary", "", {}, say(hass, "card_more")),
    ...(thin ? [progress(hass, channel)] : []),
    definitions(hass, [
      ...(thin ? said : []),
      [say(hass, "card_because"), words.because],
      [say(hass, "card_not_known"), words.not_known],
      [say(hass, "card_next"), words.next],
    ]),
  );
  details.open = opened;
  details.addEventListener("toggle", () => onToggle(details.open));
  element.append(details);
  return element;
}

function name(hass, channel) {
  return say(hass, `quantity_${channel.quantity}`);
}

function head(hass, channel) {
  // The guideline comes on top of what is inferred, and never in its place.
  const kinds = [...new Set([standing(channel), inferredStanding(channel)])];
  return html(
    "div",
    "head",
    {},
    html("h3", "", {}, name(hass, channel)),
    valueElement(hass, channel),
    html("div", "chips", {}, ...kinds.map((kind) => chip(hass, kind, channel))),
  );
}

/** Draw the present value: pressed, it opens Home Assistant's own dialog of the sensor. */
function valueElement(hass, channel) {
  const value = present(hass, channel);
  if (!channel.source) return html("div", "value", {}, ...value);
  const button = html("button", "value", { type: "button", title: say(hass, "card_history") }, ...value);
  button.addEventListener("click", () =>
    button.dispatchEvent(
      new CustomEvent("hass-more-info", {
        detail: { entityId: channel.source },
        bubbles: true,
        composed: true,
      }),
    ),
  );
  return button;
}

function chip(hass, kind, channel) {
  const words =
    kind === "learning"
      ? stateName(hass, channel.words_of, "learning", channel.state)
      : standingWords(hass, kind, channel, kind === "above_guideline" || kind === "high_now");
  return html("div", `chip ${kind}`, {}, words);
}

/**
 * Return the source's current value, or a dash if it is unknown or refused; never an old value.
 * Beyond the end of the sensor's span, the air is at least that.
 */
export function present(hass, channel) {
  const source = channel.source ? hass.states[channel.source] : undefined;
  const value = PLAIN.test(source?.state) ? Number(source.state) : Number.NaN;
  const silent = channel.state === "no_source" || channel.silent_since !== null;
  const unit = source?.attributes.unit_of_measurement ?? "";
  // The ends of the span are in the channel's unit; a micro sign is a Greek mu.
  const ours = unit.replace("\u00b5", "\u03bc") === channel.unit;
  const impossible = value < 0 || value > channel.refused_from;
  const refused = ours && (impossible || channel.no_reading.includes(value));
  if (silent || refused || !Number.isFinite(value)) return ["–"];
  if (ours && value >= channel.highest) {
    const highest = `${level(hass, channel.highest)} ${unit}`.trim();
    return [html("small", "", {}, say(hass, "at_least", { level: highest }))];
  }
  return [level(hass, value), html("small", "", {}, unit ? ` ${unit}` : "")];
}

/** Return the text alternative of the chart. */
function alternative(hass, channel) {
  const ranges = channel.parts.map((part) => {
    const hours = `${clock(hass, part.start)}–${clock(hass, part.end)}`;
    return `${hours}: ${level(hass, part.low)}–${level(hass, part.high)} ${channel.unit}`.trim();
  });
  const shown = ranges.length ? [`${say(hass, rangeKey(channel))}: ${ranges.join("; ")}`] : [];
  const episodes = channel.episodes.map((episode) => episodeWords(hass, episode));
  return [name(hass, channel), ...channel.words.measured.map((line) => spoken(hass, line)), ...shown, ...episodes].join(". ");
}

/** Tell whether there is anything to draw; a silent source without a line has only ranges. */
function hasChart(channel) {
  if (channel.line?.length) return true;
  return channel.parts.length > 0 && standing(channel) !== "silent";
}

/** Return in one line when the range can be ready, and what it still needs. */
function ready(hass, channel) {
  const { earliest, lacks, needed } = channel;
  const days = number(hass, Math.min(channel.usable_days, needed));
  const progress = say(hass, "card_so_far", { days, needed: number(hass, needed) });
  const lack = Object.keys(LACK_WORDS).find((what) => lacks.includes(what));
  const still = lack
    ? say(hass, "card_still", { so_far: progress, lacks: say(hass, LACK_WORDS[lack]) })
    : `${progress}.`;
  const when = earliest ? say(hass, "card_ready", { date: dateName(hass, earliest) }) : "";
  return html(
    "p",
    "ready",
    {},
    ...(when ? [html("strong", "", {}, `${when}.`), " "] : []),
    still,
  );
}

/** Draw the days needed as dots, grouped by week; usable days are filled. */
function progress(hass, channel) {
  const { needed } = channel;
  const days = Math.min(channel.usable_days, needed);
  const dots = Array.from({ length: needed }, (_, index) => {
    const part = days - index;
    return html("span", part >= 1 ? "day full" : part > 0 ? "day half" : "day");
  });
  const weeks = [];
  while (dots.length) weeks.push(html("span", "week", {}, ...dots.splice(0, 7)));
  return html(
    "div",
    "progress",
    {},
    html("div", "days", { "aria-hidden": "true" }, ...weeks),
    html("p", "missing", {}, channel.missing.map((one) => spoken(hass, one)).join(" ")),
  );
}

function definitions(hass, pairs) {
  const list = html("dl");
  for (const [term, lines] of pairs) {
    const items = lines.map((line) => html("li", "", {}, spoken(hass, line)));
    list.append(html("dt", "", {}, term), html("dd", "", {}, html("ul", "", {}, ...items)));
  }
  return list;
}
