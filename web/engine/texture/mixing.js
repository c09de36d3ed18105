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
/**
 * The least share of the fine, and its line over the share of detail; how much sooner it
 * rises where the fill was enlarged twice or more, and not from 1.5 times down.
 */
export const LEAST_SHARE = 0.3;
const SLOPE = 3;
const START = 0.8;
const EARLIER = 0.6;
/** Weights of the blocks round a block, down and along. */
const ROUND = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const NEXT = 2;

/**
 * Sums over blocks of three channels and of their squares, and how many pixels of the
 * hole lie in each.
 * @typedef {{sums: Float64Array, rows: number, columns: number, side: number}} Blocks
 *   sums: [rows, columns, 5].
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
  const blocks = sumBlocks(brought, hole, width, BLOCKS, LEAST);
  const sums = spreadBlocks(blocks.sums, 5, blocks, width, hole.length / width);
  return brought.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const coarse = sums[5 * pixel + (at % 3)] / Math.max(sums[5 * pixel + 4], 1e-6);
    return coarse + share[pixel] * (value - coarse);
  });
}

/**
 * How much of its fine the texture gives in each place: 3 q - 0.8, or 3 q - 0.2 for
 * what was enlarged twice or more, between from 1.5 times on; at least 0.3. q = detail /
 * (detail + 16 drift + 1). Drift is the mean square of the means of blocks, detail what
 * the mean square has beyond that; both over the blocks round a block.
 * @param {Float32Array} brought [height, width, 3]; 0 outside the hole.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {number} enlarged Side of the window over that of what the network drew.
 * @returns {Float32Array} [height, width], 0.3 to 1; what counts is in the hole.
 */
export function shareFine(brought, hole, width, enlarged) {
  const blocks = sumBlocks(brought, hole, width, DRIFTING, LEAST_DRIFTING);
  const { sums, rows, columns } = blocks;
  const drifts = Float64Array.from({ length: rows * columns }, (_, block) => {
    const [red, green, blue, , count] = sums.subarray(5 * block, 5 * block + 5);
    return (red * red + green * green + blue * blue) / Math.max(count, 1);
  });
  const start = START - EARLIER * Math.min(Math.max(2 * enlarged - 3, 0), 1);
  const shares = drifts.map((_, block) => {
    let [drift, square, count] = [0, 0, 0];
    for (const [i, down] of ROUND.entries()) {
      const row = Math.floor(block / columns) + i - NEXT;
      if (row < 0 || row >= rows) continue;
      for (const [k, along] of ROUND.entries()) {
        const column = (block % columns) + k - NEXT;
        if (column < 0 || column >= columns) continue;
        const other = row * columns + column;
        drift += down * along * drifts[other];
        square += down * along * sums[5 * other + 3];
        count += down * along * sums[5 * other + 4];
      }
    }
    const pixels = Math.max(3 * count, 1e-9);
    drift /= pixels;
    const detail = Math.max(0, square / pixels - drift);
    const share = (SLOPE * detail) / (detail + DRIFT * drift + 1) - start;
    return Math.min(Math.max(share, LEAST_SHARE), 1);
  });
  return spreadBlocks(shares, 1, blocks, width, hole.length / width);
}

/**
 * Values of blocks, linear between their middles.
 * @param {Float64Array} values [rows, columns, channels]
 * @param {number} channels
 * @param {Blocks} blocks
 * @param {number} width
 * @param {number} height
 * @returns {Float32Array} [height, width, channels].
 */
function spreadBlocks(values, channels, { rows, columns, side }, width, height) {
  const down = makeLinearWeights(rows, rows * side);
  const along = makeLinearWeights(columns, columns * side);
  const box = { left: 0, top: 0, width, height };
  return resample(values, columns, channels, down, along, box);
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
  const sums = new Float64Array(5 * rows * columns);
  for (let pixel = 0; pixel < hole.length; pixel++) {
    if (!hole[pixel]) continue;
    const row = Math.floor(Math.floor(pixel / width) / side);
    const block = 5 * (row * columns + Math.floor((pixel % width) / side));
    for (let channel = 0; channel < 3; channel++) {
      const value = brought[3 * pixel + channel];
      sums[block + channel] += value;
      sums[block + 3] += value * value;
    }
    sums[block + 4]++;
  }
  return { sums, rows, columns, side };
}
