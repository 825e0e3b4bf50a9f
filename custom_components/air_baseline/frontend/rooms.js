// The rooms of a home, from the frontend's registries.

const DOMAIN = "air_baseline";

/** Return the devices of the rooms, sorted by name. */
export function roomDevices(hass) {
  const order = new Intl.Collator(hass.locale?.language, { numeric: true });
  return Object.values(hass.devices ?? {})
    .filter((device) => device.identifiers.some(([domain]) => domain === DOMAIN))
    .sort((one, other) => order.compare(roomName(one), roomName(other)));
}

/** Return the name of a room. */
export function roomName(device) {
  return device.name_by_user || device.name || "";
}

/** Return the last part of the address of a room's page on the dashboard. */
export function roomView(device) {
  return `room-${device.id}`;
}

/** Return the address of a room's page on the dashboard that is shown. */
export function roomPath(device) {
  return `/${location.pathname.split("/")[1]}/${roomView(device)}`;
}

/** Return a room's entity by its translation key, undefined if it is hidden or disabled. */
export function roomEntity(hass, device, key) {
  return Object.values(hass.entities).find(
    (entity) =>
      entity.device_id === device.id &&
      entity.platform === DOMAIN &&
      entity.translation_key === key &&
      !entity.hidden,
  )?.entity_id;
}
