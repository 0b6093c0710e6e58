// The map as a whole: its data, its state, and what is painted and told when that changes.

import "../vigie.leaflet/leaflet.js"; // an UMD file: it sets globalThis.L
import { Blocks } from "./blocks.js";
import { paintChange } from "./change.js";
import { Told, month, monthNumber, startOf } from "./choice.js";
import { Clusters } from "./clusters.js";
import { Frame } from "./frame.js";
import { Patterns, groundPaths } from "./ground.js";
import { Layout } from "./layout.js";
import { Legend } from "./legend.js";
import { Maps } from "./maps.js";
import { Pointer } from "./pointer.js";
import { Surface } from "./surface.js";
import { Text } from "./text.js";
import { Timeline } from "./timeline.js";

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
    this.pointer = new Pointer(this, (latlng) => this.click(latlng));
    this.clusters = new Clusters(text, this.frame, {
      point: (cluster) => this.pointer.cluster(cluster),
      select: (id) => this.select({ cluster: id === this.cluster ? null : id }),
    });
    this.legend = new Legend(text, data.breaks, (wanted) => this.clusters.want(wanted));
    this.layout = new Layout(this, made);
    this.api.parentElement.append(this.layout.root);
    this.layout.theme(this.api.parentElement);
    this.maps = new Maps(this, this.pointer.heard);
    this.maps.draw(this.kept);
    this.clusters.set(data.clusters);
    this.clusters.mount(this.maps.main.map, globalThis.L);
    this.begin();
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
    this.layout.theme(this.api.parentElement);
    this.clusters.set(clusters);
    this.legend.show(this.view, this.clusters);
    const asked = start.asked > this.asked;
    this.asked = start.asked;
    if (!asked) return;
    this.adopt(start);
    this.flyTo(start, false);
    this.told.flush();
  }

  flyTo({ focus, cluster, flight }, still) {
    this.maps.flyTo(focus, flight ? this.clusters.find(cluster)?.corners : null, still);
  }

  /** Two maps side by side. */
  get sides() {
    return this.compare && this.view === "surface";
  }

  choice() {
    const { view, compare, cell, cluster } = this;
    const { granularity, first, last } = this.timeline;
    return { period: { granularity, first: month(first), last: month(last) }, view, compare, cell, cluster };
  }

  tell(...names) {
    const choice = this.choice();
    for (const name of names) this.told.tell(name, choice[name]);
  }

  /** Show a choice, as far as the data can. */
  adopt({ period, view, compare, cell, cluster }) {
    this.timeline.start(period.granularity, monthNumber(period.last));
    this.select({ cell, cluster });
    this.look(view, compare);
  }

  look(view, compare) {
    this.compare = Boolean(compare && this.surface.comparable);
    const others = this.compare ? ["change"] : ["blocks"];
    this.view = others.includes(view) ? view : "surface";
    this.layout.reflect();
    if (this.sides && !this.maps.earlier) this.maps.drawBefore();
    this.legend.show(this.view, this.clusters);
    this.pointer.rest();
    this.mark();
    this.tell("view", "compare");
    this.periodChanged(false);
  }

  click(latlng) {
    const id = this.pointer.find(latlng)?.id ?? null;
    this.select({ cell: id === this.cell ? null : id });
  }

  /** One square or one cluster; a hand selects one of the two, and lets the other go. */
  select({ cell = null, cluster = null }) {
    Object.assign(this, { cell, cluster });
    this.clusters.choose(cluster);
    this.mark();
    this.tell("cell", "cluster");
  }

  mark() {
    const path = this.cell && (this.surface.pathOf(this.cell) ?? this.blocks.pathOf(this.cell));
    for (const pane of this.maps.all) pane.mark(pane.selected, path);
  }

  // ----------------------------------------------------------------------------------------------------------- painting
  periodChanged(playing) {
    this.paint();
    this.clusters.during(this.timeline.first, this.timeline.last);
    this.layout.name();
    this.pointer.again();
    if (playing) return; // neither the server nor a screen reader follows a film
    this.layout.say(this.timeline.label);
    this.tell("period");
  }

  /** Only what is seen. */
  paint() {
    const { maps, surface } = this;
    const { granularity, index, first, last } = this.timeline;
    this.values = surface.values(granularity, index);
    this.before = this.compare ? surface.before(granularity, index) : null;
    if (this.view === "blocks") this.blocks.paint(first, last);
    else if (this.view === "change") paintChange(maps.changes, this.before);
    else maps.now.density(this.values);
    if (this.sides) maps.then.density(this.before);
    const refusal = this.compare && !this.before ? this.text.get("not_comparable") : null;
    maps.main.refuse(this.sides ? null : refusal);
    maps.earlier?.refuse(refusal);
  }

  /** What a map that replaces this one takes over. */
  keep() {
    if (!this.told) return this.kept;
    const { asked } = this;
    return { ...this.maps.keep(), choice: this.choice(), told: this.told.known, asked, wanted: this.clusters.wanted };
  }

  drop() {
    this.gone = true;
    this.told?.drop();
    this.timeline?.drop();
    this.maps?.drop();
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
