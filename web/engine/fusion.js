/** Two guesses of a picture become one that is not as soft as their mean. */

import { cutPicture } from './photo.js';
import { clamp } from './resampling.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */

/** Side of the square whose mean a pixel's detail is the difference to. */
const SIDE = 7;
const REACH = 3;
const AREA = SIDE * SIDE;
/** Levels that are added to the strength of both, so that nothing is over nothing. */
const NOISE = 3;

/**
 * The coarse of two guesses averaged, their details weighed by their strengths, as
 * `ce_tf/erasing/fusion.py`.
 * @param {Picture} picture A guess, completed; it is changed where there is hole.
 * @param {Picture} other The other one.
 * @param {Uint8Array} hole [height, width]
 * @param {Box} part What is looked at.
 */
export function fuse(picture, other, hole, part) {
  const detail = findDetail(cutPicture(picture, part));
  const rivals = findDetail(cutPicture(other, part));
  for (let row = 0, from = 0; row < part.height; row++) {
    for (let column = 0; column < part.width; column++, from += 3) {
      const to = (part.top + row) * picture.width + part.left + column;
      if (!hole[to]) continue;
      let strength = 0;
      let rival = 0;
      for (let channel = 0; channel < 3; channel++) {
        strength += Math.abs(detail[from + channel]);
        rival += Math.abs(rivals[from + channel]);
      }
      const share = (strength - rival) / (strength + rival + NOISE * AREA) / (2 * AREA);
      for (let channel = 0; channel < 3; channel++) {
        const at = 4 * to + channel;
        const change = share * (detail[from + channel] - rivals[from + channel]);
        // Halves go up, in every engine.
        picture.data[at] = Math.floor(
          (picture.data[at] + other.data[at] + change) / 2 + 0.5,
        );
      }
    }
  }
}

/**
 * @param {Picture} picture
 * @returns {Int32Array} [height, width, 3]: what each pixel differs by from the mean of
 *   7x7 round it, 49 times.
 */
function findDetail({ data, width, height }) {
  const detail = new Int32Array(3 * width * height);
  const across = new Int32Array(width * height);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < height; row++) {
      slide(
        width,
        (column) => data[4 * (row * width + column) + channel],
        (column, sum) => (across[row * width + column] = sum),
      );
    }
    for (let column = 0; column < width; column++) {
      slide(
        height,
        (row) => across[row * width + column],
        (row, sum) => {
          const pixel = row * width + column;
          detail[3 * pixel + channel] = AREA * data[4 * pixel + channel] - sum;
        },
      );
    }
  }
  return detail;
}

/**
 * Sums of seven numbers along a line; beyond its ends lies the nearest number.
 * @param {number} length
 * @param {(place: number) => number} read
 * @param {(place: number, sum: number) => void} write
 */
function slide(length, read, write) {
  let sum = 0;
  for (let step = -REACH; step <= REACH; step++) sum += read(clamp(step, length));
  for (let place = 0; place < length; place++) {
    write(place, sum);
    sum += read(clamp(place + REACH + 1, length)) - read(clamp(place - REACH, length));
  }
}
