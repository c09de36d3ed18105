/** Whether a texture runs the way that the fill runs: `ce_tf/erasing/texture/alignment.py`. */

import { sumAround } from './blocks.js';

/** @typedef {import('./blocks.js').Blocks} Blocks */

/** What a texture that runs another way loses. */
const ASTRAY = 4;

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
 * @returns {[Float64Array, Float64Array]} Cosine and sine of twice the angle, the shorter
 *   the less slopes run one way: each [rows, columns].
 */
function findWay(blocks, values, ones) {
  const { hole, width, height, side, columns } = blocks;
  const sums = [0, 1, 2].map(() => new Float64Array(ones.length));
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const pixel = row * width + column;
      if (!isInner(hole, width, pixel)) continue;
      const block = Math.floor(row / side) * columns + Math.floor(column / side);
      for (let at = 3 * pixel; at < 3 * pixel + 3; at++) {
        const right = measureSlope(values, at, 3, 3 * width);
        const down = measureSlope(values, at, 3 * width, 3);
        sums[0][block] += right * right + down * down;
        sums[1][block] += right * right - down * down;
        sums[2][block] += 2 * right * down;
      }
    }
  }
  const [square, cosine, sine] = sums.map((values) => sumAround(blocks, values));
  const [across, turned] = [cosine, sine].map((values) => {
    return values.map((value, block) => value / (square[block] + ones[block]));
  });
  return [across, turned];
}

/**
 * @param {Uint8Array} hole
 * @param {number} width
 * @param {number} pixel None of the border's.
 * @returns {boolean} Whether it and all round it is hole.
 */
function isInner(hole, width, pixel) {
  for (const row of [pixel - width, pixel, pixel + width]) {
    if (!(hole[row - 1] && hole[row] && hole[row + 1])) return false;
  }
  return true;
}

/**
 * @param {Float32Array} values
 * @param {number} at
 * @param {number} along To the next value the way that is measured.
 * @param {number} aside To the next one across it.
 * @returns {number} Levels a pixel, by Sobel.
 */
function measureSlope(values, at, along, aside) {
  /** @param {number} from */
  const step = (from) => values[from + along] - values[from - along];
  return (step(at - aside) + 2 * step(at) + step(at + aside)) / 8;
}
