// The map as a whole: its data, its state, and what is painted and told when that changes.

import "../vigie.leaflet/leaflet.js"; // an UMD file: it sets globalThis.L
import { Blocks } from "./blocks.js";
import { changePainting, paintChange } from "./change.js";
import { Told, month, monthNumber, startOf } from "./choice.js";
import { Clusters } from "./clusters.js";
import { isArrow, nearest, step } from "./cursor.js";
import { Frame } from "./frame.js";
import { Patterns, groundPaths } from "./ground.js";
import { describe, spoken } from "./card.js";
import { Layout } from "./layout.js";
import { Legend } from "./legend.js";
import { Pane, align, link } from "./pane.js";
import { DENSITIES, Painting, Surface } from "./surface.js";
import { Text } from "./text.js";
import { Timeline } from "./timeline.js";

const { L } = globalThis;
const RESIZED = 0.03; // share of its size from which a map is another one to look at: a scroll bar is less
const FLIGHT_S = 0.5;
let made = 0;

export class SquareMap {
  constructor(api, kept) {
    this.api = api;
    this.data = api.data;
    this.kept = kept; // position and choice of the map that this one replaces
    this.text = new Text(this.data.strings);
    this.gone = false;
  }

  async build() {
    const { data, text } = this;
    this.frame = new Frame(data.ground.bounds);
    made += 1;
    this.patterns = new Patterns(`square-map-${made}`);
    const [surface, blocks, ground] = await Promise.all([
      Surface.from(data.surface, this.frame, data.breaks),
      Blocks.from(data.blocks, this.frame, data.breaks),
      groundPaths(data.ground, this.frame, this.patterns),
      styled(this.api.parentElement),
    ]);
    if (this.gone) return;
    Object.assign(this, { surface, blocks, ground });
    this.timeline = new Timeline(data.surface.granularities, text, (playing) => this.periodChanged(playing));
    this.clusters = new Clusters(text, this.frame, {
      point: (cluster) => this.pointCluster(cluster),
      select: (id) => this.select({ cluster: id === this.cluster ? null : id }),
    });
    this.legend = new Legend(text, data.breaks, (wanted) => this.clusters.want(wanted));
    this.layout = new Layout(this, made);
    this.api.parentElement.append(this.layout.root);
    this.theme();
    this.drawMap();
    this.begin();
  }

  // ------------------------------------------------------------------------------------------------------ the two maps
  pane(label) {
    const heard = {
      point: (pane, event) => this.point(pane, event),
      select: (pane, event) => this.click(event.latlng),
      key: (pane, key) => this.pressed(pane, key),
      lead: (pane) => {
        this.leader = pane;
      },
      moved: () => {
        this.moved = true;
      },
    };
    return new Pane(L, { frame: this.frame, label: this.text.get(label), describedBy: this.layout.keysId, heard });
  }

  drawMap() {
    const { ground, data } = this;
    this.now = new Painting(this.surface.outlines, "surface", DENSITIES);
    this.changes = changePainting(this.surface.outlines);
    this.main = this.pane("map_label");
    this.leader = this.main;
    this.layout.panes.append(this.main.root);
    this.main.draw({
      layers: [
        this.patterns.defs,
        ground.nothing,
        this.now.group,
        this.changes.group,
        this.blocks.group,
        ground.lines,
        this.clusters.group,
      ],
      ground: data.ground,
      tiles: data.tiles,
    });
    this.patterns.dress(this.main.svg);
    this.moved = this.kept?.moved ?? false;
    if (this.kept?.zoom) this.main.map.setView(this.kept.centre, this.kept.zoom, { animate: false });
    else this.fit();
    this.main.furnish();
    this.main.map.on("zoomend viewreset", () => this.zoomed());
    this.clusters.set(data.clusters);
    this.clusters.mount(this.main.map, L);
    this.watch(this.main);
    this.zoomed();
  }

  /** The second map, the first time that it is wanted. */
  drawBefore() {
    this.then = new Painting(this.surface.outlines, "surface", DENSITIES);
    this.earlier = this.pane("before_label");
    this.layout.panes.prepend(this.earlier.root);
    const { nothing, lines } = this.ground;
    this.earlier.draw({
      layers: [nothing.cloneNode(true), this.then.group, lines.cloneNode(true)],
      ground: this.data.ground,
      tiles: this.data.tiles,
    });
    this.earlier.map.setView(this.main.map.getCenter(), this.main.map.getZoom(), { animate: false });
    this.earlier.furnish();
    link(this.main, this.earlier, (pane) => this.sides && this.leader === pane);
    this.watch(this.earlier);
  }

  watch(pane) {
    this.resize ??= new ResizeObserver(() => this.resized());
    this.resize.observe(pane.box);
  }

  get paneList() {
    return this.sides ? [this.main, this.earlier] : [this.main];
  }

  /** Two maps side by side. */
  get sides() {
    return this.compare && this.view === "surface";
  }

