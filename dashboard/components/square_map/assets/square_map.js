// The component: one map for each mounted element, kept alive from run to run.

import { SquareMap } from "./map.js";

const live = new Map(); // the map of each mounted element

const signature = ({ version, height, strings, tiles }) => JSON.stringify([version, height, strings, tiles]);

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
    shown.follow();
  } else {
    shown = live.get(key);
    shown.signature = signature(data);
    shown.build();
  }
  return drop;
}
