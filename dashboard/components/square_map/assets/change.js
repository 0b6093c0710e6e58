// What may be said of the change from the year before: its colours and its words.

import { OFF, Painting } from "./surface.js";
import { element } from "./text.js";

// comparison.py: a code a cell. Nothing may be said where it is none of these.
const CODES = [
  [1, "more", "legend_more"],
  [-1, "less", "legend_less"],
  [0, "chance", "legend_chance"],
];
const RANKS = new Map(CODES.map(([code], rank) => [code, rank]));

export function changePainting(outlines) {
  return new Painting(outlines, "change", CODES.map(([, name]) => name));
}

export function paintChange(painting, before) {
  if (before) painting.paint((row) => RANKS.get(before.change[before.start + row]) ?? OFF);
  else painting.paint(() => OFF);
}

/** The word for a cell, with the class of its colour. */
export function changeWord(surface, cell, before, text) {
  const row = surface.row[cell];
  const rank = row < 0 ? undefined : RANKS.get(before.change[before.start + row]);
  const [name, key] = rank === undefined ? ["unsaid", "legend_unsaid"] : CODES[rank].slice(1);
  return element("p", `word ${name}`, element("span", `mark ${name}`), text.get(key));
}
