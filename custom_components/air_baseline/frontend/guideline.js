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
  const { hours } = channel.guideline;
  return say(hass, `card_now_above_${hours}`, { limit: limitOf(hass, channel) });
}

/** Say the mean next to the guideline: "24 h: 41 μg/m³, guideline 15". */
export function meanWords(hass, channel, mean, isLeast) {
  const { hours, limit } = channel.guideline;
  const shown = `${level(hass, mean)} ${channel.unit}`.trim();
  return say(hass, `card_mean_${hours}`, {
    mean: isLeast ? say(hass, "at_least", { level: shown }) : shown,
    limit: level(hass, limit),
  });
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
  const key = guideline.hours;
  if (mean?.enough) {
    const words = meanWords(hass, channel, mean.level, mean.is_least);
    return line(hass, channel.above_guideline ? "above" : "", words, key);
  }
  const unit = key === 1 ? 60 : 1; // A mean of one hour is waited for in minutes.
  const words = say(hass, `card_mean_short_${key}`, {
    known: number(hass, Math.floor((mean?.hours ?? 0) * unit)),
    needed: number(hass, guideline.needed * unit),
    limit: limitOf(hass, channel),
  });
  return line(hass, guideline.now_above ? "now" : "", words, key);
}

function line(hass, kind, words, hours) {
  return html(
    "p",
    `guideline ${kind}`.trim(),
    { title: say(hass, `card_guideline_${hours}`) },
    html("span", "of", {}, `${say(hass, "card_measured")}: `),
    words,
  );
}
