// The guideline, which holds for everybody: measured, whatever has been learned about the room.

import { html } from "./dom.js";
import { level, number, say } from "./format.js";

const UNCOMPARED = new Set([
  "paused", "changing", "stale", "learning", "unknown", "not_seen",
]);

/** Tell whether the air is above the number of the guideline where nothing else compares it. */
export function isHighNow(channel, kind) {
  return Boolean(channel.guideline?.now_above) && UNCOMPARED.has(kind);
}

/** Return the limit with its unit. */
export function limitOf(hass, channel) {
  return `${level(hass, channel.guideline.limit)} ${channel.unit}`.trim();
}

/** Say that the present level is above the number of the guideline. */
export function nowAbove(hass, channel) {
  const limit = limitOf(hass, channel);
  if (isHour(channel)) return say(hass, "card_now_above_1", { limit });
  return say(hass, "card_now_above_24", { limit });
}

/** Say the mean next to the guideline: "24 h: 41 μg/m³, guideline 15". */
export function meanWords(hass, channel, value, isLeast) {
  const { hours, limit: limited } = channel.guideline;
  const shown = `${level(hass, value)} ${channel.unit}`.trim();
  const mean = isLeast ? say(hass, "at_least", { level: shown }) : shown;
  const limit = level(hass, limited);
  return say(hass, "card_mean", { hours, mean, limit });
}

/** Say the mean while it is above the guideline, undefined otherwise: for headlines and tiles. */
export function meanAbove(hass, channel) {
  const { mean, mean_is_least: isLeast } = channel.guideline ?? {};
  const known = channel.above_guideline && mean !== null && mean !== undefined;
  return known ? meanWords(hass, channel, mean, isLeast) : undefined;
}

/** Draw what was measured next to the guideline; null if there is none. */
export function guidelineElement(hass, channel) {
  const { guideline, mean } = channel;
  if (!guideline) return null;
  if (mean?.enough) {
    const words = meanWords(hass, channel, mean.level, mean.is_least);
    return line(hass, channel, channel.above_guideline ? "above" : "", words);
  }
  return line(hass, channel, guideline.now_above ? "now" : "", shortOf(hass, channel));
}

/** Say what is missing for the mean; a mean of one hour is waited for in minutes. */
function shortOf(hass, channel) {
  const unit = isHour(channel) ? 60 : 1;
  const known = number(hass, Math.floor((channel.mean?.hours ?? 0) * unit));
  const needed = number(hass, channel.guideline.needed * unit);
  const limit = limitOf(hass, channel);
  if (isHour(channel)) return say(hass, "card_mean_short_1", { known, needed, limit });
  return say(hass, "card_mean_short_24", { known, needed, limit });
}

/** Return the name of the guideline, with what it is for and who gives it. */
export function guidelineName(hass, channel) {
  return say(hass, isHour(channel) ? "card_guideline_1" : "card_guideline_24");
}

/** Return the name of the line of the mean. */
export function meanName(hass, channel) {
  return say(hass, isHour(channel) ? "card_mean_line_1" : "card_mean_line_24");
}

function isHour(channel) {
  return channel.guideline.hours === 1;
}

function line(hass, channel, kind, words) {
  return html(
    "p",
    `guideline ${kind}`.trim(),
    { title: guidelineName(hass, channel) },
    html("span", "of", {}, `${say(hass, "card_measured")}: `),
    words,
  );
}
