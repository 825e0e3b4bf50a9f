// Puts what the server explains into words: it sends keys, numbers, times and dates.

import { clockTime, dateName, level, moment, say, wholeNumber } from "./format.js";

const WRITTEN_TIME = /\b([01]\d|2[0-3]):([0-5]\d)\b/g; // As the names of parts of the day have it.

/** Return a sentence of the server as text. */
export function spoken(hass, sentence) {
  if (typeof sentence === "string") return sentence;
  return sentence.map((piece) => pieceOf(hass, piece)).join("");
}

/** Return times of day ("01:00-04:00") as text. */
export function timesOfDay(hass, times) {
  return times.map((span) => inTheirFormat(hass, span.replace("-", "–"))).join(", ");
}

function pieceOf(hass, piece) {
  if (typeof piece === "string") return piece;
  if ("say" in piece) return fragment(hass, piece.say, piece.with ?? {});
  if ("number" in piece) return level(hass, piece.number);
  if ("time" in piece) return moment(hass, piece.time);
  if ("date" in piece) return dateName(hass, piece.date);
  if ("times" in piece) return timesOfDay(hass, piece.times);
  const text = spoken(hass, piece.capital);
  return text.charAt(0).toLocaleUpperCase(hass.locale.language) + text.slice(1);
}

function fragment(hass, key, given) {
  const values = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === "number" ? wholeNumber(hass, value) : spoken(hass, value),
  ]);
  const text = say(hass, key, Object.fromEntries(values));
  return key.startsWith("part_") ? inTheirFormat(hass, text) : text;
}

function inTheirFormat(hass, text) {
  return text.replace(WRITTEN_TIME, (_, hour, minute) => clockTime(hass, hour, minute));
}
