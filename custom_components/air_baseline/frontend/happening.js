// Parts of the timeline: an explanation, times and lengths as words, and inputs for a time.

import { html } from "./dom.js";
import { clock, moment, number, say } from "./format.js";
import { spoken } from "./speak.js";

const MINUTE_S = 60;
const HOUR_S = 3600;
const LINES = ["what_to_do", "measured", "inferred", "because", "not_known", "next"];
const TERMS = {
  what_to_do: "card_what_to_do",
  measured: "card_measured",
  inferred: "card_inferred",
  because: "card_because",
  not_known: "card_not_known",
  next: "card_next",
};

/** Return an explanation as a list of its parts. */
export function explanation(hass, words) {
  const list = html("dl");
  for (const name of LINES) {
    const lines = words[name] ?? [];
    if (!lines.length) continue;
    const items = lines.map((line) => html("li", "", {}, spoken(hass, line)));
    list.append(
      html("dt", "", {}, say(hass, TERMS[name])),
      html("dd", "", {}, html("ul", "", {}, ...items)),
    );
  }
  return list;
}

/** Return what an answer would change as values of a text: each is a list in prose. */
export function consequences(hass, changes) {
  const list = (lines) => lines.map((line) => `- ${spoken(hass, line)}`).join("\n");
  return Object.fromEntries(Object.entries(changes).map(([name, lines]) => [name, list(lines)]));
}

/** Return from when to when something happened. */
export function span(hass, { kind, start, end, running }) {
  if (running) return say(hass, "card_since", { start: moment(hass, start) });
  if (kind === "named") return moment(hass, start);
  const until = end - start < 24 * HOUR_S ? clock(hass, end) : moment(hass, end);
  return `${moment(hass, start)} – ${until}`;
}

/** Return a length of time in hours and minutes. */
export function length(hass, seconds) {
  const minutes = Math.round(seconds / MINUTE_S);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!hours) return say(hass, "card_minutes", { minutes: number(hass, minutes) });
  if (!rest) return say(hass, "card_hours", { hours: number(hass, hours) });
  return say(hass, "card_hours_minutes", { hours: number(hass, hours), minutes: number(hass, rest) });
}

/** Return a POSIX time (seconds) in ISO 8601. */
export function iso(at) {
  return new Date(at * 1000).toISOString();
}

/** Return inputs for a date and a time, filled with a POSIX time (seconds), and their value. */
export function dateAndTime(hass, at) {
  const zone = hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
  const parts = new Intl.DateTimeFormat("sv", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(at * 1000));
  const [day, time] = parts.split(" ");
  const date = html("input", "", { type: "date", value: day });
  const hour = html("input", "", { type: "time", value: time });
  const offset = () => zoneOffset(zone, `${date.value}T${hour.value}:00Z`);
  return { inputs: [date, hour], value: () => `${date.value}T${hour.value}:00${offset()}` };
}

/** Return the offset of a zone from UTC at a local time that is written as if it were UTC. */
function zoneOffset(zone, asUtc) {
  const at = new Date(asUtc);
  const name = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName").value;
  return name.replace("GMT", "") || "+00:00";
}
