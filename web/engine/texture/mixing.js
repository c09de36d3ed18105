/**
 * How a fill and the texture that was painted over it become one picture: as
 * `ce_tf/erasing/texture/mixing.py`, which tells why.
 */

import { makeLinearWeights, resample } from '../resampling.js';

/**
 * Blocks, within which things are fine: so many along the hole's longer side, of at
 * least so many pixels.
 */
const BLOCKS = 24;
const LEAST = 16;
/** What drift weighs against detail. */
const DRIFT = 16;
/** The least share of the fine; what it grows by, from which softness of the fill down. */
export const LEAST_SHARE = 0.2;
const SLOPE = 5;
const SOFT = 1.2;
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
 * What is added to the fill: all of the coarse, the means of blocks, and a share of the
 * fine.
 * @param {Float32Array} brought [height, width, 3], texture minus fill in the hole's box.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {Float32Array} share [height, width], 0 to 1.
 * @returns {Float32Array} [height, width, 3]; what counts is in the hole.
 */
export function weighBrought(brought, hole, width, share) {
  const blocks = layBlocks(hole, width);
  const added = sumBlocks(blocks, brought);
  const sums = spreadBlocks(added.sums, 3, blocks);
  const counts = spreadBlocks(added.counts, 1, blocks);
  return brought.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const coarse = sums[at] / Math.max(counts[pixel], 1e-6);
    return coarse + share[pixel] * (value - coarse);
  });
}

/**
 * How much of its fine the texture gives in each place: 5 q (1.2 - r), at least 0.2. r
 * is the fine of the fill, plus 1, over that of the texture, plus 1; q = detail /
 * (detail + 16 drift + 1), where detail is the fine of `brought`, and drift its coarse.
 * Coarse is the mean square of the means of blocks, fine what the mean square has beyond
 * that; both over the blocks round a block.
 * @param {Float32Array} fill [height, width, 3]
 * @param {Float32Array} brought [height, width, 3], texture minus fill.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @returns {Float32Array} [height, width], 0.2 to 1; what counts is in the hole.
 */
export function shareFine(fill, brought, hole, width) {
  const blocks = layBlocks(hole, width);
  const texture = brought.map((value, at) => value + fill[at]);
  const [added, soft, sharp] = [brought, fill, texture].map((values) => {
    return splitSquares(sumBlocks(blocks, values));
  });
  const [counts, drift, detail, fine, wanted] = [
    added.counts,
    added.coarse,
    added.fine,
    soft.fine,
    sharp.fine,
  ].map((values) => sumAround(blocks, values));
  const shares = counts.map((count, block) => {
    const one = Math.max(3 * count, 1e-9); // of a squared level, in all of it
    const right = detail[block] / (detail[block] + DRIFT * drift[block] + one);
    const softness = (fine[block] + one) / (wanted[block] + one);
    const share = SLOPE * right * (SOFT - softness);
    return Math.min(Math.max(share, LEAST_SHARE), 1);
  });
  return spreadBlocks(shares, 1, blocks);
}

/**
 * Values of blocks, each with those round it by their weights.
 * @param {Blocks} blocks
 * @param {Float64Array} values [rows, columns]
 * @returns {Float64Array}
 */
function sumAround({ rows, columns }, values) {
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
 * Of the sum of squares in each block its mean's part, and the rest.
 * @param {Sums} sums
 * @returns {{coarse: Float64Array, fine: Float64Array, counts: Float64Array}}
 *   [rows, columns]; counts are those of the sums.
 */
function splitSquares({ sums, squares, counts }) {
  const coarse = counts.map((count, block) => {
    const [red, green, blue] = sums.subarray(3 * block, 3 * block + 3);
    return (red * red + green * green + blue * blue) / Math.max(count, 1);
  });
  const fine = squares.map((square, block) => Math.max(square - coarse[block], 0));
  return { coarse, fine, counts };
}

/**
 * Values of blocks, linear between their middles.
 * @param {Float64Array} values [rows, columns, channels]
 * @param {number} channels
 * @param {Blocks} blocks
 * @returns {Float32Array} [height, width, channels].
 */
function spreadBlocks(values, channels, { rows, columns, side, width, height }) {
  const down = makeLinearWeights(rows, rows * side);
  const along = makeLinearWeights(columns, columns * side);
  const box = { left: 0, top: 0, width, height };
  return resample(values, columns, channels, down, along, box);
}

/**
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @returns {Blocks}
 */
function layBlocks(hole, width) {
  const height = hole.length / width;
  const side = Math.max(LEAST, Math.ceil(Math.max(width, height) / BLOCKS));
  const [rows, columns] = [height, width].map((length) => Math.ceil(length / side));
  return { hole, width, height, side, rows, columns };
}

/**
 * Over each block's pixels of the hole.
 * @param {Blocks} blocks
 * @param {Float32Array} values [height, width, 3]
 * @returns {Sums}
 */
function sumBlocks({ hole, width, height, side, rows, columns }, values) {
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
