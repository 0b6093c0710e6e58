// What stands round the maps: title, views, buttons, legend, the hover card, and where each finds room.

import { element, svgElement } from "./text.js";
import { choiceButtons, iconButton } from "./timeline.js";

const { L } = globalThis;
const LONG = 20; // characters of a period's name from which it is written smaller
const PAD = 14;
const ZOOMS = { in: "M12 5v14M5 12h14", out: "M5 12h14", whole: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" };
const ZOOM_TEXTS = { in: "zoom_in", out: "zoom_out", whole: "whole" };

export class Layout {
  constructor(map, number) {
    Object.assign(this, { map, text: map.text, keysId: `square-map-keys-${number}` });
    const { text } = this;
    this.views = this.choice(["surface", "blocks"], { surface: "view_surface", blocks: "view_blocks" });
    this.comparedViews = this.choice(["surface", "change"], { surface: "view_sides", change: "view_change" });
    this.overline = element("p", "overline");
    this.period = element("p", "period");
    this.live = element("p", "unseen");
    this.live.setAttribute("aria-live", "polite");
    const keys = element("p", "unseen", text.get("keys"));
    keys.id = this.keysId;
    this.panes = element("div", "panes");
    this.cardBox = element("div", "card");
    this.cardBox.setAttribute("role", "tooltip");
    this.cardBox.hidden = true;
    this.stage = element("div", "stage", this.panes, this.zooms(), this.shortcuts(), this.attribution());
    this.stage.style.setProperty("--height", `${map.data.height}px`);
    const controls = element("div", "controls", this.views, this.comparedViews, this.comparer());
    this.head = element("div", "head", element("div", "titles", this.overline, this.period), controls);
    const frame = element("div", "frame", this.head, this.stage, map.legend.root, this.cardBox);
    this.root = element("div", "square-map", frame, map.timeline.root, this.live, keys);
  }

  choice(views, names) {
    const { map, text } = this;
    const titled = views.map((view) => [view, text.get(names[view])]);
    return choiceButtons(text.get("view_label"), titled, (view) => map.look(view, map.compare));
  }

  /** The button is there only if some period can be compared. */
  comparer() {
    const { map, text } = this;
    if (!map.surface.comparable) return null;
    const icon = svgElement("path", { d: "M4 5h6v14H4zM14 5h6v14h-6z" });
    this.compareButton = element("button", "compare", svgElement("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, icon), text.get("compare"));
    this.compareButton.type = "button";
    this.compareButton.title = text.get("compare_title");
    this.compareButton.addEventListener("click", () => map.look("surface", !map.compare));
    return this.compareButton;
  }

  zooms() {
    const buttons = Object.entries(ZOOMS).map(([name, icon]) => {
      const button = iconButton(icon, this.text.get(ZOOM_TEXTS[name]));
      button.addEventListener("click", () => this.map.maps.zoom(name));
      return button;
    });
    return element("div", "zooms", ...buttons);
  }

  /** One button for each zone, to see it large. */
  shortcuts() {
    const row = element("div", "zones-row");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", this.text.get("zones_label"));
    for (const [name, , , box] of this.map.data.ground.zone_names.filter(([, , , bounds]) => bounds)) {
      const [west, south, east, north] = box;
      const button = element("button", "", name);
      button.type = "button";
      button.addEventListener("click", () => this.map.maps.fly([[south, west], [north, east]]));
      row.append(button);
    }
    return row;
  }

  attribution() {
    const source = this.map.data.tiles?.attribution;
    const told = [this.text.get("attribution"), source && this.text.get("basemap", { source })];
    return element("p", "attribution", told.filter(Boolean).join(" · "));
  }

  /** The mode that is shown: the style sheet arranges one map or two. */
  reflect() {
    const { view, compare, sides } = this.map;
    Object.assign(this.root.dataset, { view, mode: sides ? "sides" : "one" });
    this.views.hidden = compare;
    this.comparedViews.hidden = !compare;
    for (const group of [this.views, this.comparedViews]) group.choose(view);
    this.compareButton?.setAttribute("aria-pressed", String(compare));
    const name = sides ? "sides" : view;
    this.overline.textContent = this.text.get(`overline_${name}`);
  }

  /** The names of the period and of both sides. */
  name() {
    const { label } = this.map.timeline;
    this.period.textContent = label;
    this.period.classList.toggle("long", label.length > LONG);
    const { main, earlier } = this.map.maps;
    main.caption.textContent = this.map.sides ? this.title("now") : "";
    if (earlier) earlier.caption.textContent = this.map.before ? this.title("before") : "";
  }

  /** A side's period, and when it was seen. */
  title(side) {
    const { before, surface, timeline } = this.map;
    const period = side === "now" ? timeline.label : before.label;
    return this.text.get("seen", { period, month: this.text.month(surface.seen[side]) });
  }

  say(words) {
    this.live.textContent = words;
  }

  /** Show the card beside a point of one of the maps, or hide it. */
  card(content, pane, at) {
    this.cardBox.hidden = !content;
    if (!content) return;
    this.cardBox.replaceChildren(...content);
    const { offsetLeft, offsetTop } = this.stage;
    const [x, y] = [at.x + pane.root.offsetLeft, at.y + pane.root.offsetTop];
    const { offsetWidth: width, offsetHeight: height } = this.cardBox;
    const [room, roof] = [this.stage.clientWidth, this.stage.clientHeight];
    const left = x + 16 + width > room ? x - 16 - width : x + 16;
    const top = Math.min(Math.max(8, y - height / 2), Math.max(8, roof - height - 8));
    this.cardBox.style.transform = `translate(${Math.round(Math.max(8, left) + offsetLeft)}px, ${Math.round(top + offsetTop)}px)`;
  }

  /** Keep what is shown beside the title and the legend where that does not make it smaller. */
  room(bounds) {
    const { caption, map } = this.map.maps.main;
    const floats = (box) => (getComputedStyle(box).position === "absolute" ? box.offsetWidth + PAD : 0);
    const legend = this.map.legend.root;
    const paddings = [
      [floats(this.head) + PAD, floats(legend) + PAD],
      [PAD, floats(legend) + PAD],
      [PAD, PAD],
    ];
    const top = this.map.sides ? caption.offsetHeight + 2 * PAD : PAD;
    // With no width left Leaflet finds the zoom infinite, and flies to the ground.
    const zoom = ([left, right]) =>
      left + right < map.getSize().x ? map.getBoundsZoom(bounds, false, L.point(left + right, top + PAD)) : -Infinity;
    const best = zoom(paddings[2]);
    const [left, right] = paddings.find((padding) => zoom(padding) >= best - 0.25) ?? paddings[2];
    return { paddingTopLeft: [left, top], paddingBottomRight: [right, PAD] };
  }

  /** The size in pixels, by which a printed map is scaled. */
  measure() {
    const { clientWidth, clientHeight } = this.panes;
    if (!clientWidth || matchMedia("print").matches) return;
    this.root.style.setProperty("--w", clientWidth);
    this.root.style.setProperty("--h", clientHeight);
  }

  /** Light or dark, from the page's own background. */
  theme(parent) {
    const colour = getComputedStyle(parent.host ?? parent).getPropertyValue("--st-background-color");
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = "#ffffff";
    probe.fillStyle = colour.trim() || "#ffffff";
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(probe.fillStyle.slice(at, at + 2), 16));
    this.root.dataset.theme = 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }
}
