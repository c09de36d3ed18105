/** Gives back the edges that a mean of guesses has softened. */

import { widenBox } from './blending.js';
import { boundMask, cutPicture } from './photo.js';
import { clamp } from './resampling.js';
import { LEAST_SHARE } from './texture/mixing.js';

/** @typedef {import('./photo.js').Picture} Picture */

/** How much of its difference to the mean a pixel gets once more. */
const AMOUNT = 0.35;
/** The mean round a pixel is that of 5x5, by the binomial's weights. */
const MEAN = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];
const REACH = 2;

/**
 * Unsharp masking, as `ce_tf/erasing/sharpening.py`: to a pixel 0.35 of its
 * difference to the mean round it is added.
 * @param {Picture} picture Its hole filled; it is changed there.
 * @param {Uint8Array} hole [height, width]
 * @param {Float32Array} [share] [height, width], 0 to 1: how much of a pixel's finest
 *   was copied from the photo; by default nothing. Where all was, nothing is added.
 */
export function sharpen(picture, hole, share) {
  const inner = boundMask(hole, picture.width);
  if (!inner) return;
  const place = widenBox(inner, REACH, picture);
  const { data, width, height } = cutPicture(picture, place);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const to = (place.top + row) * picture.width + place.left + column;
      if (!hole[to]) continue;
      const own = 1 - (share?.[to] ?? 0);
      const amount = AMOUNT * Math.min(1, own / (1 - LEAST_SHARE));
      for (let channel = 0; channel < 3; channel++) {
        let mean = 0;
        for (const [i, down] of MEAN.entries()) {
          const line = width * clamp(row + i - REACH, height);
          for (const [k, right] of MEAN.entries()) {
            const from = 4 * (line + clamp(column + k - REACH, width)) + channel;
            mean += down * right * data[from];
          }
        }
        const pixel = data[4 * (row * width + column) + channel];
        picture.data[4 * to + channel] = pixel + amount * (pixel - mean);
      }
    }
  }
}
