// What matters about a room: its worst standing, in a few words.

import { dateName, moment, say, stateName } from "./format.js";
import { isHighNow, meanAbove, nowAbove } from "./guideline.js";

// Worst first. Only "usual" is calm: whatever is not known comes before it.
const ORDER = [
  "unusual", "above_guideline", "high_now", "question", "notable", "silent", "unknown",
  "clock_wrong", "changing", "stale", "higher", "learning", "not_seen", "paused", "usual",
];
export const LEARNING = new Set(["collecting", "provisional"]);
const LISTED = 3; // Rooms of a kind that the headline names; by judgement: more are not read.

/** Return how one pollutant stands: the first of ORDER that is so. */
export function standing(channel) {
  if (channel.since !== null) return "unusual";
  if (channel.above_guideline) return "above_guideline";
  const kind = inferredStanding(channel);
  return isHighNow(channel, kind) ? "high_now" : kind;
}

/** Return how one pollutant stands without the guideline, which says nothing about the room. */
export function inferredStanding(channel) {
  const { state, compared } = channel;
  if (channel.since !== null) return "unusual";
  if (state === "paused" || state === "clock_wrong") return state;
  if (state === "no_source" || channel.silent_since !== null) return "silent";
  if (state === "changing" || state === "stale") return state;
  if (LEARNING.has(state)) return "learning";
  if (compared === null) return "unknown";
  if (compared === "not_enough_data") return "not_seen";
  return compared === "lower" ? "usual" : compared;
}

/** Compare two pollutants of a room, the worse first. */
export function worseFirst(one, other) {
  return ORDER.indexOf(standing(one)) - ORDER.indexOf(standing(other));
}

/** Return a room's worst standing (`kind`), the pollutant that stands so, whether it `asks`. */
export function roomStanding(brief) {
  const channel = [...(brief?.channels ?? [])].sort(worseFirst)[0];
  const kind = channel ? standing(channel) : "unknown";
  const asks = Boolean(brief?.questions);
  const worse = asks && ORDER.indexOf("question") < ORDER.indexOf(kind);
  return { kind: worse ? "question" : kind, channel, asks };
}

/** Return rooms ({ name, brief, … }) with their standings, what matters most first. */
export function byStanding(rooms) {
  return rooms
    .map((room) => ({ ...room, ...roomStanding(room.brief) }))
    .map((room, index) => ({ room, index }))
    .sort((one, other) =>
      ORDER.indexOf(one.room.kind) - ORDER.indexOf(other.room.kind) || one.index - other.index)
    .map(({ room }) => room);
}

/** Return a standing in words; `plain` leaves out since when and until when. */
export function standingWords(hass, kind, channel, plain = false) {
  if (kind === "question") return say(hass, "card_questions");
  if (kind === "unknown") return say(hass, "card_unknown");
  const { words_of: words, earliest, since, silent_since: silent, state } = channel;
  if (kind === "above_guideline") {
    const key = `component.air_baseline.entity.binary_sensor.${words}_above_guideline.name`;
    const mean = plain ? undefined : meanAbove(hass, channel);
    const above = mean ? `${hass.localize(key)} (${mean})` : hass.localize(key);
    return plain ? above : withReady(hass, above, channel);
  }
  if (kind === "high_now") {
    const above = nowAbove(hass, channel);
    return plain ? above : withReady(hass, above, channel);
  }
  if (!plain && kind === "unusual") {
    return say(hass, "card_unusual_since", { start: moment(hass, since) });
  }
  if (!plain && kind === "silent" && silent !== null) {
    return say(hass, "card_silent_since", { start: moment(hass, silent) });
  }
  if (!plain && kind === "learning" && earliest) {
    return say(hass, "card_ready", { date: dateName(hass, earliest) });
  }
  if (kind === "silent") return stateName(hass, words, "learning", "no_source");
  if (kind === "not_seen") return stateName(hass, words, "compared", "not_enough_data");
  if (["unusual", "notable", "higher"].includes(kind)) {
    return stateName(hass, words, "compared", kind);
  }
  if (kind === "usual") return stateName(hass, words, "compared", channel.compared);
  return stateName(hass, words, "learning", state);
}

/** Add when the range can be ready: high air does not take that from a room that is learning. */
export function withReady(hass, words, channel) {
  if (inferredStanding(channel) !== "learning" || !channel.earliest) return words;
  return `${words}. ${say(hass, "card_ready", { date: dateName(hass, channel.earliest) })}`;
}

/** Return the home in sentences, what matters most first: { kind, text }. */
export function headline(hass, rooms) {
  const sentences = [];
  for (const kind of ORDER) {
    const alike = rooms.filter((room) => room.kind === kind);
    if (kind === "usual" && alike.length && rooms.length > 1) {
      const key = alike.length === rooms.length ? "card_headline_all" : "card_headline_rest";
      sentences.push({ kind, text: say(hass, key) });
      continue;
    }
    const named = alike.length > LISTED + 1 ? alike.slice(0, LISTED) : alike;
    sentences.push(...named.map((room) => ({ kind, text: sentence(hass, room) })));
    if (named.length < alike.length) {
      const state = standingWords(hass, kind, alike[0].channel, true);
      const number = alike.length - named.length;
      sentences.push({ kind, text: say(hass, "card_headline_more", { number, state }) });
    }
  }
  return sentences;
}

function sentence(hass, { name: room, kind, channel }) {
  if (kind === "unusual") {
    const start = moment(hass, channel.since);
    return say(hass, "card_headline_unusual", { room, start });
  }
  if (kind === "question") return say(hass, "card_headline_question", { room });
  if (kind === "learning" && channel.earliest) {
    const date = dateName(hass, channel.earliest);
    return say(hass, "card_headline_ready", { room, date });
  }
  const state = standingWords(hass, kind, channel);
  return say(hass, "card_headline_other", { room, state });
}
