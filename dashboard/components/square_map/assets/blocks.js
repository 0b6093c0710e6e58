// The exact blocks: coarse squares hatched and below, fine ones plain and above; a square may carry several facts.

import { Squares } from "./frame.js";
import { element, svgElement } from "./text.js";
import { unpack, unpackLines } from "./unpack.js";

const LISTED = 4; // facts of one square in the hover card

export class Blocks {
  static async from(data, frame, breaks) {
    const made = new Blocks();
    const numbers = ["square", "first", "last", "spoken", "n", "covered"];
    const [squares, ids, size, share, partial, label, ...facts] = await Promise.all([
      Squares.from(data.squares, frame),
      unpackLines(data.ids),
      unpack(data.size, Uint32Array),
      unpack(data.share, Uint8Array),
      unpack(data.partial, Uint8Array),
      unpack(data.label, Uint16Array),
      ...numbers.map((name) => unpack(data[name], Uint32Array)),
    ]);
    Object.assign(made, { squares, ids, size, share, partial, label, breaks, labels: data.labels, count: data.count });
    numbers.forEach((name, i) => {
      made[name] = facts[i];
    });
    made.cellM = data.cell_m;
    made.draw();
    return made;
  }

  draw() {
    this.group = svgElement("g", { class: "blocks" });
    this.paths = Array.from({ length: this.squares.count }, (_, square) =>
      svgElement("path", { d: this.squares.path(square), class: "off" }),
    );
    this.group.append(...this.paths);
    this.shown = new Array(this.squares.count).fill("off");
    this.facts = Array.from({ length: this.squares.count }, () => []);
  }

  /** A fact is shown if it speaks of a month of the period at least (blocks.py, shown). */
  speaks(fact, first, last) {
    const low = Math.max(0, first - this.first[fact]);
    const high = Math.min(31, last - this.first[fact], this.last[fact] - this.first[fact]);
    for (let month = low; month <= high; month += 1) if ((this.spoken[fact] >>> month) & 1) return true;
    return false;
  }

  paint(first, last) {
    this.facts = Array.from({ length: this.squares.count }, () => []);
    for (let fact = 0; fact < this.count; fact += 1) {
      if (this.speaks(fact, first, last)) this.facts[this.square[fact]].push(fact);
    }
    this.facts.forEach((facts, square) => {
      const name = facts.length ? this.look(square, this.density(facts)) : "off";
      if (name !== this.shown[square]) {
        this.paths[square].setAttribute("class", name);
        this.shown[square] = name;
      }
    });
  }

  /** Episodes per km2 per year over the ground that the facts cover. */
  density(facts) {
    const sum = (values) => facts.reduce((total, fact) => total + values[fact], 0);
    return sum(this.n) / ((sum(this.covered) * (this.cellM / 1000) ** 2) / 12);
  }

  look(square, density) {
    const rank = this.breaks.filter((lowest) => density >= lowest).length;
    return `${this.size[square] > this.cellM ? "h" : "q"}${rank}`;
  }

  at(x, y) {
    for (let square = this.squares.count - 1; square >= 0; square -= 1) {
      if (this.facts[square].length && this.squares.holds(square, x, y)) {
        return { key: square, id: this.ids[square], path: this.squares.path(square), x, y };
      }
    }
    return null;
  }

  pathOf(id) {
    const square = this.ids.indexOf(id);
    return square < 0 ? null : this.squares.path(square);
  }

  /** The exact facts of a square, and what is not in them. */
  describe({ key: square }, text) {
    const facts = this.facts[square];
    const listed = facts.slice(-LISTED).reverse();
    const hidden = facts.length - listed.length;
    return [
      element("p", "kind", text.get("square", { size: text.size(this.size[square]) })),
      ...listed.map((fact) =>
        element(
          "div",
          "fact",
          element("p", "figure", element("strong", "", text.whole.format(this.n[fact])), " ", text.get("published")),
          element("p", "range", this.labels[this.label[fact]]),
          this.partial[fact] ? element("p", "note", text.get("partial", { share: text.whole.format(this.share[fact]) })) : null,
        ),
      ),
      hidden > 0 ? element("p", "note", text.get("and_more", { count: text.whole.format(hidden) })) : null,
      element("p", "density", text.get("density", { density: text.rough.format(this.density(facts)) })),
    ].filter(Boolean);
  }
}
