// What the hover card says of a place, in the view that is shown.

import { changeWord } from "./change.js";
import { element } from "./text.js";

/** The card's content; null where there is nothing to say. */
export function describe(map, found, clusters, onGround) {
  const { text, view, compare } = map;
  const { k } = map.data;
  const told = clusters.map((cluster) => map.clusters.describe(cluster));
  if (!found && !onGround) return told.length ? told : null;
  const when = element("p", "when", map.timeline.label);
  if (!found) return [element("p", "figure quiet", text.get("nothing_here", { k })), ...told, when];
  if (view === "blocks") return [...map.blocks.describe(found, text, k), ...told, when];
  const head = map.surface.head(found.key, text);
  if (!compare) return [...head, ...map.surface.describe(found.key, map.values, text, k), ...told, when];
  return [...head, ...compared(map, found.key), ...told];
}

/** Both values with their intervals, and what may be said of the change; each map's title says when it was seen. */
function compared({ surface, text, timeline, values, before, data }, cell) {
  const side = (title, content) => element("div", "side", element("p", "when", title), ...content);
  const now = side(timeline.label, surface.describe(cell, { ...values, measured: null }, text, data.k));
  if (!before) return [now, element("p", "note", text.get("not_comparable"))];
  const then = side(before.label, surface.describe(cell, before, text, data.k));
  return [element("div", "pair", then, now), changeWord(surface, cell, before, text)];
}

/** A card as one sentence after another, for who does not see it. */
export function spoken(card) {
  return Array.from(card.querySelectorAll("p"), (line) => line.textContent.trim()).filter(Boolean).join(". ");
}
