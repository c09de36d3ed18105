/** Whether a texture runs the way that the fill runs: `ce_tf/erasing/texture/alignment.py`. */

import { addSlopes, isWhole } from '../structure_tensor.js';
import { sumAround } from './blocks.js';

/** @typedef {import('./blocks.js').Blocks} Blocks */

/** What a texture that runs another way loses. */
const ASTRAY = 4;
/** Squared, of a squared level. */
const EIGHTHS = 64;

/**
 * How far the texture of each block runs as the fill does: 1 - 4 a (a - b), 0 to 1. a is
 * the way that the fill's slopes run, b the texture's.
 * @param {Float32Array} fill [height, width, 3]
 * @param {Float32Array} texture [height, width, 3]
 * @param {Blocks} blocks Of what counts in the hole.
 * @param {Float64Array} ones [rows, columns], a squared level in each of a block's
 *   numbers.
 * @returns {Float64Array} [rows, columns]
 */
export function measureAlignment(fill, texture, blocks, ones) {
  const [way, other] = [fill, texture].map((values) => findWay(blocks, values, ones));
  return ones.map((_, block) => {
    const [cosine, sine] = way.map((part, axis) => {
      return part[block] * (part[block] - other[axis][block]);
    });
    return Math.min(Math.max(1 - ASTRAY * (cosine + sine), 0), 1);
  });
}

/**
 * Which way slopes run in and round each block, by Sobel, where all that they are made of
 * counts.
 * @param {Blocks} blocks
 * @param {Float32Array} values [height, width, 3]
 * @param {Float64Array} ones [rows, columns], what is added to the sums of squares.
 * @returns {Float64Array[]} Cosine and sine of twice the angle, the shorter
 *   the less slopes run one way: each [rows, columns].
 */
function findWay(blocks, values, ones) {
  const { hole, width, height, side, columns } = blocks;
  const sums = [0, 1, 2].map(() => new Float64Array(ones.length));
  for (let row = 1; row < height - 1; row++) {
    const [above, here, below] = [row - 1, row, row + 1].map((each) => each * width);
    for (let column = 1; column < width - 1; column++) {
      if (!isWhole(hole, above, here, below, column - 1, column, column + 1)) continue;
      const block = Math.floor(row / side) * columns + Math.floor(column / side);
      for (let at = 3 * column; at < 3 * column + 3; at++) {
        addSlopes(sums, block, values, 3 * above, 3 * here, 3 * below, at - 3, at, at + 3);
      }
    }
  }
  const [square, ...parts] = sums.map((each) => sumAround(blocks, each));
  return parts.map((part) => {
    return part.map((value, block) => value / (square[block] + EIGHTHS * ones[block]));
  });
}
