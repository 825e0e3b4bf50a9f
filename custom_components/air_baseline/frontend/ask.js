// What the cards ask the server once, and what they ask it to do.

const DOMAIN = "air_baseline";

/** Ask one of our commands; return its answer. */
export function ask(hass, command, values) {
  return hass.connection.sendMessagePromise({ type: `${DOMAIN}/${command}`, ...values });
}

/** Run one of our actions on a room; return the corrections that it made. */
export async function act(hass, deviceId, service, values) {
  const { response } = await hass.connection.sendMessagePromise({
    type: "call_service",
    domain: DOMAIN,
    service,
    service_data: { device_id: deviceId, ...values },
    return_response: true,
  });
  return response.corrections.map((made) => ({ ...made, device_id: deviceId }));
}

/** Undo corrections that an answer or an action made. */
export async function undo(hass, made) {
  for (const { device_id: deviceId, quantity, correction } of made) {
    await act(hass, deviceId, "undo", { quantity, correction });
  }
}

/** Return why something failed, in the user's language if it is one of our refusals. */
export function failure(hass, error) {
  const { translation_key: key, translation_placeholders: values } = error ?? {};
  const known = key && hass.localize(`component.${DOMAIN}.exceptions.${key}.message`, values ?? {});
  const refused = error?.code === "unauthorized" && hass.localize(`component.${DOMAIN}.common.card_may_not`);
  return known || refused || error?.message || hass.localize(`component.${DOMAIN}.common.card_failed`);
}
