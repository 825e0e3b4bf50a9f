// Registers the card and the dashboard with Home Assistant's frontend. There is no build step:
// the modules are served unchanged, under a URL that changes with their content.

import { AirBaselineCard } from "./card.js";
import { AirBaselineDashboard } from "./strategy.js";

const CARD = "air-baseline-card";
const STRATEGY = "air-baseline";
const DOCUMENTATION =
  "https://github.com/air-baseline/air-baseline/blob/main/docs/dashboard.md";

/** Define an element once: a page can load these modules again after an update. */
function define(name, element, registry, entry) {
  if (customElements.get(name)) return;
  customElements.define(name, element);
  window[registry] = [...(window[registry] ?? []), entry];
}

define(CARD, AirBaselineCard, "customCards", {
  type: CARD,
  name: "Air Baseline",
  description: "Today's readings in a room, compared with what is usual there",
  preview: true,
  documentationURL: DOCUMENTATION,
  getEntitySuggestion: (hass, entityId) => {
    const entity = hass.entities[entityId];
    if (entity?.platform !== "air_baseline" || !entity.device_id) return null;
    return { config: { type: `custom:${CARD}`, device_id: entity.device_id } };
  },
});

define(`ll-strategy-dashboard-${STRATEGY}`, AirBaselineDashboard, "customStrategies", {
  type: STRATEGY,
  strategyType: "dashboard",
  name: "Air Baseline",
  description: "What is usual in each room, how sure that is, and what needs your answer",
  documentationURL: DOCUMENTATION,
});
