// One Leaflet map with its drawing, its names and its title; compare mode has two of them, linked.

import { Names } from "./ground.js";
import { Frame } from "./frame.js";
import { element, svgElement } from "./text.js";

const FAR = 10; // below this zoom the borders of communes step back
const ZOOM_KEYS = { "+": 1, "=": 1, "-": -1 };

export class Pane {
  /** `heard` has `point`, `select`, `key`, `lead` (a hand or a key is on this one) and `moved`. */
  constructor(L, { frame, label, describedBy, heard }) {
    Object.assign(this, { L, frame, heard });
    this.box = element("div", "map");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-label", label);
    this.box.setAttribute("aria-describedby", describedBy);
    this.caption = element("p", "caption");
    this.note = element("p", "refusal");
    this.note.hidden = true;
    this.root = element("div", "pane", this.box, this.caption, this.note);
    this.pointed = svgElement("path", { class: "pointed off" });
    this.selected = svgElement("path", { class: "selected off" });
  }

  /** Draw `layers`, from the lowest; the box must be in the page, with a size. */
  draw({ layers, ground, tiles }) {
    const { L, frame } = this;
    this.map = L.map(this.box, {
      attributionControl: false,
      zoomControl: false,
      keyboard: false, // its arrows would move the map: ours move from square to square
      scrollWheelZoom: false,
      trackResize: false, // the whole component is watched, not the window
      zoomSnap: 0.25,
      zoomDelta: 0.75,
      maxZoom: 14,
      maxBounds: frame.bounds,
      maxBoundsViscosity: 0.8,
    });
    this.svg = svgElement(
      "svg",
      { viewBox: `0 0 ${frame.width} ${frame.height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      ...layers,
      this.pointed,
      this.selected,
    );
    this.listen();
    this.ground = ground;
    this.tiles = tiles;
  }

  /** What needs a position: to be called once the map has one. */
  furnish() {
    const { L, frame, map } = this;
    if (this.tiles) this.lay(this.tiles);
    L.svgOverlay(this.svg, frame.bounds).addTo(map);
    this.names = new Names(map, L, this.ground);
    map.on("zoomstart", () => this.names.pane.classList.add("moving"));
    map.on("zoomend viewreset", () => this.zoomed());
    this.zoomed();
  }

  /** A basemap; where no tile arrives the map looks as if there were none. */
  lay({ url, max_zoom: maxNativeZoom, opacity }) {
    const layer = this.L.tileLayer(url, { maxNativeZoom, maxZoom: 22, opacity, referrerPolicy: "no-referrer", alt: "" });
    layer.on("tileload", () => this.root.classList.add("tiled"));
    layer.addTo(this.map);
  }

  listen() {
    const { box, heard, map } = this;
    const lead = () => heard.lead(this);
    for (const event of ["pointerdown", "pointerenter", "focus", "wheel"]) box.addEventListener(event, lead, { passive: true });
    // The wheel belongs to the page until someone has clicked into the map.
    box.addEventListener("focus", () => map.scrollWheelZoom.enable());
    box.addEventListener("blur", () => map.scrollWheelZoom.disable());
    box.addEventListener("mousedown", () => box.focus({ preventScroll: true }));
    box.addEventListener("keydown", (event) => this.pressed(event));
    box.addEventListener("wheel", () => map.scrollWheelZoom.enabled() && heard.moved(), { passive: true });
    map.on("dragstart dblclick boxzoomstart", heard.moved);
    map.on("mousemove", (event) => heard.point(this, event));
    map.on("mouseout movestart", () => heard.point(this, null));
    map.on("click", (event) => heard.select(this, event));
  }

  pressed(event) {
    if (event.target !== this.box || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in ZOOM_KEYS) {
      this.heard.moved();
      this.map.setZoom(this.map.getZoom() + ZOOM_KEYS[event.key] * this.map.options.zoomDelta);
    } else if (!this.heard.key(this, event.key)) return;
    event.preventDefault();
  }

  zoomed() {
    this.root.classList.toggle("far", this.map.getZoom() < FAR);
    this.names.arrange();
    this.names.pane.classList.remove("moving");
  }

  /** Units of the drawing's plane to the map's own coordinates. */
  latLng(x, y) {
    const { lat, lng } = this.map.unproject(this.L.point(...this.frame.world(x, y)), Frame.ZOOM);
    return this.L.latLng(lat, lng);
  }

  mark(path, outline) {
    path.classList.toggle("off", !outline);
    if (outline) path.setAttribute("d", outline);
  }

  refuse(words) {
    this.note.hidden = !words;
    this.note.textContent = words ?? "";
  }

  remove() {
    this.map?.remove();
    this.root.remove();
  }
}

/** Let each of two maps follow the other: the one that a hand or a key is on leads. */
export function link(one, other, leads) {
  for (const [from, to] of [[one, other], [other, one]]) {
    from.map.on("zoomanim", ({ center, zoom }) => leads(from) && to.map.setView(center, zoom, { animate: true }));
    from.map.on("move", () => leads(from) && align(from, to));
  }
}

export function align(from, to) {
  const [centre, zoom] = [from.map.getCenter(), from.map.getZoom()];
  if (zoom === to.map.getZoom() && centre.distanceTo(to.map.getCenter()) < 0.5) return;
  to.map.setView(centre, zoom, { animate: false });
}
