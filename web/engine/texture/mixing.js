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
/** What a texture that runs another way loses. */
const ASTRAY = 4;
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
 * How much of a texture's coarse and of its fine the fill gets, [height, width], 0 to 1;
 * what counts is in the hole.
 * @typedef {{coarse: Float32Array, fine: Float32Array}} Shares
 */

/**
 * What is added to the fill: a share of the coarse, the means of blocks, and one of the
 * fine.
 * @param {Float32Array} brought [height, width, 3], texture minus fill in the hole's box.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {Shares} shares
 * @returns {Float32Array} [height, width, 3]; what counts is in the hole.
 */
export function weighBrought(brought, hole, width, shares) {
  const blocks = layBlocks(hole, width);
  const added = sumBlocks(blocks, brought);
  const sums = spreadBlocks(added.sums, 3, blocks);
  const counts = spreadBlocks(added.counts, 1, blocks);
  return brought.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const coarse = sums[at] / Math.max(counts[pixel], 1e-6);
    return shares.coarse[pixel] * coarse + shares.fine[pixel] * (value - coarse);
  });
}

/**
 * How much the texture gives in each place: of the coarse p = 1 - 4 a (a - b), 0 to 1,
 * of the fine min(1, 5 q (1.2 - r)) p, at least 0.2. a is the way that the fill's
 * slopes run, b the texture's. r is the fine of the fill, plus 1, over that of the
 * texture, plus 1; q = detail / (detail + 16 drift + 1), where detail is the fine of
 * `brought`, and drift its coarse. Coarse is the mean square of the means of blocks, fine
 * what the mean square has beyond that; all over the blocks round a block.
 * @param {Float32Array} fill [height, width, 3]
 * @param {Float32Array} brought [height, width, 3], texture minus fill; 0 outside the
 *   hole.
 * @param {Uint8Array} hole [height, width]
 * @param {Uint8Array} drawn [height, width], what is laid over the texture: there both may
 *   run any way.
 * @param {number} width
 * @returns {Shares}
 */
export function shareTexture(fill, brought, hole, drawn, width) {
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
  // Of a squared level, in all of it.
  const ones = counts.map((count) => Math.max(3 * count, 1e-9));
  const free = hole.map((inside, pixel) => (drawn[pixel] ? 0 : inside));
  const [way, other] = [fill, texture].map((values) => {
    return findWay({ ...blocks, hole: free }, values, ones);
  });
  const along = counts.map((_, block) => {
    const [cosine, sine] = way.map((part, axis) => {
      return part[block] * (part[block] - other[axis][block]);
    });
    return Math.min(Math.max(1 - ASTRAY * (cosine + sine), 0), 1);
  });
  const shares = ones.map((one, block) => {
    const right = detail[block] / (detail[block] + DRIFT * drift[block] + one);
    const softness = (fine[block] + one) / (wanted[block] + one);
    const share = Math.min(SLOPE * right * (SOFT - softness), 1);
    return Math.max(share * along[block], LEAST_SHARE);
  });
  return {
    coarse: spreadBlocks(along, 1, blocks),
    fine: spreadBlocks(shares, 1, blocks),
  };
}

/**
 * Which way slopes run in and round each block, by Sobel, where all that they are made of
 * is hole.
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
