// Texts come from Python; here they get their values, and numbers the form of their language.

export class Text {
  constructor(strings) {
    this.strings = strings;
    const format = (digits) =>
      new Intl.NumberFormat(strings.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    this.whole = format(0);
    this.tenths = format(1);
    this.rough = new Intl.NumberFormat(strings.locale, { maximumSignificantDigits: 2 });
    this.months = new Intl.DateTimeFormat(strings.locale, { month: "long", year: "numeric", timeZone: "UTC" });
    this.free = new Intl.NumberFormat(strings.locale, { maximumSignificantDigits: 3 });
  }

  /** The text of a key, with {name} replaced by values. */
  get(key, values = {}) {
    return this.strings[key].replace(/\{(\w+)\}/g, (hole, name) => (name in values ? values[name] : hole));
  }

  /** A month by its number (periods.py). */
  month(number) {
    return this.months.format(new Date(Date.UTC(Math.floor(number / 12), number % 12, 1)));
  }

  /** A side in metres, written in kilometres. */
  size(metres) {
    return this.free.format(metres / 1000);
  }
}

/** An element with its class, its text and its children. Text is never read as HTML. */
export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== null && part !== undefined));
  return made;
}

export function svgElement(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
