/** A window at several scales, each half of the one before. */

import { halveSlopes, measureSlopes, writeStrength } from './slopes.js';

/** @typedef {import('../photo.js').Picture} Picture */
/** @typedef {import('./slopes.js').Slopes} Slopes */

/**
 * @typedef {object} Level
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} data RGB, and how strong slopes are.
 * @property {Uint8Array} hole [height, width], 1 = to be painted.
 * @property {Uint8Array} known [height, width], 1 = may be copied.
 */

/**
 * @param {Picture} picture
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @param {number} halvings
 * @returns {{levels: Level[], slopes: Slopes}} Finest first, made whole so that every
 *   level is half of the last; and the slopes of the coarsest.
 */
export function makeLevels(picture, hole, known, halvings) {
  const levels = [makeWhole({ ...picture, hole, known }, 2 ** halvings)];
  let slopes = measureSlopes(levels[0]);
  writeStrength(slopes, levels[0]);
  for (let step = 0; step < halvings; step++) {
    levels.push(halve(levels[step]));
    slopes = halveSlopes(slopes, levels[step].width);
    writeStrength(slopes, levels[step + 1]);
  }
  return { levels, slopes };
}

/**
 * Repeats the last row and column until both sides are multiples of a number.
 * @param {Level} level
 * @param {number} number
 * @returns {Level} Its pixels are its own.
 */
function makeWhole(level, number) {
  const width = Math.ceil(level.width / number) * number;
  const height = Math.ceil(level.height / number) * number;
  if (width === level.width && height === level.height) {
    return { ...level, data: level.data.slice() };
  }
  const data = new Uint8ClampedArray(4 * width * height);
  const pixels = new Uint32Array(data.buffer);
  const from = new Uint32Array(level.data.buffer, level.data.byteOffset);
  const hole = new Uint8Array(width * height);
  const known = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const first = Math.min(row, level.height - 1) * level.width;
    const line = from.subarray(first, first + level.width);
    pixels.set(line, row * width);
    pixels.fill(line[level.width - 1], row * width + level.width, (row + 1) * width);
    if (row >= level.height) continue;
    hole.set(level.hole.subarray(first, first + level.width), row * width);
    known.set(level.known.subarray(first, first + level.width), row * width);
  }
  return { width, height, data, hole, known };
}

/**
 * Means of four; hole where one of them is, known where all are.
 * @param {Level} level
 * @returns {Level}
 */
function halve(level) {
  const width = level.width / 2;
  const height = level.height / 2;
  const data = new Uint8ClampedArray(4 * width * height);
  const hole = new Uint8Array(width * height);
  const known = new Uint8Array(width * height);
  for (let row = 0, place = 0; row < height; row++) {
    for (let column = 0; column < width; column++, place++) {
      const one = 2 * row * level.width + 2 * column;
      const below = one + level.width;
      hole[place] =
        level.hole[one] |
        level.hole[one + 1] |
        level.hole[below] |
        level.hole[below + 1];
      known[place] =
        level.known[one] &
        level.known[one + 1] &
        level.known[below] &
        level.known[below + 1];
      for (let channel = 0; channel < 3; channel++) {
        const upper = level.data[4 * one + channel] + level.data[4 * one + 4 + channel];
        const lower =
          level.data[4 * below + channel] + level.data[4 * below + 4 + channel];
        data[4 * place + channel] = (upper + lower + 2) >> 2;
      }
    }
  }
  return { width, height, data, hole, known };
}

/**
 * The hole and the cells round it: their patches continue the photo into it.
 * @param {Level} level
 * @returns {Uint8Array} [height, width].
 */
export function widenHole({ hole, width, height }) {
  const wide = new Uint8Array(hole.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (!hole[row * width + column]) continue;
      const start = Math.max(0, column - 1);
      const end = Math.min(width, column + 2);
      for (let y = Math.max(0, row - 1); y < Math.min(height, row + 2); y++) {
        wide.fill(1, y * width + start, y * width + end);
      }
    }
  }
  return wide;
}
