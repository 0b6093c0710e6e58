// The surface: one path for each colour, made of the squares that have it; only colours that win or lose a square change.
// (One path for each square was measured first: styling 2,000 elements anew costs five times as much.)

import { Squares } from "./frame.js";
import { element, svgElement } from "./text.js";
import { unpack, unpackLines } from "./unpack.js";

const FEWER = 16; // payload.py
const CONSTANT = FEWER;
const CLASS = 15;

const COLOURS = 7;
const OFF = -1; // nothing may be said: the hatched ground is seen

const colour = (code) => (code === CONSTANT ? OFF : code & CLASS);

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
    made.periods = Object.fromEntries(
      await Promise.all(
        Object.entries(data.granularities).map(async ([name, values]) => [
          name,
          {
            codes: await unpack(values.codes, Uint8Array),
            estimate: await unpack(values.estimate, Uint16Array),
            low: await unpack(values.low, Uint16Array),
            high: await unpack(values.high, Uint16Array),
            measured: await unpack(values.measured, Uint8Array),
          },
        ]),
      ),
    );
    made.draw();
    return made;
  }

  draw() {
    this.group = svgElement("g", { class: "surface" });
    this.row = new Int32Array(this.squares.count).fill(-1);
    this.outlines = Array.from(this.active, (cell, row) => {
      this.row[cell] = row;
      return this.squares.path(cell);
    });
    this.paths = Array.from({ length: COLOURS }, (_, rank) => svgElement("path", { class: `q${rank}` }));
    this.shown = new Int8Array(this.active.length).fill(OFF);
    this.group.append(...this.paths);
  }

  paint(granularity, period) {
    const { codes } = this.periods[granularity];
    const start = period * this.active.length;
    const members = this.paths.map(() => []);
    const changed = new Set();
    for (let row = 0; row < this.shown.length; row += 1) {
      const rank = colour(codes[start + row]);
      if (rank !== this.shown[row]) {
        changed.add(rank).add(this.shown[row]);
        this.shown[row] = rank;
      }
      if (rank !== OFF) members[rank].push(this.outlines[row]);
    }
    changed.delete(OFF);
    for (const rank of changed) this.paths[rank].setAttribute("d", members[rank].join(""));
    Object.assign(this, { granularity, period });
  }

  /** The square under a point of the plane: {id, path} or null. */
  at(x, y) {
    const cell = this.squares.at(x, y);
    return cell < 0 ? null : { key: cell, id: this.ids[cell], path: this.squares.path(cell) };
  }

  pathOf(id) {
    const cell = this.ids.indexOf(id);
    return cell < 0 ? null : this.squares.path(cell);
  }

  /** What may be said of a cell in the period shown, as the content of the hover card. */
  describe({ key: cell }, text, k) {
    const head = [
      this.places[this.place[cell]] && element("p", "place", this.places[this.place[cell]]),
      element(
        "p",
        "kind",
        `${text.get("square", { size: text.size(this.cellM) })} · `,
        text.get("residents", { residents: text.whole.format(this.residents[cell]) }),
      ),
    ].filter(Boolean);
    const row = this.row[cell];
    if (row < 0) {
      return [...head, element("p", "figure quiet", text.get("fewer", { k })), this.below(text)];
    }
    const at = this.period * this.active.length + row;
    const values = this.periods[this.granularity];
    const fewer = Boolean(values.codes[at] & FEWER);
    if (values.codes[at] === CONSTANT) {
      return [...head, element("p", "figure quiet", text.get("fewer", { k })), this.below(text)];
    }
    const tenths = values.estimate[at];
    const number = tenths ? text.tenths.format(tenths / 10) : text.get("estimate_under", { value: text.tenths.format(0.1) });
    const range = fewer
      ? text.get("fewer", { k })
      : text.get("interval", { low: text.whole.format(values.low[at]), high: text.whole.format(values.high[at]) });
    return [
      ...head,
      element("p", "figure", element("strong", "", number), " ", text.get("estimate")),
      element("p", "range", range),
      share(values.measured[at], text),
    ];
  }

  below(text) {
    return element("p", "note", text.get("below", { value: text.free.format(this.breaks[0]) }));
  }
}

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
