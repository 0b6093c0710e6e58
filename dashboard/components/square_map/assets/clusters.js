// Clusters: outlined with a halo, and a badge that says its number, its words when pointed at, and selects it.

import { element, svgElement } from "./text.js";

const APART = 24; // pixels between badges that would lie on each other

export class Clusters {
  /** `heard` has `point(cluster, badge)` and `select(id)`. */
  constructor(text, frame, heard) {
    Object.assign(this, { text, frame, heard, all: [], wanted: true, months: [0, 0], chosen: null });
    this.group = svgElement("g", { class: "clusters" });
  }

  /** Into a map, above its names. */
  mount(map, L) {
    Object.assign(this, { map, L });
    this.pane = map.createPane("badges");
    map.on("zoomstart", () => this.pane.classList.add("moving"));
    map.on("zoomend viewreset", () => this.arrange());
    this.draw();
  }

  /** Other clusters than before; the same ones are left alone. */
  set(list) {
    const written = JSON.stringify(list);
    if (written === this.written) return;
    this.written = written;
    this.all = list.map((cluster) => ({ ...cluster, ...this.shapes(cluster) }));
    if (this.map) this.draw();
  }

  shapes(cluster) {
    const corners = cluster.corners.map(([lon, lat]) => `${this.frame.x(lon).toFixed(1)} ${this.frame.y(lat).toFixed(1)}`);
    const d = `M${corners.join("L")}Z`;
    const outline = svgElement("g", { "data-kind": cluster.kind }, svgElement("path", { class: "halo", d }), svgElement("path", { class: "ring", d }));
    const badge = element("button", "badge", cluster.label);
    badge.type = "button";
    badge.dataset.cluster = cluster.id;
    badge.setAttribute("aria-label", `${this.text.get("cluster", { label: cluster.label })}. ${cluster.words}`);
    return { outline, badge };
  }

  draw() {
    this.group.replaceChildren(...this.all.map(({ outline }) => outline));
    this.pane.replaceChildren(...this.all.map(({ badge }) => badge));
    for (const cluster of this.all) {
      const { badge } = cluster;
      this.L.DomEvent.disableClickPropagation(badge);
      for (const event of ["mouseenter", "focus"]) badge.addEventListener(event, () => this.heard.point(cluster));
      for (const event of ["mouseleave", "blur"]) badge.addEventListener(event, () => this.heard.point(null));
      badge.addEventListener("mousemove", (event) => event.stopPropagation());
      badge.addEventListener("click", () => this.heard.select(cluster.id));
    }
    this.reflect();
  }

  /** The months that are shown; the chosen cluster stays in sight whatever they are. */
  during(first, last) {
    this.months = [first, last];
    this.reflect();
  }

  want(wanted) {
    this.wanted = wanted;
    this.reflect();
  }

  choose(id) {
    this.chosen = id;
    if (id) this.wanted = true;
    this.reflect();
  }

  isShown({ id, first, last }) {
    return this.wanted && (id === this.chosen || (first <= this.months[1] && last >= this.months[0]));
  }

  reflect() {
    if (!this.map) return;
    for (const cluster of this.all) {
      const shown = this.isShown(cluster);
      cluster.outline.classList.toggle("off", !shown);
      cluster.outline.classList.toggle("chosen", cluster.id === this.chosen);
      cluster.badge.hidden = !shown;
      cluster.badge.setAttribute("aria-pressed", String(cluster.id === this.chosen));
    }
    this.arrange();
  }

  /** Badges outside the north-western corners, moved aside where one is already. */
  arrange() {
    const taken = [];
    for (const { badge, corners } of this.all) {
      if (badge.hidden) continue;
      const { x, y } = this.map.latLngToLayerPoint([corners[3][1], corners[3][0]]);
      let left = x;
      while (taken.some(([ownX, ownY]) => Math.abs(ownX - left) < APART && Math.abs(ownY - y) < APART)) left += APART;
      taken.push([left, y]);
      badge.style.transform = `translate(${Math.round(left)}px, ${Math.round(y)}px) translate(-80%, -80%)`;
    }
    this.pane.classList.remove("moving");
  }

  /** The clusters in sight whose ground holds a point. */
  at({ lat, lng }) {
    const [x, y] = [this.frame.x(lng), this.frame.y(lat)];
    return this.all.filter((cluster) => {
      if (!this.isShown(cluster)) return false;
      const plane = cluster.corners.map(([lon, own]) => [this.frame.x(lon), this.frame.y(own)]);
      const side = ([ax, ay], [bx, by]) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax)) || 1;
      return Math.abs(plane.reduce((sum, corner, i) => sum + side(corner, plane[(i + 1) % 4]), 0)) === 4;
    });
  }

  find(id) {
    return this.all.find((cluster) => cluster.id === id) ?? null;
  }

  /** What a cluster is, for the hover card. */
  describe({ label, words }) {
    return element("div", "cluster", element("p", "place", this.text.get("cluster", { label })), element("p", "", words));
  }
}
