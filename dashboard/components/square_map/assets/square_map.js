// The component: builds the map once for each mounted element, and repaints it without asking the server.

import "../vigie.leaflet/leaflet.js"; // an UMD file: it sets globalThis.L
import { Blocks } from "./blocks.js";
import { Frame } from "./frame.js";
import { Names, Patterns, groundPaths } from "./ground.js";
import { Legend } from "./legend.js";
import { Surface } from "./surface.js";
import { Text, element, svgElement } from "./text.js";
import { Timeline, choiceButtons, iconButton } from "./timeline.js";

const { L } = globalThis;
const DEBOUNCE_MS = 250;
const FAR = 10; // below this zoom the borders of communes step back
const LONG = 20; // characters of a period's name from which it is written smaller
const VIEWS = ["surface", "blocks"];
const ZOOMS = { in: "M12 5v14M5 12h14", out: "M5 12h14", whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" };
const live = new Map(); // one map for each mounted element
let made = 0;

const month = (number) => `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
const monthNumber = (name) => Number(name.slice(0, 4)) * 12 + Number(name.slice(5, 7)) - 1;

class SquareMap {
  constructor(api, kept) {
    this.api = api;
    this.data = api.data;
    this.kept = kept; // position and choice of the map that this one replaces
    this.text = new Text(this.data.strings);
    this.pending = new Map();
    this.sent = new Map();
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
    Object.assign(this, { surface, blocks });
    this.timeline = new Timeline(data.surface.granularities, text, (playing) => this.periodChanged(playing));
    this.legend = new Legend(text, data.breaks, data.k);
    this.layOut();
    this.drawMap(ground);
    this.begin();
  }

  layOut() {
    const { text } = this;
    this.views = choiceButtons(text.get("view_label"), VIEWS.map((view) => [view, text.get(`view_${view}`)]), (view) =>
      this.look(view),
    );
    this.overline = element("p", "overline");
    this.title = element("p", "period");
    this.live = element("p", "unseen");
    this.live.setAttribute("aria-live", "polite");
    this.mapBox = element("div", "map");
    this.mapBox.setAttribute("role", "application");
    this.mapBox.setAttribute("aria-label", text.get("map_label"));
    this.card = element("div", "card");
    this.card.setAttribute("role", "tooltip");
    this.card.hidden = true;
    this.zooms = element("div", "zooms");
    for (const [name, label] of [["in", "zoom_in"], ["out", "zoom_out"], ["whole", "whole"]]) {
      const button = iconButton(ZOOMS[name], text.get(label));
      button.addEventListener("click", () => this.zoom(name));
      this.zooms.append(button);
    }
    this.stage = element(
      "div",
      "stage",
      this.mapBox,
      this.zooms,
      this.shortcuts(),
      element("p", "attribution", text.get("attribution")),
      this.card,
    );
    this.stage.style.setProperty("--height", `${this.data.height}px`);
    this.head = element("div", "head", element("div", "titles", this.overline, this.title), this.views);
    const frame = element("div", "frame", this.head, this.stage, this.legend.root);
    this.root = element("div", "square-map", frame, this.timeline.root, this.live);
    this.theme();
    this.api.parentElement.append(this.root);
  }

  /** One button for each zone, to see it large. */
  shortcuts() {
    const row = element("div", "zones-row");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", this.text.get("zones_label"));
    for (const [name, , , [west, south, east, north]] of this.data.ground.zone_names.filter(([, , , bounds]) => bounds)) {
      const button = element("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => this.fly([[south, west], [north, east]]));
      row.append(button);
    }
    return row;
  }

  drawMap(ground) {
    const { frame } = this;
    this.selected = svgElement("path", { class: "selected off" });
    this.pointed = svgElement("path", { class: "pointed off" });
    const svg = svgElement(
      "svg",
      { viewBox: `0 0 ${frame.width} ${frame.height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      this.patterns.defs,
      ground.nothing,
      this.surface.group,
      this.blocks.group,
      ground.lines,
      this.pointed,
      this.selected,
    );
    this.dressPatterns(svg);
    this.map = L.map(this.mapBox, {
      attributionControl: false,
      zoomControl: false,
      scrollWheelZoom: false,
      zoomSnap: 0.25,
      zoomDelta: 0.75,
      maxZoom: 14,
      maxBounds: frame.bounds,
      maxBoundsViscosity: 0.8,
    });
    // The wheel belongs to the page until someone has clicked into the map.
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    if (this.kept?.zoom) this.map.setView(this.kept.centre, this.kept.zoom);
    else this.fit();
    L.svgOverlay(svg, frame.bounds).addTo(this.map);
    this.names = new Names(this.map, L, this.data.ground);
    this.map.on("zoomstart", () => this.names.pane.classList.add("moving"));
    this.map.on("zoomend viewreset", () => this.zoomed());
    this.map.on("mousemove", (event) => this.point(event));
    this.map.on("mouseout", () => this.point(null));
    this.map.on("movestart", () => this.point(null));
    this.map.on("click", (event) => this.select(event));
    this.resize = new ResizeObserver(() => this.resized());
    this.resize.observe(this.mapBox);
    this.zoomed();
  }

  /** Hatched fills name a pattern of this very map: ids are the document's, and two maps may be shown. */
  dressPatterns(svg) {
    for (let rank = 0; rank < this.patterns.patterns.length - 1; rank += 1) {
      svg.style.setProperty(`--h${rank}`, this.patterns.fill(`h${rank}`));
    }
  }

  begin() {
    const { start } = this.data;
    const choice = this.kept?.choice ?? start;
    this.timeline.start(choice.granularity, monthNumber(choice.last));
    this.cell = this.kept?.cell ?? start.cell;
    for (const [name, value] of [["period", this.period()], ["view", start.view], ["cell", start.cell]]) {
      this.sent.set(name, JSON.stringify(value));
    }
    this.look(this.kept?.view ?? start.view);
  }

  period() {
    const { granularity, first, last } = this.timeline;
    return { granularity, first: month(first), last: month(last) };
  }

  look(view) {
    this.view = view;
    this.layer = view === "surface" ? this.surface : this.blocks;
    this.root.dataset.view = view;
    this.views.choose(view);
    this.overline.textContent = this.text.get(`overline_${view}`);
    this.legend.show(view);
    this.point(null);
    this.outline();
    this.tell("view", view);
    this.periodChanged(false);
  }

  periodChanged(playing) {
    this.paint();
    this.title.textContent = this.timeline.label;
    this.title.classList.toggle("long", this.timeline.label.length > LONG);
    if (this.lastPointer) this.point(this.lastPointer);
    if (playing) return; // neither the server nor a screen reader follows a film
    this.live.textContent = this.timeline.label;
    this.tell("period", this.period());
  }

  /** Only the layer that is seen. */
  paint() {
    const { timeline } = this;
    if (this.view === "surface") this.surface.paint(timeline.granularity, timeline.index);
    else this.blocks.paint(timeline.first, timeline.last);
  }

  /** What is under the pointer: a card and a fine outline. */
  point(event) {
    this.lastPointer = event;
    const found = event && this.find(event.latlng);
    this.pointed.classList.toggle("off", !found);
    this.card.hidden = !event || (!found && !this.onGround(event.latlng));
    if (this.card.hidden) return;
    if (found) this.pointed.setAttribute("d", found.path);
    const { k } = this.data;
    const content = found
      ? this.layer.describe(found, this.text, k)
      : [element("p", "figure quiet", this.text.get("nothing_here", { k }))];
    this.card.replaceChildren(...content, element("p", "when", this.timeline.label));
    this.put(event.containerPoint);
  }

  find({ lat, lng }) {
    return this.layer.at(this.frame.x(lng), this.frame.y(lat));
  }

  onGround({ lat, lng }) {
    return Boolean(this.surface.at(this.frame.x(lng), this.frame.y(lat)));
  }

  put({ x, y }) {
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const [room, roof] = [this.stage.clientWidth, this.stage.clientHeight];
    const left = x + 16 + width > room ? x - 16 - width : x + 16;
    const top = Math.min(Math.max(8, y - height / 2), Math.max(8, roof - height - 8));
    this.card.style.transform = `translate(${Math.round(Math.max(8, left))}px, ${Math.round(top)}px)`;
  }

  select({ latlng }) {
    const found = this.find(latlng);
    const cell = found ? found.id : null;
    this.cell = cell === this.cell ? null : cell;
    this.outline();
    this.tell("cell", this.cell);
  }

  outline() {
    const path = this.cell && (this.surface.pathOf(this.cell) ?? this.blocks.pathOf(this.cell));
    this.selected.classList.toggle("off", !path);
    if (path) this.selected.setAttribute("d", path);
  }

  /** Python hears of a value once the hand rests. */
  tell(name, value) {
    this.pending.set(name, value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const [pendingName, pendingValue] of this.pending) {
        const written = JSON.stringify(pendingValue);
        if (written !== this.sent.get(pendingName)) this.api.setStateValue(pendingName, pendingValue);
        this.sent.set(pendingName, written);
      }
      this.pending.clear();
    }, DEBOUNCE_MS);
  }

  fit() {
    this.map.fitBounds(this.frame.territory, { ...this.room(this.frame.territory), animate: false });
    this.map.setMinZoom(this.map.getZoom() - 0.5);
  }

  fly(bounds) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.flyToBounds(bounds, { ...this.room(bounds), duration: still ? 0 : 0.5 });
  }

  /** Keep what is shown beside the title and the legend where that does not make it smaller. */
  room(bounds) {
    const pad = 14;
    const floats = (box) => (getComputedStyle(box).position === "absolute" ? box.offsetWidth + pad : 0);
    const paddings = [
      [floats(this.head) + pad, floats(this.legend.root) + pad],
      [pad, floats(this.legend.root) + pad],
      [pad, pad],
    ];
    const zoom = ([left, right]) => this.map.getBoundsZoom(bounds, false, L.point(left + right, 2 * pad));
    const best = zoom(paddings[2]);
    const [left, right] = paddings.find((padding) => zoom(padding) >= best - 0.25) ?? paddings[1];
    return { paddingTopLeft: [left, pad], paddingBottomRight: [right, pad] };
  }

  zoom(name) {
    if (name === "whole") this.fly(this.frame.territory);
    else if (name === "in") this.map.zoomIn();
    else this.map.zoomOut();
  }

  zoomed() {
    this.patterns.scale(this.map.getZoom());
    this.root.classList.toggle("far", this.map.getZoom() < FAR);
    this.names.arrange();
    this.names.pane.classList.remove("moving");
  }

  resized() {
    const before = this.map.getSize();
    this.map.invalidateSize({ pan: false });
    const after = this.map.getSize();
    // A map built in a hidden tab has no size to fit into until it is shown.
    if (!this.kept?.zoom && (!before.x || !before.y) && after.x && after.y) this.fit();
    this.zoomed();
  }

  /** Light or dark, from the page's own background. */
  theme() {
    const colour = getComputedStyle(this.api.parentElement.host ?? this.api.parentElement).getPropertyValue("--st-background-color");
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = "#ffffff";
    probe.fillStyle = colour.trim() || "#ffffff";
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(probe.fillStyle.slice(at, at + 2), 16));
    this.root.dataset.theme = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }

  /** What a map that replaces this one takes over. */
  keep() {
    if (!this.map) return this.kept;
    return { centre: this.map.getCenter(), zoom: this.map.getZoom(), choice: this.period(), view: this.view, cell: this.cell };
  }

  drop() {
    this.gone = true;
    clearTimeout(this.timer);
    if (this.timeline?.timer) clearInterval(this.timeline.timer);
    this.resize?.disconnect();
    this.map?.remove();
    this.root?.remove();
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

const signature = (data) => `${data.version} ${data.height} ${JSON.stringify(data.strings)}`;

/** Streamlit calls this at mount, on new data and on a change of theme; what it returns, at unmount. */
export default function squareMap(api) {
  const { key, data, parentElement } = api;
  let shown = live.get(key);
  const drop = () => {
    live.get(key)?.drop();
    live.delete(key);
  };
  if (shown && (shown.signature !== signature(data) || shown.api.parentElement !== parentElement)) {
    const kept = shown.keep();
    drop();
    shown = null;
    live.set(key, new SquareMap(api, kept));
  } else if (!shown) {
    live.set(key, new SquareMap(api, null));
  }
  if (shown) {
    shown.api = api;
    if (shown.root) shown.theme();
  } else {
    shown = live.get(key);
    shown.signature = signature(data);
    shown.build();
  }
  return drop;
}
