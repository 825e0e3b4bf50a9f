// The headline: the whole home in one paragraph, and a tile for each room, worst first.

import { html } from "./dom.js";
import { roomDevices, roomName, roomPath } from "./rooms.js";
import { byStanding, headline } from "./standing.js";
import { TilesCard } from "./tile.js";

export class AirBaselineHeadline extends TilesCard {
  static getStubConfig() {
    return {};
  }

  getCardSize() {
    return 4;
  }

  getGridOptions() {
    return { columns: "full", min_columns: 6 };
  }

  /** Return the page of a room, if the dashboard has one for each. */
  _path(device) {
    return this._config.room_views ? roomPath(device) : undefined;
  }

  _content() {
    if (!this._home.loaded) return this._message("card_not_loaded");
    const known = roomDevices(this._hass).filter(({ id }) => this._home.rooms[id]);
    if (!known.length) return this._message("card_no_rooms");
    const rooms = byStanding(
      known.map((device) => ({
        device,
        name: roomName(device),
        brief: this._home.rooms[device.id],
      })),
    );
    const sentences = headline(this._hass, rooms).map(({ kind, text }) =>
      html("span", kind, {}, `${text} `),
    );
    return [
      html("p", "headline", { role: "status" }, ...sentences),
      html("div", "tiles", {}, ...rooms.map(({ device }) => this._tile(device))),
    ];
  }
}
