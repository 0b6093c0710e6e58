// What is chosen: told to Python once the hand rests, and taken from Python when the page asks for something else.

const DEBOUNCE_MS = 250;
const NAMES = ["period", "view", "compare", "cell", "cluster"]; // choice.py, state_of

export const month = (number) => `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;
export const monthNumber = (name) => Number(name.slice(0, 4)) * 12 + Number(name.slice(5, 7)) - 1;

/** What a page starts with, as the map tells it: its period in one. */
export const startOf = ({ granularity, first, last, ...others }) => ({ period: { granularity, first, last }, ...others });

export class Told {
  /** `start` is what Python believes; `send(name, value)` tells it something else. */
  constructor(start, send) {
    this.send = send;
    this.sent = new Map(NAMES.map((name) => [name, JSON.stringify(start[name])]));
    this.pending = new Map();
  }

  tell(name, value) {
    this.pending.set(name, value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), DEBOUNCE_MS);
  }

  flush() {
    clearTimeout(this.timer);
    for (const [name, value] of this.pending) {
      const written = JSON.stringify(value);
      if (written !== this.sent.get(name)) this.send(name, value);
      this.sent.set(name, written);
    }
    this.pending.clear();
  }

  /** What Python knows. */
  get known() {
    return Object.fromEntries([...this.sent].map(([name, value]) => [name, value === undefined ? null : JSON.parse(value)]));
  }

  drop() {
    clearTimeout(this.timer);
  }
}
