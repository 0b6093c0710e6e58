// The period's control: granularity, slider, one step back and forth, play through time.

import { element, svgElement } from "./text.js";

const FRAME_MS = { month: 500, quarter: 800, year: 1300, last3: 500, last6: 500, last12: 500 };
const TICK_ROOM = 0.08; // of the slider's length, for the name of a year
const ICONS = {
  previous: "M14.5 5.5 8 12l6.5 6.5",
  next: "M9.5 5.5 16 12l-6.5 6.5",
  play: "M8 5.2v13.6L19 12Z",
  pause: "M7 5h3.6v14H7ZM13.4 5H17v14h-3.6Z",
};

export function iconButton(name, label, className = "icon") {
  const path = svgElement("path", { d: ICONS[name] ?? name });
  const button = element("button", className, svgElement("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, path));
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.title = label;
  return button;
}

/** A row of buttons of which one is chosen. */
export function choiceButtons(label, options, chosen) {
  const group = element("div", "choice");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  const buttons = options.map(([value, title]) => {
    const button = element("button", "", title);
    button.type = "button";
    button.dataset.value = value;
    button.addEventListener("click", () => chosen(value));
    return button;
  });
  group.append(...buttons);
  group.choose = (value) => buttons.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.value === value)));
  return group;
}

export class Timeline {
  /** `heard(playing)` is called after each change; the choice is in granularity and index. */
  constructor(periods, text, heard) {
    Object.assign(this, { periods, text, heard, timer: null });
    const names = Object.keys(FRAME_MS).filter((name) => name in periods);
    this.choice = choiceButtons(text.get("granularity_label"), names.map((name) => [name, text.get(name)]), (name) =>
      this.regroup(name),
    );
    this.slider = element("input", "slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.setAttribute("aria-label", text.get("slider_label"));
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.back = iconButton("previous", text.get("previous"));
    this.forth = iconButton("next", text.get("next"));
    this.player = iconButton("play", text.get("play"), "icon play");
    this.back.addEventListener("click", () => this.go(this.index - 1));
    this.forth.addEventListener("click", () => this.go(this.index + 1));
    this.player.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
    this.ticks = element("div", "ticks");
    this.ticks.setAttribute("aria-hidden", "true");
    const steps = element("div", "steps", this.back, this.player, this.forth);
    this.root = element("div", "time", this.choice, steps, element("div", "track", this.slider, this.ticks));
  }

  get current() {
    return this.periods[this.granularity];
  }

  get label() {
    return this.current.labels[this.index];
  }

  get first() {
    return this.current.first[this.index];
  }

  get last() {
    return this.current.last[this.index];
  }

  /** Start at a granularity and the period that ends in or before a month. */
  start(granularity, last) {
    this.drop();
    this.granularity = granularity in this.periods ? granularity : Object.keys(this.periods)[0];
    this.index = this.nearest(last);
    this.show();
  }

  nearest(last) {
    const after = this.current.last.findIndex((month) => month >= last);
    return after < 0 ? this.current.last.length - 1 : after;
  }

  regroup(granularity) {
    this.stop();
    const { last } = this;
    this.granularity = granularity;
    this.index = this.nearest(last);
    this.show();
    this.heard(false);
  }

  go(index, playing = false) {
    if (!playing) this.stop();
    const kept = Math.min(Math.max(index, 0), this.current.labels.length - 1);
    if (kept === this.index) return;
    this.index = kept;
    this.slider.value = kept;
    this.reflect();
    this.heard(playing);
  }

  play() {
    const { labels } = this.current;
    if (this.index === labels.length - 1) this.go(0, true);
    this.timer = setInterval(() => {
      this.go(this.index + 1, true);
      if (this.index === this.current.labels.length - 1) this.stop();
    }, FRAME_MS[this.granularity]);
    this.dress("pause");
  }

  stop() {
    if (this.drop()) this.heard(false);
  }

  /** Stop playing and say nothing of it. */
  drop() {
    if (!this.timer) return false;
    clearInterval(this.timer);
    this.timer = null;
    this.dress("play");
    return true;
  }

  dress(name) {
    this.player.querySelector("path").setAttribute("d", ICONS[name]);
    this.player.setAttribute("aria-label", this.text.get(name));
    this.player.title = this.text.get(name);
  }

  show() {
    this.choice.choose(this.granularity);
    this.slider.max = this.current.labels.length - 1;
    this.slider.value = this.index;
    const steps = Math.max(1, this.current.labels.length - 1);
    this.ticks.replaceChildren(
      ...this.years(steps * TICK_ROOM).map(([year, i]) => {
        const tick = element("span", "", String(year));
        tick.style.setProperty("--at", i / steps);
        return tick;
      }),
    );
    this.reflect();
  }

  /** The first period of each year; one too near the next gives way to it. */
  years(room) {
    const years = new Map();
    this.current.last.forEach((month, i) => {
      const year = Math.floor(month / 12);
      if (!years.has(year)) years.set(year, i);
    });
    return Array.from(years).filter(([, i], at, all) => at + 1 === all.length || all[at + 1][1] - i >= room);
  }

  reflect() {
    const end = this.current.labels.length - 1;
    this.slider.setAttribute("aria-valuetext", this.label);
    this.slider.style.setProperty("--done", end ? this.index / end : 1);
    this.back.disabled = this.index === 0;
    this.forth.disabled = this.index === end;
  }
}
