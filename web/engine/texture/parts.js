/** A hole in parts that lie apart, as `synthesis.py` splits it. */

/** @typedef {{width: number, height: number}} Size */

/** Pixels up to which a part reaches out for another. */
const REACH = 8;

/**
 * @param {Uint8Array} hole [height, width], 1 = hole.
 * @param {Size} size
 * @returns {Uint8Array[]} The parts, together the hole.
 */
export function splitHole(hole, size) {
  const { width, height } = size;
  const left = widen(widen(hole, size, 1, width), size, width, height);
  const parts = [];
  for (let first = left.indexOf(1); first >= 0; first = left.indexOf(1, first)) {
    const part = new Uint8Array(hole.length);
    const places = [first];
    left[first] = 0;
    for (let next = 0; next < places.length; next++) {
      part[places[next]] = hole[places[next]];
      const row = Math.floor(places[next] / width);
      const column = places[next] % width;
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
          if (!left[y * width + x]) continue;
          left[y * width + x] = 0;
          places.push(y * width + x);
        }
      }
    }
    parts.push(part);
  }
  return parts;
}

/**
 * Marks what lies within reach of marked pixels, along rows or down columns.
 * @param {Uint8Array} mask
 * @param {Size} size
 * @param {number} step From a pixel to the next.
 * @param {number} length Of a line.
 * @returns {Uint8Array}
 */
function widen(mask, { width }, step, length) {
  const wide = new Uint8Array(mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (!mask[pixel]) continue;
    const along = step === 1 ? pixel % width : Math.floor(pixel / width);
    const start = pixel - Math.min(REACH, along) * step;
    const end = pixel + Math.min(REACH, length - 1 - along) * step;
    for (let place = start; place <= end; place += step) wide[place] = 1;
  }
  return wide;
}
