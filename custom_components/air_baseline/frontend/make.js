// What only the frontend can make for an administrator: a dashboard, and a notification.

import { say } from "./format.js";
import { roomDevices } from "./rooms.js";

const DASHBOARD = "air-baseline-home";
const STRATEGY = { strategy: { type: "custom:air-baseline" } };
const BLUEPRINT = "air_baseline/notify_and_ask.yaml";
const SOURCE =
  "https://github.com/air-baseline/air-baseline/blob/main/custom_components/air_baseline/blueprints/notify_and_ask.yaml";
const KEY = "air_baseline_welcome";
const PATIENCE_MS = 30_000; // For the automations to be loaded again.
const TRIES = 12; // After that, for the state of the new one to arrive.
const PAUSE_MS = 250;

/** Return the address of our dashboard, undefined if there is none. */
export async function dashboardPath(hass) {
  const boards = await hass.callWS({ type: "lovelace/dashboards/list" });
  const configs = await Promise.all(
    boards
      .filter(({ mode }) => mode === "storage")
      .map(async ({ url_path: path }) => {
        const ask = { type: "lovelace/config", url_path: path, force: false };
        const config = await hass.callWS(ask).catch(() => null);
        return config?.strategy?.type === STRATEGY.strategy.type ? `/${path}` : undefined;
      }),
  );
  return configs.find(Boolean);
}

/** Make a dashboard of our own, unless there is one; return its address. */
export async function makeDashboard(hass) {
  const there = await dashboardPath(hass);
  if (there) return there;
  const { id } = await hass.callWS({
    type: "lovelace/dashboards/create",
    url_path: DASHBOARD,
    title: "Air Baseline",
    icon: "mdi:air-filter",
    mode: "storage",
    show_in_sidebar: true,
    require_admin: false,
  });
  try {
    await hass.callWS({ type: "lovelace/config/save", url_path: DASHBOARD, config: STRATEGY });
  } catch (error) { // An empty one would be in the way of the next try.
    await hass.callWS({ type: "lovelace/dashboards/delete", dashboard_id: id }).catch(() => {});
    throw error;
  }
  return `/${DASHBOARD}`;
}

/** Return the phones with the app, by device. */
export function phones(hass) {
  return Object.values(hass.devices ?? {}).filter((device) =>
    device.identifiers.some(([domain]) => domain === "mobile_app"),
  );
}

/** Return the automation that notifies a phone, or Home Assistant itself, in the reader's words. */
export function notification(hass, phone) {
  return {
    id: notifierId(phone),
    alias: say(hass, "card_welcome_automation", { name: phone ? phoneName(phone) : "Home Assistant" }),
    use_blueprint: {
      path: BLUEPRINT,
      input: {
        rooms: roomDevices(hass).map(({ id }) => id),
        ...(phone ? { phone: phone.id } : {}),
        words_title: say(hass, "card_notify_title"),
        words_real: say(hass, "card_notify_real"),
        words_normal: say(hass, "card_notify_normal"),
        words_snooze: say(hass, "card_notify_snooze"),
      },
    },
  };
}

/** Make that automation; tell whether it is there. `now` returns the present `hass`. */
export async function makeNotification(now, phone) {
  const hass = now();
  await saveBlueprint(hass);
  const { id, ...config } = notification(hass, phone);
  let told; // Automations are loaded again after the answer, and a big home takes its time.
  const reloaded = new Promise((done) => { told = done; });
  const leave = await hass.connection.subscribeEvents(told, "automation_reloaded");
  try {
    await hass.callApi("POST", `config/automation/config/${id}`, config);
    await Promise.race([reloaded, pause(PATIENCE_MS)]);
  } finally {
    leave();
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (notifier(now(), phone)) return true;
    await pause(PAUSE_MS);
  }
  await hass.callApi("DELETE", `config/automation/config/${id}`).catch(() => {});
  return false;
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Put the blueprint that came with this release where blueprints are, unless it is there. */
async function saveBlueprint(hass) {
  const there = await hass.callWS({ type: "blueprint/list", domain: "automation" });
  if (BLUEPRINT in there) return;
  const file = await fetch(new URL("./blueprints/notify_and_ask.yaml", import.meta.url));
  if (!file.ok) throw new Error(`${BLUEPRINT}: ${file.status}`);
  await hass.callWS({
    type: "blueprint/save",
    domain: "automation",
    path: BLUEPRINT,
    yaml: await file.text(),
    source_url: SOURCE,
  });
}

export function phoneName(phone) {
  return phone.name_by_user || phone.name || "";
}

/** Return one item of a list as YAML that a person can paste. */
export function asYaml(item) {
  const [first, ...others] = mapping(item);
  return [`- ${first}`, ...others.map((line) => `  ${line}`)].join("\n");
}

/** Return the lines of an object: JSON is YAML, so only maps are spelled out. */
function mapping(value) {
  return Object.entries(value).flatMap(([key, item]) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? [`${key}:`, ...mapping(item).map((line) => `  ${line}`)]
      : [`${key}: ${JSON.stringify(item)}`],
  );
}

/** Return the automation that notifies a phone, or Home Assistant itself, if there is one. */
export function notifier(hass, phone) {
  const id = notifierId(phone);
  return Object.values(hass.states).find(
    ({ entity_id: entity, attributes }) => entity.startsWith("automation.") && attributes.id === id,
  );
}

function notifierId(phone) {
  return `air_baseline_notify_${phone?.id ?? "here"}`;
}

/** Tell whether anything notifies already. */
export function notifies(hass) {
  return [undefined, ...phones(hass)].some((phone) => notifier(hass, phone));
}

/** Tell whether this user wants to see the offers: until one notifies, or they say no. */
export async function isWelcome(hass) {
  if (notifies(hass)) return false;
  const { value } = await hass.callWS({ type: "frontend/get_user_data", key: KEY });
  return !value?.done;
}

/** Remember that this user has seen the offers. */
export function endWelcome(hass) {
  return hass.callWS({ type: "frontend/set_user_data", key: KEY, value: { done: true } });
}
