/**
 * How a fill and the texture that was painted over it become one picture: as
 * `ce_tf/erasing/texture/mixing.py`, which tells why.
 */

import { makeLinearWeights, resample } from '../resampling.js';

/** How much of what the texture brings within blocks the fill gets. */
export const FINE = 0.3;
/** Blocks are so many along the hole's longer side, of at least so many pixels. */
const BLOCKS = 24;
const LEAST = 16;

/**
 * What is added to the fill: all of the coarse, the means of blocks, and 0.3 of the fine.
 * @param {Float32Array} brought [height, width, 3], texture minus fill in the hole's box.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @returns {Float32Array} [height, width, 3]; what counts is in the hole.
 */
export function weighBrought(brought, hole, width) {
  const height = hole.length / width;
  const side = Math.max(LEAST, Math.ceil(Math.max(width, height) / BLOCKS));
  const [rows, columns] = [height, width].map((length) => Math.ceil(length / side));
  // Sums of three channels, and how many pixels.
  const blocks = new Float64Array(4 * rows * columns);
  for (let pixel = 0; pixel < hole.length; pixel++) {
    if (!hole[pixel]) continue;
    const row = Math.floor(Math.floor(pixel / width) / side);
    const block = 4 * (row * columns + Math.floor((pixel % width) / side));
    for (let channel = 0; channel < 3; channel++) {
      blocks[block + channel] += brought[3 * pixel + channel];
    }
    blocks[block + 3]++;
  }
  const down = makeLinearWeights(rows, rows * side);
  const along = makeLinearWeights(columns, columns * side);
  const box = { left: 0, top: 0, width, height };
  const sums = resample(blocks, columns, 4, down, along, box);
  return brought.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const coarse = sums[4 * pixel + (at % 3)] / Math.max(sums[4 * pixel + 3], 1e-6);
    return coarse + FINE * (value - coarse);
  });
}
