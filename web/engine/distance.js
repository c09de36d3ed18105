/** How far the pixels of a shape lie from the nearest pixel that is not in it. */

import { boundMask } from './photo.js';

/** Steps of the approximation, in parts of a pixel: straight, diagonal, a knight's. */
const ONE = 1 << 16;
const STRAIGHT = ONE;
const DIAGONAL = Math.round(1.4 * ONE);
const KNIGHT = Math.round(2.1969 * ONE);
const FAR = 1 << 30;

/**
 * Distances by steps over a neighbourhood of 5 x 5, at most 2 % off (Borgefors 1986,
 * "Distance transformations in digital images"), as OpenCV has them.
 * @param {Uint8Array} shape [height, width], 0 = outside.
 * @param {number} width
 * @param {number} height
 * @returns {Float32Array} [height, width], pixels; beyond the picture's edge nothing
 *   counts as outside.
 */
export function measureDepth(shape, width, height) {
  const pixels = new Float32Array(width * height);
  const box = boundMask(shape, width);
  if (!box) return pixels;
  // Two pixels more on each side: as far as a step reaches.
  const stride = box.width + 4;
  const depth = new Int32Array((box.height + 4) * stride);
  const beyond = { width: width - box.left, height: height - box.top };
  markBeyond(depth, stride, box, beyond);
  const steps = Int32Array.of(
    ...[-1, -stride, -stride - 1, -stride + 1],
    ...[-stride - 2, -stride + 2, -2 * stride - 1, -2 * stride + 1],
  );
  const lengths = Int32Array.of(
    ...[STRAIGHT, STRAIGHT, DIAGONAL, DIAGONAL],
    ...[KNIGHT, KNIGHT, KNIGHT, KNIGHT],
  );
  for (let row = 0; row < box.height; row++) {
    const line = (row + box.top) * width + box.left;
    for (let column = 0; column < box.width; column++) {
      if (!shape[line + column]) continue;
      const here = (row + 2) * stride + column + 2;
      let least = FAR;
      for (let k = 0; k < 8; k++)
        least = Math.min(least, depth[here + steps[k]] + lengths[k]);
      depth[here] = least;
    }
  }
  for (let row = box.height - 1; row >= 0; row--) {
    const line = (row + box.top) * width + box.left;
    for (let column = box.width - 1; column >= 0; column--) {
      if (!shape[line + column]) continue;
      const here = (row + 2) * stride + column + 2;
      let least = depth[here];
      for (let k = 0; k < 8; k++)
        least = Math.min(least, depth[here - steps[k]] + lengths[k]);
      depth[here] = least;
      pixels[line + column] = least / ONE;
    }
  }
  return pixels;
}

/**
 * Marks what of a box's border lies beyond the picture as far from anything outside.
 * @param {Int32Array} depth With two pixels of border round the box.
 * @param {number} stride
 * @param {import('./decisions.js').Box} box
 * @param {{width: number, height: number}} rest Of the picture, from the box on.
 */
function markBeyond(depth, stride, box, rest) {
  for (let row = -2; row < box.height + 2; row++) {
    const outside = row + box.top < 0 || row >= rest.height;
    for (let column = -2; column < box.width + 2; column++) {
      if (outside || column + box.left < 0 || column >= rest.width) {
        depth[(row + 2) * stride + column + 2] = FAR;
      }
    }
  }
}
