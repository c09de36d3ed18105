/** What is marked to go: one byte for each pixel of the photo, 255 or 0. */

import { joinBoxes } from './patches.js';

/** @typedef {import('./patches.js').Box} Box */
/** @typedef {{x: number, y: number}} Point In pixels of the photo. */

export class Marks {
  /**
   * @param {number} width
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** @type {Uint8Array} */
    this.data = new Uint8Array(width * height);
    this.count = 0;
  }

  /**
   * Marks, or unmarks, a line with round ends.
   * @param {Point} from
   * @param {Point} to
   * @param {number} radius
   * @param {boolean} on
   * @returns {Box | null} Where it may have changed something.
   */
  paintLine(from, to, radius, on) {
    const reach = Math.max(radius, 0.71); // the pixel that is touched, at least
    const box = this.#clip(
      Math.min(from.x, to.x) - reach,
      Math.min(from.y, to.y) - reach,
      Math.max(from.x, to.x) + reach,
      Math.max(from.y, to.y) + reach,
    );
    if (!box) return null;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const square = dx * dx + dy * dy;
    for (let y = box.top; y < box.top + box.height; y++) {
      const py = y + 0.5 - from.y;
      for (let x = box.left; x < box.left + box.width; x++) {
        const px = x + 0.5 - from.x;
        const along = square ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
        const [ax, ay] = [px - along * dx, py - along * dy];
        if (ax * ax + ay * ay <= reach * reach) this.#set(y * this.width + x, on);
      }
    }
    return box;
  }

  /**
   * Marks the inside of a closed line, by the even-odd rule.
   * @param {Point[]} points
   * @returns {Box | null}
   */
  fillPolygon(points) {
    const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
    const box = this.#clip(
      Math.min(...xs),
      Math.min(...ys),
      Math.max(...xs),
      Math.max(...ys),
    );
    if (!box) return null;
    for (let y = box.top; y < box.top + box.height; y++) {
      const crossings = cross(points, y + 0.5);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        const first = Math.max(box.left, Math.ceil(crossings[pair] - 0.5));
        const last = Math.min(this.width - 1, Math.floor(crossings[pair + 1] - 0.5));
        for (let x = first; x <= last; x++) this.#set(y * this.width + x, true);
      }
    }
    return box;
  }

  /** The smallest box round all that is marked. @returns {Box | null} */
  bound() {
    if (!this.count) return null;
    const top = Math.floor(this.data.indexOf(255) / this.width);
    const bottom = Math.floor(this.data.lastIndexOf(255) / this.width);
    let [left, right] = [this.width - 1, 0];
    for (let y = top; y <= bottom; y++) {
      const row = this.data.subarray(y * this.width, (y + 1) * this.width);
      const first = row.indexOf(255);
      if (first < 0) continue;
      left = Math.min(left, first);
      right = Math.max(right, row.lastIndexOf(255));
    }
    return { left, top, width: right + 1 - left, height: bottom + 1 - top };
  }

  /** Counts anew, after others wrote into `data`. */
  recount() {
    let count = 0;
    for (const value of this.data) count += value & 1;
    this.count = count;
  }

  /**
   * @param {number} pixel
   * @param {boolean} on
   */
  #set(pixel, on) {
    const value = on ? 255 : 0;
    if (this.data[pixel] === value) return;
    this.data[pixel] = value;
    this.count += on ? 1 : -1;
  }

  /**
   * @param {number} left
   * @param {number} top
   * @param {number} right
   * @param {number} bottom
   * @returns {Box | null}
   */
  #clip(left, top, right, bottom) {
    const [x0, y0] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
    const x1 = Math.min(this.width, Math.ceil(right));
    const y1 = Math.min(this.height, Math.ceil(bottom));
    if (x1 <= x0 || y1 <= y0) return null;
    return { left: x0, top: y0, width: x1 - x0, height: y1 - y0 };
  }
}

/**
 * Where a closed line crosses a row, in their order.
 * @param {Point[]} points
 * @param {number} y
 */
function cross(points, y) {
  const crossings = [];
  for (let index = 0; index < points.length; index++) {
    const [a, b] = [points[index], points[(index + 1) % points.length]];
    if (a.y > y === b.y > y) continue;
    crossings.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x));
  }
  return crossings.sort((a, b) => a - b);
}

/**
 * @param {(Box | null)[]} boxes
 * @returns {Box | null}
 */
export function joinSome(boxes) {
  const some = boxes.filter((box) => box !== null);
  return some.length ? joinBoxes(some) : null;
}
