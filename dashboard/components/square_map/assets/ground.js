// The ground: hatching where nothing may be said, the dimmed outside, borders, and names that never overlap.

import { Frame, linePath } from "./frame.js";
import { element, svgElement } from "./text.js";

const CLASSES = 7; // payload.py
const GAP = 3; // pixels kept free round a name
// Names of places appear from this population on, by zoom; all of them when close.
const POPULATION = [[9.5, 15000], [10.5, 5000], [11.5, 2000], [12.5, 700], [Infinity, 0]];

/** Patterns live in the plane and are scaled back, so that their lines look the same at every zoom. */
export class Patterns {
  constructor(prefix) {
    this.prefix = prefix;
    const hatched = (name, turn, ...children) =>
      svgElement(
        "pattern",
        { id: `${prefix}-${name}`, width: 7, height: 7, patternUnits: "userSpaceOnUse", "data-turn": turn },
        ...children,
      );
    this.patterns = [
      hatched("nothing", 45, svgElement("rect", { class: "paper", width: 7, height: 7 }), svgElement("rect", { class: "line", width: 1.2, height: 7 })),
      ...Array.from({ length: CLASSES }, (_, rank) =>
        hatched(
          `h${rank}`,
          -45,
          svgElement("rect", { class: "paper", width: 7, height: 7 }),
          svgElement("rect", { class: `wash q${rank}`, width: 7, height: 7 }),
          svgElement("rect", { class: `stripe q${rank}`, width: 3, height: 7 }),
        ),
      ),
    ];
    this.defs = svgElement("defs", {}, ...this.patterns);
  }

  scale(zoom) {
    const units = Frame.unitsPerPixel(zoom);
    for (const pattern of this.patterns) {
      pattern.setAttribute("patternTransform", `rotate(${pattern.dataset.turn}) scale(${units})`);
    }
  }

  /** Hatched fills name a pattern of this very map: ids are the document's, and two maps may be shown. */
  dress(svg) {
    for (let rank = 0; rank < CLASSES; rank += 1) svg.style.setProperty(`--h${rank}`, this.fill(`h${rank}`));
  }

  fill(name) {
    return `url(#${this.prefix}-${name})`;
  }
}

/** The parts of the drawing that no period changes, by their place in the order of painting. */
export async function groundPaths(data, frame, patterns) {
  const [outline, communes, zones] = await Promise.all([
    linePath(data.outline, frame, true),
    linePath(data.communes, frame, false),
    linePath(data.zones, frame, false),
  ]);
  const all = `M0 0H${frame.width}V${frame.height}H0Z`;
  return {
    nothing: svgElement("path", { class: "nothing", d: outline, fill: patterns.fill("nothing") }),
    lines: svgElement(
      "g",
      { class: "ground" },
      svgElement("path", { class: "outside", d: all + outline, "fill-rule": "evenodd" }),
      svgElement("path", { class: "communes", d: communes }),
      svgElement("path", { class: "zones-halo", d: zones }),
      svgElement("path", { class: "zones", d: zones }),
      svgElement("path", { class: "outline", d: outline }),
    ),
  };
}

/** Names in a pane of the map: towns first, then zones moved aside where a town is, then places by population. */
export class Names {
  constructor(map, L, data) {
    this.map = map;
    this.pane = map.createPane("names");
    const make = (kind) => ([name, lon, lat, population]) => {
      const label = element("span", `name ${kind}`, name);
      this.pane.append(label);
      return { label, kind, text: name, population: kind === "zone" ? 0 : population, at: L.latLng(lat, lon), size: null };
    };
    const places = data.names.map(make("place"));
    const zones = data.zone_names.map(make("zone"));
    const towns = places.filter((place) => place.population >= POPULATION[0][1]);
    this.all = [...towns, ...zones, ...places.filter((place) => !towns.includes(place))];
  }

  arrange() {
    const zoom = this.map.getZoom();
    const least = POPULATION.find(([upTo]) => zoom < upTo)[1];
    const taken = [];
    for (const name of this.all) {
      // A zone that bears the name of the town in it is not named twice side by side.
      const wanted = name.kind === "zone" ? !taken.some((box) => box.text === name.text) : name.population >= least;
      const box = wanted ? this.place(name, taken) : null;
      name.label.classList.toggle("shown", Boolean(box));
      if (box) taken.push(Object.assign(box, { text: name.text }));
    }
  }

  /** The first free box among some positions, or null. */
  place(name, taken) {
    name.size ??= [name.label.offsetWidth, name.label.offsetHeight];
    const [width, height] = name.size;
    const { x, y } = this.map.latLngToLayerPoint(name.at);
    const offsets = name.kind === "zone" ? [0, 20, -20, 36, -36, 54, -54] : [0];
    for (const offset of offsets) {
      const box = [x - width / 2 - GAP, y - height / 2 - GAP + offset, x + width / 2 + GAP, y + height / 2 + GAP + offset];
      const free = taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
      if (free) {
        name.label.style.transform = `translate(${Math.round(x - width / 2)}px, ${Math.round(y - height / 2 + offset)}px)`;
        return box;
      }
    }
    return null;
  }
}
