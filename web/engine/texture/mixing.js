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
/** The same of those whose means say how far the texture drifts from the fill. */
const DRIFTING = 8;
const LEAST_DRIFTING = 8;
/** What drift weighs against detail. */
const DRIFT = 16;
/** The least share of the fine, and its line over the share of detail. */
export const LEAST_SHARE = 0.3;
const SLOPE = 3;
const START = 1.1;

/**
 * Sums over blocks, and how many pixels of the hole lie in each.
 * @typedef {{sums: Float64Array, rows: number, columns: number, side: number}} Blocks
 *   sums: [rows, columns, 4].
 */

/**
 * What is added to the fill: all of the coarse, the means of blocks, and a share of the
 * fine.
 * @param {Float32Array} brought [height, width, 3], texture minus fill in the hole's box.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {number} share 0 to 1.
 * @returns {Float32Array} [height, width, 3]; what counts is in the hole.
 */
export function weighBrought(brought, hole, width, share) {
  const height = hole.length / width;
  const blocks = sumBlocks(brought, hole, width, BLOCKS, LEAST);
  const down = makeLinearWeights(blocks.rows, blocks.rows * blocks.side);
  const along = makeLinearWeights(blocks.columns, blocks.columns * blocks.side);
  const box = { left: 0, top: 0, width, height };
  const sums = resample(blocks.sums, blocks.columns, 4, down, along, box);
  return brought.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const coarse = sums[4 * pixel + (at % 3)] / Math.max(sums[4 * pixel + 3], 1e-6);
    return coarse + share * (value - coarse);
  });
}

/**
 * How much of its fine the texture gives: 3 q - 1.1, at least 0.3, where q = detail /
 * (detail + 16 drift + 1). Drift is the mean square of the means of blocks, detail what
 * the mean square has beyond that.
 * @param {Float32Array} brought [height, width, 3]; 0 outside the hole.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @returns {number} 0.3 to 1.
 */
export function shareFine(brought, hole, width) {
  const { sums } = sumBlocks(brought, hole, width, DRIFTING, LEAST_DRIFTING);
  const pixels = 3 * hole.reduce((count, pixel) => count + pixel, 0);
  const square = brought.reduce((sum, value) => sum + value * value, 0) / pixels;
  let drift = 0;
  for (let block = 0; block < sums.length; block += 4) {
    const [red, green, blue, count] = sums.subarray(block, block + 4);
    if (count) drift += (red * red + green * green + blue * blue) / count / pixels;
  }
  const detail = Math.max(0, square - drift);
  const share = (SLOPE * detail) / (detail + DRIFT * drift + 1) - START;
  return Math.min(Math.max(share, LEAST_SHARE), 1);
}

/**
 * @param {Float32Array} brought [height, width, 3]
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {number} count Of blocks along the longer side, at most.
 * @param {number} least Pixels of a block's side.
 * @returns {Blocks}
 */
function sumBlocks(brought, hole, width, count, least) {
  const height = hole.length / width;
  const side = Math.max(least, Math.ceil(Math.max(width, height) / count));
  const [rows, columns] = [height, width].map((length) => Math.ceil(length / side));
  const sums = new Float64Array(4 * rows * columns);
  for (let pixel = 0; pixel < hole.length; pixel++) {
    if (!hole[pixel]) continue;
    const row = Math.floor(Math.floor(pixel / width) / side);
    const block = 4 * (row * columns + Math.floor((pixel % width) / side));
    for (let channel = 0; channel < 3; channel++) {
      sums[block + channel] += brought[3 * pixel + channel];
    }
    sums[block + 3]++;
  }
  return { sums, rows, columns, side };
}
