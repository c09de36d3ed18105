/**
 * Gaps across a hole that an edge may go on over: at both ends the photo runs that way.
 * As `ce_tf/erasing/edge_ends.py`.
 */

import { addSlopes, isWhole } from './structure_tensor.js';

/** Pixels of a gap. */
const SHORTEST = 10;
/** What is so thin, a wire, holds no square of this side, and has no such gap across. */
const THINNEST = 7;
/** Of the rim, about, that are looked at. */
const POINTS = 800;
/** Least range of grey levels round a rim's pixel, and how far round. */
const RANGE = 20;
const AROUND = 4;
/** Half of the side of the square that a tensor is summed over, less its middle. */
const SQUARE = 5;
/** Share of the contrast that has to run along a gap. */
const STRAIGHT = 0.72;

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{start: Point, end: Point, straight: number}} Gap */

/**
 * Gaps with nothing but hole between both ends, along which the photo runs there.
 * @param {Uint8ClampedArray} grey [height, width]
 * @param {Uint8Array} hole
 * @param {Uint8Array} known What may be read.
 * @param {number} width
 * @param {number} height
 * @returns {Gap[]} `straight` is the share of the contrast that runs along the gap, at
 *   the end where that is less.
 */
export function findGaps(grey, hole, known, width, height) {
  if (!holdsSquare(hole, width, THINNEST)) return [];
  const rim = findRim(grey, hole, known, width, height);
  const cosines = new Float64Array(rim.length);
  const sines = new Float64Array(rim.length);
  rim.forEach((point, at) => {
    [cosines[at], sines[at]] = readWay(point, grey, known, width, height);
  });
  /** @type {Gap[]} */
  const gaps = [];
  for (let one = 0; one < rim.length; one++) {
    const start = rim[one];
    for (let other = one + 1; other < rim.length; other++) {
      const end = rim[other];
      const [right, down] = [end.x - start.x, end.y - start.y];
      const square = right * right + down * down;
      if (square < SHORTEST ** 2) continue;
      const cosine = (right * right - down * down) / square;
      const sine = (2 * right * down) / square;
      const first = cosines[one] * cosine + sines[one] * sine;
      const second = cosines[other] * cosine + sines[other] * sine;
      const straight = (1 - Math.max(first, second)) / 2;
      if (straight < STRAIGHT || !crossesHole(hole, width, start, end)) continue;
      gaps.push({ start, end, straight });
    }
  }
  return gaps;
}

/**
 * Whether a hole holds a square.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {number} side Of the square.
 */
function holdsSquare(hole, width, side) {
  const above = new Uint32Array(width); // pixels of hole up to this row
  for (let pixel = 0, beside = 0; pixel < hole.length; pixel++) {
    const column = pixel % width;
    if (!column) beside = 0;
    above[column] = hole[pixel] ? above[column] + 1 : 0;
    beside = above[column] >= side ? beside + 1 : 0;
    if (beside >= side) return true;
  }
  return false;
}

/**
 * Those of the hole's outermost pixels that have contrast round them.
 * @param {Uint8ClampedArray} grey
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @param {number} width
 * @param {number} height
 * @returns {Point[]} The first of each small square.
 */
function findRim(grey, hole, known, width, height) {
  /** @type {Point[]} */
  const rim = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (!hole[pixel]) continue;
      const outermost =
        (x > 0 && !hole[pixel - 1]) ||
        (x < width - 1 && !hole[pixel + 1]) ||
        (y > 0 && !hole[pixel - width]) ||
        (y < height - 1 && !hole[pixel + width]);
      if (outermost && measureRange(x, y) >= RANGE) rim.push({ x, y });
    }
  }
  const side = Math.max(1, Math.ceil(rim.length / POINTS));
  /** @type {Map<number, Point>} */
  const cells = new Map();
  for (const point of rim) {
    const cell = Math.floor(point.y / side) * width + Math.floor(point.x / side);
    if (!cells.has(cell)) cells.set(cell, point);
  }
  return [...cells].sort(([one], [other]) => one - other).map(([, point]) => point);

  /** @param {number} x @param {number} y */
  function measureRange(x, y) {
    let [darkest, brightest] = [255, 0];
    const bottom = Math.min(height - 1, y + AROUND);
    const right = Math.min(width - 1, x + AROUND);
    for (let row = Math.max(0, y - AROUND); row <= bottom; row++) {
      for (let column = Math.max(0, x - AROUND); column <= right; column++) {
        const pixel = row * width + column;
        if (!known[pixel]) continue;
        darkest = Math.min(darkest, grey[pixel]);
        brightest = Math.max(brightest, grey[pixel]);
      }
    }
    return brightest - darkest;
  }
}

/**
 * The direction of the contrast round a pixel, by Sobel's slopes where all that they are
 * made of is known.
 * @param {Point} point
 * @param {Uint8ClampedArray} grey
 * @param {Uint8Array} known
 * @param {number} width
 * @param {number} height
 * @returns {[number, number]} Cosine and sine of twice its angle, less long where it has
 *   no one.
 */
function readWay({ x, y }, grey, known, width, height) {
  const sums = [0, 1, 2].map(() => new Float64Array(1));
  for (let row = Math.max(0, y - SQUARE); row <= Math.min(height - 1, y + SQUARE); row++) {
    const above = Math.max(0, row - 1) * width;
    const below = Math.min(height - 1, row + 1) * width;
    const here = row * width;
    const last = Math.min(width - 1, x + SQUARE);
    for (let column = Math.max(0, x - SQUARE); column <= last; column++) {
      const left = Math.max(0, column - 1);
      const right = Math.min(width - 1, column + 1);
      if (!isWhole(known, above, here, below, left, column, right)) continue;
      addSlopes(sums, 0, grey, above, here, below, left, column, right);
    }
  }
  const [[both], [cosine], [sine]] = sums;
  return [cosine / Math.max(both, 1), sine / Math.max(both, 1)];
}

/**
 * Whether a gap has nothing but hole between both ends.
 * @param {Uint8Array} hole
 * @param {number} width
 * @param {Point} start
 * @param {Point} end
 */
function crossesHole(hole, width, start, end) {
  const [along, down] = [end.x - start.x, end.y - start.y];
  for (let step = 0; step < 9; step++) {
    const part = 0.08 + (0.84 * step) / 8;
    const row = Math.round(start.y + part * down);
    if (!hole[row * width + Math.round(start.x + part * along)]) return false;
  }
  return true;
}