  // ---------------------------------------------------------------------------------------------------------- the state
  begin() {
    const { kept } = this;
    const start = startOf(this.data.start);
    this.asked = kept?.asked ?? start.asked;
    this.told = new Told(kept?.told ?? start, (name, value) => this.api.setStateValue(name, value));
    if (kept) this.clusters.wanted = kept.wanted;
    this.adopt(kept?.choice ?? start);
    if (!kept) this.flyTo(start, true);
    this.follow();
  }

  /** A new run of the page: other clusters, another theme, and what it asks for (choice.py, request). */
  follow() {
    if (!this.told) return;
    const { clusters } = this.api.data;
    const start = startOf(this.api.data.start);
    this.theme();
    this.clusters.set(clusters);
    this.legend.show(this.view, this.clusters);
    const asked = start.asked > this.asked;
    this.asked = start.asked;
    if (!asked) return;
    this.adopt(start);
    this.flyTo(start, false);
    this.told.flush();
  }

  choice() {
    const { view, compare, cell, cluster } = this;
    return { period: this.period(), view, compare, cell, cluster };
  }

  /** Show a choice, as far as the data can. */
  adopt({ period, view, compare, cell, cluster }) {
    this.timeline.start(period.granularity, monthNumber(period.last));
    this.cell = cell ?? null;
    this.cluster = cluster ?? null;
    this.clusters.choose(this.cluster);
    this.mark();
    this.tell("cell", "cluster");
    this.look(view, compare);
  }

  look(view, compare) {
    this.compare = Boolean(compare && this.surface.comparable);
    this.view = { blocks: this.compare ? "surface" : "blocks", change: this.compare ? "change" : "surface" }[view] ?? "surface";
    this.layout.reflect();
    if (this.sides && !this.earlier) this.drawBefore();
    this.legend.show(this.view, this.clusters);
    this.point(this.main, null);
    this.mark();
    this.tell("view", "compare");
    this.periodChanged(false);
  }

  periodChanged(playing) {
    this.paint();
    this.clusters.during(this.timeline.first, this.timeline.last);
    this.layout.name();
    if (this.pointer?.event) this.point(this.pointer.pane, this.pointer.event);
    if (playing) return; // neither the server nor a screen reader follows a film
    this.layout.say(this.timeline.label);
    this.tell("period");
  }

  period() {
    const { granularity, first, last } = this.timeline;
    return { granularity, first: month(first), last: month(last) };
  }

  tell(...names) {
    const choice = this.choice();
    for (const name of names) this.told.tell(name, choice[name]);
  }

  // ----------------------------------------------------------------------------------------------------------- painting
  /** Only what is seen. */
  paint() {
    const { granularity, index, first, last } = this.timeline;
    this.values = this.surface.values(granularity, index);
    this.before = this.compare ? this.surface.before(granularity, index) : null;
    if (this.view === "blocks") this.blocks.paint(first, last);
    else if (this.view === "change") paintChange(this.changes, this.before);
    else this.now.density(this.values);
    if (this.sides) this.then.density(this.before);
    const refusal = this.compare && !this.before ? this.text.get("not_comparable") : null;
    this.main.refuse(this.sides ? null : refusal);
    this.earlier?.refuse(refusal);
  }

  // ------------------------------------------------------------------------------------------- pointing and selecting
  /** What is under the pointer: a card, and a fine outline on each map. */
  point(pane, event) {
    this.pointer = { pane, event };
    const found = event && this.find(event.latlng);
    for (const each of this.paneList) each.mark(each.pointed, found?.path);
    const clusters = event ? this.clusters.at(event.latlng) : [];
    const content = event ? describe(this, found, clusters, this.onGround(event.latlng)) : null;
    this.layout.card(content, pane, event?.containerPoint);
  }

  pointCluster(cluster) {
    if (!cluster) {
      this.point(this.main, null);
      return;
    }
    const [lon, lat] = cluster.corners[3];
    this.layout.card([this.clusters.describe(cluster)], this.main, this.main.map.latLngToContainerPoint([lat, lon]));
  }

  find({ lat, lng }) {
    const layer = this.view === "blocks" ? this.blocks : this.surface;
    return layer.at(this.frame.x(lng), this.frame.y(lat));
  }

  onGround({ lat, lng }) {
    return Boolean(this.surface.at(this.frame.x(lng), this.frame.y(lat)));
  }

  /** From square to square by the arrow keys, and Enter for a click. */
  pressed(pane, key) {
    if (isArrow(key)) {
      this.walk(pane, key);
      return true;
    }
    if (key === "Enter" && this.pointer?.event) {
      this.click(this.pointer.event.latlng);
      return true;
    }
    const open = Boolean(this.pointer?.event);
    if (key === "Escape" && open) this.point(pane, null);
    return key === "Escape" && open;
  }

