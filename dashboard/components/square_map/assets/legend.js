// The legend of the view that is shown: the scale, and the states that nobody may confuse.

import { element, svgElement } from "./text.js";

const CLASSES = 7; // values.py

function swatch(className) {
  const square = svgElement("rect", { x: 0.5, y: 0.5, width: 27, height: 15, rx: 2, class: className });
  return svgElement("svg", { viewBox: "0 0 28 16", class: "swatch", "aria-hidden": "true" }, square);
}

function patternSwatch(kind) {
  // Patterns of the map are scaled with it: the legend draws its own lines.
  const parts = [svgElement("rect", { class: "paper", width: 28, height: 16 })];
  if (kind === "coarse") parts.push(svgElement("rect", { class: "wash q4", width: 28, height: 16 }));
  const slope = kind === "coarse" ? 16 : -16;
  for (let x = -16; x < 48; x += kind === "coarse" ? 9 : 7) {
    parts.push(svgElement("line", { class: kind === "coarse" ? "stripe q4" : "line", x1: x, y1: 0, x2: x + slope, y2: 16 }));
  }
  parts.push(svgElement("rect", { x: 0.5, y: 0.5, width: 27, height: 15, rx: 2, class: `frame ${kind}` }));
  return svgElement("svg", { viewBox: "0 0 28 16", class: "swatch", "aria-hidden": "true" }, ...parts);
}

const STATES = {
  surface: [
    [() => swatch("estimated q4"), "legend_estimated"],
    [() => patternSwatch("nothing"), "legend_nothing"],
  ],
  blocks: [
    [() => swatch("published q4"), "legend_published"],
    [() => patternSwatch("coarse"), "legend_coarse"],
    [() => patternSwatch("nothing"), "legend_nothing"],
  ],
  change: [
    [() => swatch("more"), "legend_more"],
    [() => swatch("less"), "legend_less"],
    [() => swatch("chance"), "legend_chance"],
    [() => patternSwatch("nothing"), "legend_unsaid"],
  ],
};

export class Legend {
  /** `wanted(shown)` hears whether clusters are to be outlined. */
  constructor(text, breaks, wanted) {
    Object.assign(this, { text, breaks, wanted });
    this.root = element("section", "legend");
    this.root.setAttribute("aria-label", text.get("legend_label"));
  }

  scale() {
    const ramp = svgElement("svg", { class: "ramp", viewBox: `0 0 ${CLASSES * 32} 12`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (let rank = 0; rank < CLASSES; rank += 1) {
      ramp.append(svgElement("rect", { class: `q${rank}`, x: rank * 32, width: 32, height: 12 }));
    }
    const bounds = element("div", "bounds");
    this.breaks.forEach((value, i) => {
      const bound = element("span", "", this.text.free.format(value));
      bound.style.setProperty("--at", (i + 1) / CLASSES);
      bounds.append(bound);
    });
    return element("div", "scale", ramp, bounds, element("p", "unit", this.text.get("legend_unit")));
  }

  /** The switch of the clusters, where there are some. */
  switch() {
    const mark = element("span", "badge", "1");
    mark.setAttribute("aria-hidden", "true");
    this.toggle = element("input", "");
    this.toggle.type = "checkbox";
    this.toggle.addEventListener("change", () => this.wanted(this.toggle.checked));
    return element("li", "", mark, element("label", "toggle", this.text.get("clusters"), this.toggle));
  }

  show(view, clusters) {
    const written = `${view} ${clusters.all.length > 0}`;
    if (written !== this.written) this.draw(view, clusters); // a rerun must not take the focus from the switch
    Object.assign(this, { written, view });
    if (this.toggle) this.toggle.checked = clusters.wanted;
  }

  draw(view, clusters) {
    const rows = [...STATES[view], [() => swatch("outside"), "legend_outside"]];
    const states = rows.map(([mark, key]) => element("li", "", mark(), element("span", "", this.text.get(key))));
    if (clusters.all.length) states.push(this.switch());
    this.root.replaceChildren(
      element("p", "title", this.text.get(`legend_${view}`)),
      ...(view === "change" ? [] : [this.scale()]),
      element("ul", "states", ...states),
    );
  }
}
