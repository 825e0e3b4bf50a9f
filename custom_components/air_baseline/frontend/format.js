// Words, numbers and times as the user has chosen them in Home Assistant.

const DOMAIN = "air_baseline";

const NUMBER_LANGUAGES = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

/** Load the card's words; they are among the integration's own translations. */
export async function loadWords(hass) {
  await hass.loadBackendTranslation("common", DOMAIN);
  await hass.loadBackendTranslation("issues", DOMAIN);
}

/** Return one of the card's words. */
export function say(hass, key, values) {
  return hass.localize(`component.${DOMAIN}.common.${key}`, values);
}

/** Return the name of a state of one of a room's sensors. */
export function stateName(hass, words, sensor, state) {
  return hass.localize(`component.${DOMAIN}.entity.sensor.${words}_${sensor}.state.${state}`);
}

/** Return the title of a repair about a room. */
export function questionTitle(hass, kind, room) {
  return hass.localize(`component.${DOMAIN}.issues.${kind}.title`, { room });
}

/** Return a level with up to three significant digits and no needless zeros. */
export function level(hass, value) {
  const digits = value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return number(hass, value, digits);
}

/** Return a number as the user writes numbers. */
export function number(hass, value, options = {}) {
  const { number_format: format, language } = hass.locale;
  if (format === "none") {
    return new Intl.NumberFormat("en-US", { ...options, useGrouping: false }).format(value);
  }
  const system = format === "system" ? undefined : language;
  return new Intl.NumberFormat(NUMBER_LANGUAGES[format] ?? system, options).format(value);
}

/** Return the clock time of a moment (POSIX seconds), with or without its minutes. */
export function clock(hass, at, withMinutes = true) {
  const zone = hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
  const format = hass.locale.time_format;
  const language = format === "system" ? undefined : hass.locale.language;
  const twelve = format === "12" ? true : format === "24" ? false : undefined;
  const options = { hour: "numeric", timeZone: zone, hour12: twelve };
  if (withMinutes) options.minute = "2-digit";
  return new Intl.DateTimeFormat(language, options).format(new Date(at * 1000));
}