  walk(pane, key) {
    const { squares } = this.surface;
    if (!squares.count) return;
    const centre = pane.map.getCenter();
    const fresh = this.cursor === undefined || !this.pointer?.event;
    const from = this.cursor ?? nearest(squares, this.frame.x(centre.lng), this.frame.y(centre.lat));
    this.cursor = fresh ? from : step(squares, from, key);
    const latlng = pane.latLng(...squares.centre(this.cursor));
    pane.map.panInside(latlng, { padding: [60, 60], animate: false });
    this.point(pane, { latlng, containerPoint: pane.map.latLngToContainerPoint(latlng) });
    this.layout.say(spoken(this.layout.cardBox));
  }

  click(latlng) {
    const found = this.find(latlng);
    const id = found ? found.id : null;
    this.select({ cell: id === this.cell ? null : id });
  }

  /** One square or one cluster, never both. */
  select({ cell = null, cluster = null }) {
    Object.assign(this, { cell, cluster });
    this.clusters.choose(cluster);
    this.mark();
    this.tell("cell", "cluster");
  }

  mark() {
    const path = this.cell && (this.surface.pathOf(this.cell) ?? this.blocks.pathOf(this.cell));
    for (const pane of [this.main, this.earlier]) pane?.mark(pane.selected, path);
  }

  // ------------------------------------------------------------------------------------------------------- the position
  fit() {

    const { map } = this.main;
    map.setMinZoom(0);
    map.fitBounds(this.frame.territory, { ...this.layout.room(this.frame.territory), animate: false });
    map.setMinZoom(map.getZoom() - 0.5);
    this.moved = false;
    this.earlier?.map.setMinZoom(map.getMinZoom());
  }

  fly(bounds, still = false) {
    const calm = still || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.leader = this.main;
    this.moved = bounds !== this.frame.territory;
    const room = this.layout.room(bounds);
    if (calm) this.main.map.fitBounds(bounds, { ...room, animate: false });
    else this.main.map.flyToBounds(bounds, { ...room, duration: FLIGHT_S });
  }

  /** To what a page asks for: a place, or a cluster. */
  flyTo({ focus, cluster, flight }, still) {
    const corners = flight && this.clusters.find(cluster)?.corners;
    if (focus) this.fly([[focus[1], focus[0]], [focus[3], focus[2]]], still);
    else if (corners) this.fly(L.latLngBounds(corners.map(([lon, lat]) => [lat, lon])).pad(0.5), still);
  }

  zoom(name) {
    Object.assign(this, { leader: this.main, moved: true });
    if (name === "whole") this.fly(this.frame.territory);
    else if (name === "in") this.main.map.zoomIn();
    else this.main.map.zoomOut();
  }

  zoomed() {
    this.patterns.scale(this.main.map.getZoom());
  }

  resized() {
    const { map } = this.main;
    const before = map.getSize();
    const centre = before.x > 0 ? map.getCenter() : null;
    // Leaflet would begin to pan back inside its bounds at each of these steps, and go on after the last.
    map.stop().setMaxBounds(null);
    map.invalidateSize({ pan: false });
    const after = map.getSize();
    this.layout.measure();
    // A map built in a hidden tab has no size to fit into until it is shown.
    const appeared = !before.x && after.x > 0 && !this.kept?.zoom;
    const grown = (axis) => Math.abs(after[axis] / before[axis] - 1) > RESIZED;
    const other = before.x > 0 && after.x > 0 && (grown("x") || grown("y"));
    if (appeared || (other && !this.moved)) this.fit();
    else if (other) map.setView(centre, map.getZoom(), { animate: false });
    map.setMaxBounds(this.frame.bounds);
    if (this.sides) {
      this.earlier.map.invalidateSize({ pan: false });
      align(this.main, this.earlier);
      this.earlier.zoomed();
    }
    this.main.zoomed();
    this.zoomed();
    this.clusters.arrange();
  }

  theme() {
    this.layout.theme(this.api.parentElement);
  }

  /** What a map that replaces this one takes over. */
  keep() {
    if (!this.told) return this.kept;
    const { map } = this.main;
    const told = Object.fromEntries([...this.told.sent].map(([name, value]) => [name, value === undefined ? null : JSON.parse(value)]));
    const { asked, moved } = this;
    const { wanted } = this.clusters;
    return { centre: map.getCenter(), zoom: map.getZoom(), choice: this.choice(), told, asked, moved, wanted };
  }

  drop() {
    this.gone = true;
    this.told?.drop();
    this.timeline?.drop();
    this.resize?.disconnect();
    this.earlier?.remove();
    this.main?.remove();
    this.layout?.root.remove();
  }
}

/** Leaflet measures what it draws: its style must be there first. */
function styled(parent) {
  const link = parent.querySelector("link[rel=stylesheet]");
  if (!link || link.sheet) return Promise.resolve();
  return new Promise((done) => {
    link.addEventListener("load", done, { once: true });
    link.addEventListener("error", done, { once: true });
  });
}
