// The surface: what it says of each cell, and how a set of cells is painted.
// One path for each colour, made of the squares that have it; only colours that win or lose a square change.
// (One path for each square was measured first: styling 2,000 elements anew costs five times as much.)

import { Squares } from "./frame.js";
import { element, svgElement } from "./text.js";
import { unpack, unpackLines } from "./unpack.js";

const FEWER = 16; // values.py
const CONSTANT = FEWER;
const CLASS = 15;
const NUMBERS = { codes: Uint8Array, estimate: Uint16Array, low: Uint16Array, high: Uint16Array, measured: Uint8Array, change: Int8Array };

export const COLOURS = 7;
export const OFF = -1; // nothing may be said: the hatched ground is seen
export const rankOf = (code) => (code === CONSTANT ? OFF : code & CLASS);

/** Whatever a granularity holds of the arrays that the server packs. */
async function unpackValues(values) {
  const names = Object.keys(NUMBERS).filter((name) => name in values);
  const arrays = await Promise.all(names.map((name) => unpack(values[name], NUMBERS[name])));
  return Object.fromEntries(names.map((name, i) => [name, arrays[i]]));
}

export class Surface {
  static async from(data, frame, breaks) {
    const made = new Surface();
    const [squares, ids, residents, places, place, active] = await Promise.all([
      Squares.from(data.squares, frame),
      unpackLines(data.ids),
      unpack(data.residents, Uint32Array),
      unpackLines(data.places),
      unpack(data.place, Uint16Array),
      unpack(data.active, Uint32Array),
    ]);
    Object.assign(made, { squares: squares.index(), ids, residents, places, place, active, breaks });
    made.cellM = data.cell_m;
    made.seen = data.seen;
    const granularities = Object.entries(data.granularities).map(async ([name, values]) => {
      const before = values.before && { ...(await unpackValues(values.before)), row: values.before.row, labels: values.before.labels };
      return [name, { ...(await unpackValues(values)), before }];
    });
    made.periods = Object.fromEntries(await Promise.all(granularities));
    made.row = new Int32Array(made.squares.count).fill(-1);
    made.outlines = Array.from(active, (cell, row) => {
      made.row[cell] = row;
      return made.squares.path(cell);
    });
    return made;
  }

  /** Whether any period has another one to be compared with. */
  get comparable() {
    return Object.values(this.periods).some(({ before }) => before);
  }

  /** Where the values of a period begin in its arrays; null for a period before that is not there. */
  values(granularity, period) {
    return { ...this.periods[granularity], start: period * this.active.length };
  }

  before(granularity, period) {
    const { before } = this.periods[granularity];
    const row = before ? before.row[period] : -1;
    return row < 0 ? null : { ...before, start: row * this.active.length, label: before.labels[row] };
  }

  /** The square under a point of the plane: {key, id, path} or null. */
  at(x, y) {
    const cell = this.squares.at(x, y);
    return cell < 0 ? null : { key: cell, id: this.ids[cell], path: this.squares.path(cell) };
  }

  pathOf(id) {
    const cell = this.ids.indexOf(id);
    return cell < 0 ? null : this.squares.path(cell);
  }

  /** Which cell it is: its commune, its size, its inhabitants. */
  head(cell, text) {
    const place = this.places[this.place[cell]];
    const size = text.get("square", { size: text.size(this.cellM) });
    const residents = text.get("residents", { residents: text.whole.format(this.residents[cell]) });
    return [place && element("p", "place", place), element("p", "kind", `${size} · ${residents}`)].filter(Boolean);
  }

  /** What may be said of a cell in a period, as the content of the hover card. */
  describe(cell, values, text, k) {
    const row = this.row[cell];
    const at = values.start + row;
    if (row < 0 || values.codes[at] === CONSTANT) {
      const below = text.get("below", { value: text.free.format(this.breaks[0]) });
      return [element("p", "figure quiet", text.get("fewer", { k })), element("p", "note", below)];
    }
    const tenths = values.estimate[at];
    const number = tenths ? text.tenths.format(tenths / 10) : text.get("estimate_under", { value: text.tenths.format(0.1) });
    const range =
      values.codes[at] & FEWER
        ? text.get("fewer", { k })
        : text.get("interval", { low: text.whole.format(values.low[at]), high: text.whole.format(values.high[at]) });
    return [
      element("p", "figure", element("strong", "", number), " ", text.get("estimate")),
      element("p", "range", range),
      values.measured ? share(values.measured[at], text) : null,
    ].filter(Boolean);
  }
}

/** Squares in some colours, in one drawing. */
export class Painting {
  constructor(outlines, name, classes) {
    this.outlines = outlines;
    this.paths = classes.map((colour) => svgElement("path", { class: colour }));
    this.group = svgElement("g", { class: name }, ...this.paths);
    this.shown = new Int8Array(outlines.length).fill(OFF);
  }

  /** `rank(row)` is the place of a square's colour, or OFF. */
  paint(rank) {
    const members = this.paths.map(() => []);
    const changed = new Set();
    for (let row = 0; row < this.shown.length; row += 1) {
      const colour = rank(row);
      if (colour !== this.shown[row]) {
        changed.add(colour).add(this.shown[row]);
        this.shown[row] = colour;
      }
      if (colour !== OFF) members[colour].push(this.outlines[row]);
    }
    changed.delete(OFF);
    for (const colour of changed) this.paths[colour].setAttribute("d", members[colour].join(""));
  }

  /** The colours of a period, or nothing where there is none. */
  density(values) {
    if (values) this.paint((row) => rankOf(values.codes[values.start + row]));
    else this.paint(() => OFF);
  }
}

/** The colours of a density, from the lowest. */
export const DENSITIES = Array.from({ length: COLOURS }, (_, rank) => `q${rank}`);

/** The measured share in words, with a thin bar that says the same. */
function share(percent, text) {
  const bar = svgElement(
    "svg",
    { class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    svgElement("rect", { class: "rail", width: 100, height: 4 }),
    svgElement("rect", { class: "full", width: percent, height: 4 }),
  );
  return element("div", "measured", element("p", "", text.get("measured", { share: text.whole.format(percent) })), bar);
}
