// The plane on which everything is drawn: Web Mercator in pixels of one deep zoom, from the corner of the territory.
// It is linear in Leaflet's own plane, so one SVG stretched over its bounds is right at every zoom.

import { addSteps, unpack } from "./unpack.js";

const ZOOM = 15; // one unit is 3.3 m on the ground at 47 degrees
const WORLD = 256 * 2 ** ZOOM;
const MARGIN = 0.35; // of the territory's size, so that the dimmed outside reaches the edges of the map

const across = (lon) => ((lon + 180) / 360) * WORLD;
const down = (lat) => (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * WORLD;

export class Frame {
  static ZOOM = ZOOM;

  constructor([west, south, east, north]) {
    const [padX, padY] = [(east - west) * MARGIN, (north - south) * MARGIN];
    this.territory = [[south, west], [north, east]];
    this.bounds = [[south - padY, west - padX], [north + padY, east + padX]];
    this.left = across(west - padX);
    this.top = down(north + padY);
    this.width = across(east + padX) - this.left;
    this.height = down(south - padY) - this.top;
  }

  x(lon) {
    return across(lon) - this.left;
  }

  y(lat) {
    return down(lat) - this.top;
  }

  /** A point of the plane in the world's pixels of the deep zoom. */
  world(x, y) {
    return [x + this.left, y + this.top];
  }

  /** How many units of the plane one pixel of the screen is at a zoom of the map. */
  static unitsPerPixel(zoom) {
    return 2 ** (ZOOM - zoom);
  }
}

/** Lines and rings (geometry.py, lines) as the data of one SVG path. */
export async function linePath(packed, frame, close) {
  const lengths = await unpack(packed.lengths, Uint32Array);
  const points = addSteps(await unpack(packed.points, Int32Array));
  const parts = [];
  let at = 0;
  for (const length of lengths) {
    const line = [];
    for (const end = at + length; at < end; at += 1) {
      line.push(`${Math.round(frame.x(points[2 * at] / 1e5))} ${Math.round(frame.y(points[2 * at + 1] / 1e5))}`);
    }
    parts.push(`M${line.join("L")}${close ? "Z" : ""}`);
  }
  return parts.join("");
}

/** Tilted squares (geometry.py, squares) on the plane: their paths, and which of them holds a point. */
export class Squares {
  static async from(packed, frame) {
    const vertices = addSteps(await unpack(packed.vertices, Int32Array));
    const quads = await unpack(packed.quads, Uint32Array);
    const plane = new Float64Array(vertices.length);
    for (let i = 0; i < vertices.length; i += 2) {
      plane[i] = frame.x(vertices[i] / 1e6);
      plane[i + 1] = frame.y(vertices[i + 1] / 1e6);
    }
    return new Squares(plane, quads, packed.count);
  }

  constructor(plane, quads, count) {
    Object.assign(this, { plane, quads, count, buckets: new Map() });
  }

  corners(square) {
    return [0, 1, 2, 3].map((corner) => {
      const vertex = 2 * this.quads[4 * square + corner];
      return [this.plane[vertex], this.plane[vertex + 1]];
    });
  }

  path(square) {
    return `M${this.corners(square).map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;
  }

  centre(square) {
    const corners = this.corners(square);
    return [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis] / 4, 0));
  }

  /** Inside when the point lies on the same side of all four edges. */
  holds(square, x, y) {
    const corners = this.corners(square);
    let sides = 0;
    for (let i = 0; i < 4; i += 1) {
      const [[ax, ay], [bx, by]] = [corners[i], corners[(i + 1) % 4]];
      sides += Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax)) || 1;
    }
    return Math.abs(sides) === 4;
  }

  /** Sort squares of one size into buckets, so that `at` looks at a handful only. */
  index() {
    const [[x0], [x1]] = this.count ? this.corners(0) : [[0], [1]];
    this.step = Math.max(1, Math.abs(x1 - x0));
    for (let square = 0; square < this.count; square += 1) {
      const corners = this.corners(square);
      const range = (axis) => {
        const values = corners.map((corner) => corner[axis]);
        return [Math.floor(Math.min(...values) / this.step), Math.floor(Math.max(...values) / this.step)];
      };
      const [[left, right], [top, bottom]] = [range(0), range(1)];
      for (let i = left; i <= right; i += 1) {
        for (let j = top; j <= bottom; j += 1) {
          const key = `${i} ${j}`;
          if (!this.buckets.has(key)) this.buckets.set(key, []);
          this.buckets.get(key).push(square);
        }
      }
    }
    return this;
  }

  /** The indexed square that holds a point, or -1. */
  at(x, y) {
    const near = this.buckets.get(`${Math.floor(x / this.step)} ${Math.floor(y / this.step)}`) ?? [];
    return near.find((square) => this.holds(square, x, y)) ?? -1;
  }
}
