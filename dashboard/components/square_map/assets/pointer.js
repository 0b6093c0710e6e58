// What the hand or the keys point at: a fine outline on each map, a card, and a click.

import { describe, spoken } from "./card.js";
import { isArrow, nearest, step } from "./cursor.js";

const SIDE = [60, 60]; // pixels that the keyboard's square keeps from the map's edge

export class Pointer {
  /** `map` is the whole; `click(latlng)` selects. */
  constructor(map, click) {
    Object.assign(this, { map, click, pane: null, event: null });
  }

  /** What the maps tell of pointers and keys. */
  get heard() {
    return {
      point: (pane, event) => this.point(pane, event),
      select: (pane, { latlng }) => this.click(latlng),
      key: (pane, key) => this.pressed(pane, key),
    };
  }

  point(pane, event) {
    Object.assign(this, { pane, event });
    const { clusters, layout, maps } = this.map;
    const found = event && this.find(event.latlng);
    for (const each of maps.shown) each.mark(each.pointed, found?.path);
    const content = event ? describe(this.map, found, clusters.at(event.latlng), this.onGround(event.latlng)) : null;
    layout.card(content, pane, event?.containerPoint);
  }

  /** The same place once more, in another period. */
  again() {
    if (this.event) this.point(this.pane, this.event);
  }

  rest() {
    this.point(this.map.maps.main, null);
  }

  cluster(cluster) {
    if (!cluster) {
      this.rest();
      return;
    }
    const { clusters, layout, maps } = this.map;
    const [lon, lat] = cluster.corners[3];
    layout.card([clusters.describe(cluster)], maps.main, maps.main.map.latLngToContainerPoint([lat, lon]));
  }

  find({ lat, lng }) {
    const { blocks, frame, surface, view } = this.map;
    return (view === "blocks" ? blocks : surface).at(frame.x(lng), frame.y(lat));
  }

  onGround({ lat, lng }) {
    const { frame, surface } = this.map;
    return Boolean(surface.at(frame.x(lng), frame.y(lat)));
  }

  /** From square to square by the arrow keys, Enter for a click, Escape for no card; false for any other key. */
  pressed(pane, key) {
    const open = Boolean(this.event);
    if (isArrow(key)) this.walk(pane, key);
    else if (key === "Enter" && open) this.click(this.event.latlng);
    else if (key === "Escape" && open) this.point(pane, null);
    else return false;
    return true;
  }

  walk(pane, key) {
    const { frame, layout, surface: { squares } } = this.map;
    if (!squares.count) return;
    const centre = pane.map.getCenter();
    const fresh = this.square === undefined || !this.event;
    const from = this.square ?? nearest(squares, frame.x(centre.lng), frame.y(centre.lat));
    this.square = fresh ? from : step(squares, from, key);
    const latlng = pane.latLng(...squares.centre(this.square));
    pane.map.panInside(latlng, { padding: SIDE, animate: false });
    this.point(pane, { latlng, containerPoint: pane.map.latLngToContainerPoint(latlng) });
    layout.say(spoken(layout.cardBox));
  }
}
