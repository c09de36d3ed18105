/** What pixels of a hole differ by from what lies round them in it. */

import { clamp } from './resampling.js';

/**
 * @typedef {object} Hole
 * @property {Uint8Array} marked [height, width], 1 = hole.
 * @property {number} width
 * @property {number} reach How far the square round a pixel reaches.
 * @property {Float64Array} counts [height, width]: how many pixels in it are hole, at
 *   least 1.
 */

/**
 * @param {Uint8Array} marked [height, width], 1 = hole; beyond the border the nearest
 *   pixel counts.
 * @param {number} width
 * @param {number} reach
 * @returns {Hole}
 */
export function measureHole(marked, width, reach) {
  const counts = addUp(marked.length, width, reach, (pixel) => marked[pixel]);
  return { marked, width, reach, counts: counts.map((count) => Math.max(count, 1)) };
}

/**
 * What each pixel differs by from the mean of the hole's round it, as many times as
 * those are: in whole numbers, if the pixels are. A step at the hole's rim is no detail.
 * @param {ArrayLike<number>} pixels [height, width, 3]
 * @param {Hole} hole
 * @returns {Float64Array} [height, width, 3]; what counts is in the hole.
 */
export function findDetails(pixels, { marked, width, reach, counts }) {
  const details = new Float64Array(pixels.length);
  for (let channel = 0; channel < 3; channel++) {
    /** @param {number} pixel */
    const read = (pixel) => marked[pixel] * pixels[3 * pixel + channel];
    addUp(marked.length, width, reach, read).forEach((sum, pixel) => {
      const at = 3 * pixel + channel;
      details[at] = counts[pixel] * pixels[at] - sum;
    });
  }
  return details;
}

/**
 * The sum of the three channels' absolute values.
 * @param {Float64Array} details
 * @param {number} pixel
 */
export function measureStrength(details, pixel) {
  let strength = 0;
  for (let at = 3 * pixel; at < 3 * pixel + 3; at++) strength += Math.abs(details[at]);
  return strength;
}

/**
 * Sums of the square round each pixel; beyond the border lies the nearest one.
 * @param {number} length Pixels.
 * @param {number} width
 * @param {number} reach
 * @param {(pixel: number) => number} read
 * @returns {Float64Array} [height, width]
 */
function addUp(length, width, reach, read) {
  const values = Float64Array.from({ length }, (_, pixel) => read(pixel));
  const across = new Float64Array(length);
  for (let first = 0; first < length; first += width) {
    slide(values, across, first, 1, width, reach);
  }
  const sums = new Float64Array(length);
  for (let column = 0; column < width; column++) {
    slide(across, sums, column, width, length / width, reach);
  }
  return sums;
}

/**
 * Sums of neighbours along a line; beyond its ends lies the nearest number.
 * @param {Float64Array} values
 * @param {Float64Array} sums They are written.
 * @param {number} first Where the line begins in both.
 * @param {number} stride From one of its numbers to the next.
 * @param {number} length
 * @param {number} reach
 */
function slide(values, sums, first, stride, length, reach) {
  let sum = 0;
  for (let step = -reach; step <= reach; step++) {
    sum += values[first + stride * clamp(step, length)];
  }
  for (let place = 0; place < length; place++) {
    sums[first + stride * place] = sum;
    sum += values[first + stride * clamp(place + reach + 1, length)];
    sum -= values[first + stride * clamp(place - reach, length)];
  }
}
