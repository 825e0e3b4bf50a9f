// Words, numbers and times in the format that the user chose in Home Assistant.

const DOMAIN = "air_baseline";

const NUMBER_LANGUAGES = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

// The order of day and month, if the user chose one that may not be that of the language.
const NUMERIC_DATES = {
  DMY: ["day", "month"],
  MDY: ["month", "day"],
  YMD: ["month", "day"],
};

const loading = new Map(); // By language: the frontend calls words loaded that it still waits for.

/** Load the cards' words, which are part of the integration's translations; return `hass` with them. */
export async function loadWords(hass) {
  const { language } = hass;
  if (!loading.has(language)) {
    loading.set(language, load(hass).finally(() => loading.delete(language)));
  }
  return { ...hass, localize: await loading.get(language) };
}

async function load(hass) {
  await hass.loadBackendTranslation("common", DOMAIN);
  await hass.loadBackendTranslation("exceptions", DOMAIN);
  return hass.loadBackendTranslation("issues", DOMAIN);
}

/** Tell whether a card must ask the server again: in another language, or once it is loaded. */
export function asksAgain(before, hass) {
  const loaded = (some) => some?.config.components.includes(DOMAIN);
  return before?.language !== hass.language || loaded(before) !== loaded(hass);
}

/** Tell whether a card shows the same in other words, another format or other colors. */
export function readsOtherwise(before, hass) {
  const same = (name) => before[name] === hass[name];
  return !["locale", "localize", "themes", "selectedTheme"].every(same);
}

/** Return one of the card's texts. */
export function say(hass, key, values) {
  return hass.localize(`component.${DOMAIN}.common.${key}`, values);
}

/** Return the display name of a state of one of the room's sensors. */
export function stateName(hass, words, sensor, state) {
  return hass.localize(`component.${DOMAIN}.entity.sensor.${words}_${sensor}.state.${state}`);
}

/** Return the title of a repair about a room; `numbers` are those that it says. */
export function questionTitle(hass, kind, room, numbers) {
  return hass.localize(`component.${DOMAIN}.issues.${kind}.title`, { room, ...numbers });
}

/** Return a level with up to three significant digits and no trailing zeros. */
export function level(hass, value) {
  const digits = value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return number(hass, value, digits);
}

/** Return a number in the user's number format. */
export function number(hass, value, options = {}) {
  const { number_format: format, language } = hass.locale;
  if (format === "none") {
    return new Intl.NumberFormat("en-US", { ...options, useGrouping: false }).format(value);
  }
  const system = format === "system" ? undefined : language;
  return new Intl.NumberFormat(NUMBER_LANGUAGES[format] ?? system, options).format(value);
}

/** Return a whole number without grouping: it counts days, corrections or percent. */
export function wholeNumber(hass, value) {
  return number(hass, value, { maximumFractionDigits: 0, useGrouping: false });
}

function zoneOf(hass) {
  return hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
}

/** Return the day and month of an ISO date, with the year if that is another one. */
export function dateName(hass, iso) {
  const options = { day: "numeric", month: "long", timeZone: "UTC" };
  const date = new Date(iso);
  if (date.getUTCFullYear() !== new Date().getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat(hass.locale.language, options).format(date);
}

/** Return the name of a month, as in "2026-11", in the parts that `options` name. */
export function monthName(hass, month, options) {
  const format = new Intl.DateTimeFormat(hass.locale.language, { ...options, timeZone: "UTC" });
  return format.format(new Date(`${month}-15`));
}

/** Return a past POSIX time (seconds): its time of day if that is today's, else its date too. */
export function moment(hass, at) {
  const of = (time) => dated(hass, time, { day: "numeric", month: "short" });
  const [day, today] = [of(at), of(Date.now() / 1000)];
  return day === today ? clock(hass, at) : `${day}, ${clock(hass, at)}`;
}

/** Return the weekday and day of the month of a POSIX time (seconds). */
export function weekday(hass, at) {
  return dated(hass, at, { weekday: "short", day: "numeric" });
}

/** Return the day and month of a POSIX time (seconds), in numbers. */
export function dayOfMonth(hass, at) {
  const options = { day: "numeric", month: "numeric", timeZone: zoneOf(hass) };
  const format = new Intl.DateTimeFormat(hass.locale.language, options);
  const order = NUMERIC_DATES[hass.locale.date_format];
  if (!order) return format.format(new Date(at * 1000));
  const pieces = format.formatToParts(new Date(at * 1000));
  const part = (wanted) => pieces.find(({ type }) => type === wanted).value;
  return order.map(part).join(part("literal"));
}

/** Return the date of a POSIX time (seconds), to compare it with another. */
export function dateOf(hass, at) {
  return dated(hass, at, { dateStyle: "short" });
}

/** Return the hour of the day of a POSIX time (seconds), from 0 to 23. */
export function hourOf(hass, at) {
  const options = { hour: "numeric", hourCycle: "h23", timeZone: zoneOf(hass) };
  return Number(new Intl.DateTimeFormat("en", options).format(new Date(at * 1000)));
}

function dated(hass, at, options) {
  const zoned = { ...options, timeZone: zoneOf(hass) };
  return new Intl.DateTimeFormat(hass.locale.language, zoned).format(new Date(at * 1000));
}

/** Return a time of day by its hour and minute. */
export function clockTime(hass, hour, minute) {
  return clockIn(hass, Date.UTC(2000, 0, 1, hour, minute) / 1000, "UTC", true);
}

/** Return the time of day of a POSIX time (seconds), with or without minutes. */
export function clock(hass, at, withMinutes = true) {
  return clockIn(hass, at, zoneOf(hass), withMinutes);
}

function clockIn(hass, at, zone, withMinutes) {
  const format = hass.locale.time_format;
  const language = format === "system" ? undefined : hass.locale.language;
  const twelve = format === "12" ? true : format === "24" ? false : undefined;
  const options = { hour: "numeric", timeZone: zone, hour12: twelve };
  if (withMinutes) options.minute = "2-digit";
  return new Intl.DateTimeFormat(language, options).format(new Date(at * 1000));
}

/** Return how the user writes times and numbers, for sentences that the server makes. */
export function formats(hass) {
  const mark = /[.,]/.exec(number(hass, 1.5))?.[0];
  const midnight = clockIn(hass, 0, "UTC", false);
  const zone = zoneOf(hass) ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { twelve_hours: /12/.test(midnight), time_zone: zone, ...(mark && { decimal_mark: mark }) };
}
