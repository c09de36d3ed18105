/**
 * How a fill and the texture that was painted over it become one picture: as
 * `ce_tf/erasing/texture/mixing.py`, which tells why.
 */

import { findDetails, measureHole, measureStrength } from '../details.js';
import { NOISE } from '../fusion.js';
import { measureAlignment } from './alignment.js';
import { layBlocks, spreadBlocks, sumAround, sumBlocks } from './blocks.js';

/** @typedef {import('./blocks.js').Sums} Sums */

/** What drift weighs against detail. */
const DRIFT = 12;
/** The least share of the fine; what it grows by, from which softness of the fill down. */
export const LEAST_SHARE = 0.2;
const SLOPE = 5;
const SOFT = 1.2;
/** The most of the coarse. */
const COARSE = 0.75;
/** The finest is the difference to the mean of the square that reaches so far. */
const REACH = 2;

/**
 * How far a texture runs as the fill does, and how much of its fine the fill gets,
 * [height, width], 0 to 1; what counts is in the hole.
 * @typedef {{along: Float32Array, fine: Float32Array}} Shares
 */

/**
 * What is added to the fill: a share of the coarse, the means of blocks, and one of the
 * fine; of the finest more of that which is stronger.
 * @param {Float32Array} fill [height, width, 3]
 * @param {Float32Array} brought [height, width, 3], texture minus fill in the hole's box.
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {Shares} shares
 * @returns {Float32Array} [height, width, 3]; what counts is in the hole.
 */
export function weighBrought(fill, brought, hole, width, shares) {
  const blocks = layBlocks(hole, width);
  const added = sumBlocks(blocks, brought);
  const sums = spreadBlocks(added.sums, 3, blocks);
  const counts = spreadBlocks(added.counts, 1, blocks);
  const more = preferStrong(fill, brought, hole, width, shares.fine);
  return brought.map((value, at) => {
    const pixel = Math.floor(at / 3);
    const coarse = sums[at] / Math.max(counts[pixel], 1e-6);
    const fine = shares.fine[pixel] * (value - coarse);
    return shares.along[pixel] * (COARSE * coarse + more[at]) + fine;
  });
}

/**
 * What the finest gets beyond its share where the texture runs as the fill does: as
 * `_prefer_strong`.
 * @param {Float32Array} fill [height, width, 3]
 * @param {Float32Array} brought [height, width, 3]
 * @param {Uint8Array} hole [height, width]
 * @param {number} width
 * @param {Float32Array} share [height, width]
 * @returns {Float64Array} [height, width, 3]
 */
function preferStrong(fill, brought, hole, width, share) {
  const around = measureHole(hole, width, REACH);
  const soft = findDetails(fill, around);
  const change = findDetails(brought, around);
  const sharp = soft.map((detail, at) => detail + change[at]);
  const more = share.map((part, pixel) => {
    const count = around.counts[pixel];
    const own = (1 - part) * (measureStrength(soft, pixel) + NOISE * count);
    const strong = part * (measureStrength(sharp, pixel) + NOISE * count);
    return (strong / Math.max(own + strong, 1e-6) - part) / count;
  });
  return change.map((detail, at) => detail * more[Math.floor(at / 3)]);
}

/**
 * How much the texture gives in each place: p, how far it runs as the fill does
 * (`alignment.js`), and of the fine min(1, 5 q (1.2 - r)) p, at least 0.2. r is the fine
 * of the fill, plus 1, over that of the texture, plus 1; q = detail / (detail + 12 drift +
 * 1), where detail is the fine of `brought`, and drift its coarse. Coarse is the mean
 * square of the means of blocks, fine what the mean square has beyond that; all over the
 * blocks round a block.
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
  const along = measureAlignment(fill, texture, { ...blocks, hole: free }, ones);
  const shares = ones.map((one, block) => {
    const right = detail[block] / (detail[block] + DRIFT * drift[block] + one);
    const softness = (fine[block] + one) / (wanted[block] + one);
    const share = Math.min(SLOPE * right * (SOFT - softness), 1);
    return Math.max(share * along[block], LEAST_SHARE);
  });
  return {
    along: spreadBlocks(along, 1, blocks),
    fine: spreadBlocks(shares, 1, blocks),
  };
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
