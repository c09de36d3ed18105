/** Two guesses of a picture become one that is not as soft as their mean. */

import { cutMask, cutPicture } from './photo.js';
import { clamp } from './resampling.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */

/** A pixel's detail is the difference to the mean of the square that reaches so far. */
const REACH = 3;
/** Levels that are added to the strength of both, so that nothing is over nothing. */
const NOISE = 3;

/**
 * The coarse of two guesses averaged, their details weighed by their strengths, as
 * `ce_tf/erasing/fusion.py`.
 * @param {Picture} picture A guess, completed; it is changed where there is hole.
 * @param {Picture} other The other one; what counts is in the hole.
 * @param {Uint8Array} hole [height, width]
 * @param {Box} part What is looked at; not all of it is hole.
 */
export function fuse(picture, other, hole, part) {
  const guesses = [picture, other].map((guess) => cutPicture(guess, part));
  const inside = cutMask(hole, picture.width, part);
  const counts = addUp(part, (pixel) => inside[pixel]);
  const [detail, rivals] = guesses.map((guess) => findDetail(guess, inside, counts));
  const [least, most] = findRange(guesses[0], inside);
  inside.forEach((unknown, pixel) => {
    if (!unknown) return;
    let strength = 0;
    let rival = 0;
    for (let at = 3 * pixel; at < 3 * pixel + 3; at++) {
      strength += Math.abs(detail[at]);
      rival += Math.abs(rivals[at]);
    }
    const count = counts[pixel];
    const share = (strength - rival) / (strength + rival + NOISE * count) / count;
    const row = part.top + Math.floor(pixel / part.width);
    const to = 4 * (row * picture.width + part.left + (pixel % part.width));
    for (let channel = 0; channel < 3; channel++) {
      const both = picture.data[to + channel] + other.data[to + channel];
      const at = 3 * pixel + channel;
      // Halves go up, in every engine.
      const mean = Math.floor((both + 1) / 2);
      const fused = Math.floor((both + share * (detail[at] - rivals[at]) + 1) / 2);
      const low = Math.min(mean, least[channel]);
      const high = Math.max(mean, most[channel]);
      picture.data[to + channel] = Math.min(Math.max(fused, low), high);
    }
  });
}

/**
 * @param {Picture} picture
 * @param {Uint8Array} hole [picture.height, picture.width]; not all is.
 * @returns {[number[], number[]]} The least and the most of each channel where there
 *   is no hole.
 */
function findRange({ data }, hole) {
  const least = [255, 255, 255];
  const most = [0, 0, 0];
  hole.forEach((unknown, pixel) => {
    if (unknown) return;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[4 * pixel + channel];
      least[channel] = Math.min(least[channel], value);
      most[channel] = Math.max(most[channel], value);
    }
  });
  return [least, most];
}

/**
 * @param {Picture} picture
 * @param {Uint8Array} hole [picture.height, picture.width]
 * @param {Int32Array} counts How many pixels of the 7x7 round each one are hole.
 * @returns {Int32Array} [height, width, 3]: what each pixel of the hole differs by from
 *   the mean of those, as many times.
 */
function findDetail({ data, width, height }, hole, counts) {
  const detail = new Int32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    /** @param {number} pixel */
    const read = (pixel) => hole[pixel] * data[4 * pixel + channel];
    addUp({ width, height }, read).forEach((sum, pixel) => {
      detail[3 * pixel + channel] = counts[pixel] * data[4 * pixel + channel] - sum;
    });
  }
  return detail;
}

/**
 * @param {{ width: number, height: number }} size
 * @param {(pixel: number) => number} read
 * @returns {Int32Array} [height, width]: sums of the 7x7 round each pixel; beyond the
 *   border lies the nearest one.
 */
function addUp({ width, height }, read) {
  const across = new Int32Array(width * height);
  for (let first = 0; first < across.length; first += width) {
    slide(
      width,
      (column) => read(first + column),
      (column, sum) => (across[first + column] = sum),
    );
  }
  const sums = new Int32Array(across.length);
  for (let column = 0; column < width; column++) {
    slide(
      height,
      (row) => across[row * width + column],
      (row, sum) => (sums[row * width + column] = sum),
    );
  }
  return sums;
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
