// Registers the card and the dashboard with Home Assistant's frontend. There is no build step:
// the modules are served unchanged, under a URL that changes with their content.

import { AirBaselineCard } from "./card.js";
import { AirBaselineHeadline } from "./headline.js";
import { AirBaselinePanel } from "./page.js";
import { AirBaselineRecord } from "./record.js";
import { AirBaselineDashboard } from "./strategy.js";
import { AirBaselineTile } from "./tile.js";
import { AirBaselineWelcome } from "./welcome.js";

const CARD = "air-baseline-card";
const HEADLINE = "air-baseline-headline-card";
const RECORD = "air-baseline-record-card";
const TILE = "air-baseline-tile-card";
const STRATEGY = "air-baseline";
const DOCUMENTATION =
  "https://github.com/air-baseline/air-baseline/blob/main/docs/dashboard.md";

/** Define an element once: a page can load these modules again after an update. */
function defineOnly(name, element) {
  if (customElements.get(name)) return false;
  customElements.define(name, element);
  return true;
}

/** Define an element, and offer it in a list of Home Assistant's frontend. */
function define(name, element, registry, entry) {
  if (!defineOnly(name, element)) return;
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

define(TILE, AirBaselineTile, "customCards", {
  type: TILE,
  name: "Air Baseline tile",
  description: "A room in one line; press it to see its card",
  preview: true,
  documentationURL: DOCUMENTATION,
});

define(HEADLINE, AirBaselineHeadline, "customCards", {
  type: HEADLINE,
  name: "Air Baseline headline",
  description: "The whole home in a few words, what matters most first",
  preview: true,
  documentationURL: DOCUMENTATION,
});

define(RECORD, AirBaselineRecord, "customCards", {
  type: RECORD,
  name: "Air Baseline record",
  description: "A month: what happened in each room, and how what was said came out",
  preview: true,
  documentationURL: DOCUMENTATION,
});

// Nobody chooses these two: our page and our dashboard show them.
defineOnly("air-baseline-welcome-card", AirBaselineWelcome);
defineOnly("air-baseline-panel", AirBaselinePanel);

define(`ll-strategy-dashboard-${STRATEGY}`, AirBaselineDashboard, "customStrategies", {
  type: STRATEGY,
  strategyType: "dashboard",
  name: "Air Baseline",
  description: "What is usual in each room, how sure that is, and what needs your answer",
  documentationURL: DOCUMENTATION,
});
