// The one map, and the second one of compare mode: drawn, linked, and where they look.

import { changePainting } from "./change.js";
import { Pane, align, link } from "./pane.js";
import { DENSITIES, Painting } from "./surface.js";

const { L } = globalThis;
const RESIZED = 0.03; // share of its size from which a map is another one to look at: a scroll bar is less
const FLIGHT_S = 0.5;

export class Maps {
  /** `map` is the whole; `heard` hears of pointers and keys (pointer.js). */
  constructor(map, heard) {
    Object.assign(this, { map, heard, moved: false });
    this.resize = new ResizeObserver(() => this.resized());
  }

  pane(label) {
    const heard = {
      ...this.heard,
      lead: (pane) => {
        this.leader = pane;
      },
      moved: () => {
        this.moved = true;
      },
    };
    const { frame, layout, text } = this.map;
    return new Pane(L, { frame, label: text.get(label), describedBy: layout.keysId, heard });
  }

  /** The map of the period; at the position of the one that it replaces, if any. */
  draw(kept) {
    const { blocks, clusters, data, ground, layout, patterns, surface } = this.map;
    this.now = new Painting(surface.outlines, "surface", DENSITIES);
    this.changes = changePainting(surface.outlines);
    this.main = this.pane("map_label");
    this.leader = this.main;
    layout.panes.append(this.main.root);
    const { group: drawn } = this.now;
    this.main.draw({
      layers: [patterns.defs, ground.nothing, drawn, this.changes.group, blocks.group, ground.lines, clusters.group],
      ground: data.ground,
      tiles: data.tiles,
    });
    patterns.dress(this.main.svg);
    this.placed = Boolean(kept?.zoom);
    this.moved = kept?.moved ?? false;
    if (this.placed) this.main.map.setView(kept.centre, kept.zoom, { animate: false });
    else this.fit();
    this.main.furnish();
    this.main.map.on("zoomend viewreset", () => this.zoomed());
    this.resize.observe(this.main.box);
    this.zoomed();
  }

  /** The map of the year before, the first time that it is wanted. */
  drawBefore() {
    const { data, ground, layout, surface } = this.map;
    this.then = new Painting(surface.outlines, "surface", DENSITIES);
    this.earlier = this.pane("before_label");
    layout.panes.prepend(this.earlier.root);
    this.earlier.draw({
      layers: [ground.nothing.cloneNode(true), this.then.group, ground.lines.cloneNode(true)],
      ground: data.ground,
      tiles: data.tiles,
    });
    this.earlier.map.setView(this.main.map.getCenter(), this.main.map.getZoom(), { animate: false });
    this.earlier.furnish();
    link(this.main, this.earlier, (pane) => this.map.sides && this.leader === pane);
    this.resize.observe(this.earlier.box);
  }

  get shown() {
    return this.map.sides ? [this.main, this.earlier] : [this.main];
  }

  get all() {
    return [this.main, this.earlier].filter(Boolean);
  }

  fit() {
    const { map } = this.main;
    const { frame, layout } = this.map;
    map.setMinZoom(0);
    map.fitBounds(frame.territory, { ...layout.room(frame.territory), animate: false });
    map.setMinZoom(map.getZoom() - 0.5);
    this.moved = false;
    this.earlier?.map.setMinZoom(map.getMinZoom());
  }

  fly(bounds, still = false) {
    const calm = still || matchMedia("(prefers-reduced-motion: reduce)").matches;
    Object.assign(this, { leader: this.main, moved: bounds !== this.map.frame.territory });
    const room = this.map.layout.room(bounds);
    if (calm) this.main.map.fitBounds(bounds, { ...room, animate: false });
    else this.main.map.flyToBounds(bounds, { ...room, duration: FLIGHT_S });
  }

  /** To what a page asks for: a place (west, south, east, north), or the corners of a cluster. */
  flyTo(focus, corners, still) {
    if (focus) this.fly([[focus[1], focus[0]], [focus[3], focus[2]]], still);
    else if (corners) this.fly(L.latLngBounds(corners.map(([lon, lat]) => [lat, lon])).pad(0.5), still);
  }

  zoom(name) {
    Object.assign(this, { leader: this.main, moved: true });
    if (name === "whole") this.fly(this.map.frame.territory);
    else if (name === "in") this.main.map.zoomIn();
    else this.main.map.zoomOut();
  }

  zoomed() {
    this.map.patterns.scale(this.main.map.getZoom());
  }

  resized() {
    const { map } = this.main;
    const before = map.getSize();
    const centre = before.x > 0 ? map.getCenter() : null;
    // Leaflet would begin to pan back inside its bounds at each of these steps, and go on after the last.
    map.stop().setMaxBounds(null);
    map.invalidateSize({ pan: false });
    const after = map.getSize();
    this.map.layout.measure();
    // A map built in a hidden tab has no size to fit into until it is shown.
    const appeared = !before.x && after.x > 0 && !this.placed;
    const grown = (axis) => Math.abs(after[axis] / before[axis] - 1) > RESIZED;
    const other = before.x > 0 && after.x > 0 && (grown("x") || grown("y"));
    if (appeared || (other && !this.moved)) this.fit();
    else if (other) map.setView(centre, map.getZoom(), { animate: false });
    map.setMaxBounds(this.map.frame.bounds);
    if (this.map.sides) {
      this.earlier.map.invalidateSize({ pan: false });
      align(this.main, this.earlier);
    }
    for (const pane of this.shown) pane.zoomed();
    this.zoomed();
    this.map.clusters.arrange();
  }

  /** What a map that replaces this one takes over. */
  keep() {
    const { map } = this.main;
    return { centre: map.getCenter(), zoom: map.getZoom(), moved: this.moved };
  }

  drop() {
    this.resize.disconnect();
    for (const pane of this.all) pane.remove();
  }
}
