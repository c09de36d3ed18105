/** Square blocks of a hole's box, that numbers are summed over. */

import { makeLinearWeights, resample } from '../resampling.js';

/** So many along the hole's longer side, of at least so many pixels. */
const ALONG = 24;
const LEAST = 16;
/** Weights of the blocks round a block, down and along. */
const ROUND = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const NEXT = 2;

/**
 * How a box is laid out in blocks, row by row, and which of its pixels are hole.
 * @typedef {{hole: Uint8Array, width: number, height: number, side: number,
 *   rows: number, columns: number}} Blocks
 */

/**
 * Of three channels: sums [rows, columns, 3], sums of squares [rows, columns], and how
 * many pixels of the hole they are of [rows, columns].
 * @typedef {{sums: Float64Array, squares: Float64Array, counts: Float64Array}} Sums
 */

/**
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @returns {Blocks}
 */
export function layBlocks(hole, width) {
  const height = hole.length / width;
  const side = Math.max(LEAST, Math.ceil(Math.max(width, height) / ALONG));
  const [rows, columns] = [height, width].map((length) => Math.ceil(length / side));
  return { hole, width, height, side, rows, columns };
}

/**
 * Over each block's pixels of the hole.
 * @param {Blocks} blocks
 * @param {Float32Array} values [height, width, 3]
 * @returns {Sums}
 */
export function sumBlocks({ hole, width, height, side, rows, columns }, values) {
  const sums = new Float64Array(3 * rows * columns);
  const squares = new Float64Array(rows * columns);
  const counts = new Float64Array(rows * columns);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      if (!hole[pixel]) continue;
      const block = Math.floor(row / side) * columns + Math.floor(column / side);
      for (let channel = 0; channel < 3; channel++) {
        const value = values[3 * pixel + channel];
        sums[3 * block + channel] += value;
        squares[block] += value * value;
      }
      counts[block]++;
    }
  }
  return { sums, squares, counts };
}

/**
 * Values of blocks, each with those round it by their weights.
 * @param {Blocks} blocks
 * @param {Float64Array} values [rows, columns]
 * @returns {Float64Array}
 */
export function sumAround({ rows, columns }, values) {
  return values.map((_, block) => {
    let sum = 0;
    for (const [i, down] of ROUND.entries()) {
      const row = Math.floor(block / columns) + i - NEXT;
      if (row < 0 || row >= rows) continue;
      for (const [k, along] of ROUND.entries()) {
        const column = (block % columns) + k - NEXT;
        if (column < 0 || column >= columns) continue;
        sum += down * along * values[row * columns + column];
      }
    }
    return sum;
  });
}

/**
 * Values of blocks, linear between their middles.
 * @param {Float64Array} values [rows, columns, channels]
 * @param {number} channels
 * @param {Blocks} blocks
 * @returns {Float32Array} [height, width, channels].
 */
export function spreadBlocks(values, channels, { rows, columns, side, width, height }) {
  const down = makeLinearWeights(rows, rows * side);
  const along = makeLinearWeights(columns, columns * side);
  const box = { left: 0, top: 0, width, height };
  return resample(values, columns, channels, down, along, box);
}
