/** How a fill joins its surroundings: grown hole, seam taken out, soft rim. */

import { measureDepth } from './distance.js';
import { boundMask, cutMask } from './photo.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./cells.js').Hole} Hole */

/** How far, in pixels, known ones are looked for beside a pixel of the hole. */
const BESIDE = 3;
/** How much of a pixel at the rim what lies beside it decides at most. */
const DECIDED = 0.8;
/** The sum of weights of which half of that is left. */
const HALF = 0.15;

/**
 * Dilates a hole by a disc: a drawn mask seldom covers the object's rim or its shadow.
 * @param {Hole} hole Its part of the photo begins and ends with it.
 * @param {number} pixels
 * @param {{width: number, height: number}} photo
 * @returns {Hole}
 */
export function growHole(hole, pixels, photo) {
  const part = widenBox(hole, pixels, photo);
  const outside = new Uint8Array(part.width * part.height).fill(1);
  for (let row = 0; row < hole.height; row++) {
    for (let column = 0; column < hole.width; column++) {
      const place =
        (row + hole.top - part.top) * part.width + column + hole.left - part.left;
      outside[place] = 1 - hole.data[row * hole.width + column];
    }
  }
  const distance = measureDepth(outside, part.width, part.height);
  const grown = outside.map((_, pixel) => Number(distance[pixel] <= pixels));
  const box = /** @type {Box} */ (boundMask(grown, part.width));
  const place = { ...box, left: box.left + part.left, top: box.top + part.top };
  return { ...place, data: cutMask(grown, part.width, box) };
}

/**
 * A box with some pixels more on each side, as far as the photo goes.
 * @param {Box} box
 * @param {number} pixels
 * @param {{width: number, height: number}} photo
 * @returns {Box}
 */
export function widenBox({ left, top, width, height }, pixels, photo) {
  const start = Math.max(0, left - pixels);
  const first = Math.max(0, top - pixels);
  return {
    left: start,
    top: first,
    width: Math.min(photo.width, left + width + pixels) - start,
    height: Math.min(photo.height, top + height + pixels) - first,
  };
}

/**
 * Lets the photo go on into the hole for a pixel or three: beside a known pixel its own
 * colour is a better guess than any other. As `blending.py`, which tells more.
 * @param {Picture} picture Filled; it is changed in the hole alone.
 * @param {Uint8Array} known [height, width], 1 = known.
 */
export function continueRim({ data, width, height }, known) {
  const weights = makeRimWeights();
  for (let pixel = 0; pixel < known.length; pixel++) {
    if (known[pixel]) continue;
    const row = Math.floor(pixel / width);
    const column = pixel % width;
    const sums = [0, 0, 0, 0];
    for (const { down, right, weight } of weights) {
      const [y, x] = [row + down, column + right];
      const there = y * width + x;
      if (y < 0 || y >= height || x < 0 || x >= width || !known[there]) continue;
      for (let channel = 0; channel < 3; channel++) {
        sums[channel] += weight * data[4 * there + channel];
      }
      sums[3] += weight;
    }
    if (!sums[3]) continue;
    const share = (DECIDED * sums[3]) / (sums[3] + HALF);
    for (let channel = 0; channel < 3; channel++) {
      const at = 4 * pixel + channel;
      data[at] = data[at] * (1 - share) + (sums[channel] / sums[3]) * share;
    }
  }
}

/** What a known pixel weighs by its distance from the middle: d ** -6. */
function makeRimWeights() {
  const weights = [];
  for (let down = -BESIDE; down <= BESIDE; down++) {
    for (let right = -BESIDE; right <= BESIDE; right++) {
      const distance = Math.hypot(down, right);
      if (!distance || distance >= BESIDE + 0.5) continue;
      weights.push({ down, right, weight: distance ** -6 });
    }
  }
  return weights;
}

/**
 * Takes the seam out: shifts the fill so that it meets the known pixels at the rim.
 *
 * The difference at the rim is spread smoothly over the hole, as the membrane of
 * Poisson image editing does (Perez et al. 2003, eq. 4, with the fill as guide), by
 * pull and push on a pyramid (Gortler et al. 1996, section 3.6).
 * @param {Picture} picture Known pixels, and in the hole the fill, which is shifted.
 * @param {Uint8Array} hole [height, width], 1 = hole.
 * @param {number} [reach] Pixels from the rim inward over which the shift falls to 1 / e;
 *   the membrane alone decides where none are said.
 */
export function matchRim({ data, width, height }, hole, reach) {
  const box = boundMask(hole, width);
  if (!box || Math.max(width, height) === 1) return;
  const membrane = spread(measureRim(data, hole, width, height, box), width, height);
  const depth = reach && measureDepth(hole, width, height);
  const shift = new Float64Array(3);
  for (let row = box.top; row < box.top + box.height; row++) {
    for (let column = box.left; column < box.left + box.width; column++) {
      const pixel = row * width + column;
      if (!hole[pixel]) continue;
      readTwice(membrane, row, column, shift);
      const share = reach && depth ? Math.exp((1 - depth[pixel]) / reach) : 1;
      for (let channel = 0; channel < 3; channel++) {
        data[4 * pixel + channel] += share * shift[channel];
      }
    }
  }
}

/**
 * What a pixel is known of, of the rim of a hole.
 * @typedef {{row: number, column: number, step: number[]}} RimPixel
 *   Its place, and known colour minus what the fill says: the mean of its neighbours
 *   inside.
 */

/**
 * @param {Uint8ClampedArray} data
 * @param {Uint8Array} hole
 * @param {number} width
 * @param {number} height
 * @param {Box} box Of the hole.
 * @returns {RimPixel[]} The pixels outside of the hole that touch it.
 */
function measureRim(data, hole, width, height, box) {
  /** @type {RimPixel[]} */
  const rim = [];
  const part = widenBox(box, 1, { width, height });
  for (let row = part.top; row < part.top + part.height; row++) {
    for (let column = part.left; column < part.left + part.width; column++) {
      const pixel = row * width + column;
      if (hole[pixel]) continue;
      const total = [0, 0, 0];
      let count = 0;
      for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
        for (
          let x = Math.max(0, column - 1);
          x <= Math.min(width - 1, column + 1);
          x++
        ) {
          const other = y * width + x;
          if (!hole[other]) continue;
          count++;
          for (let channel = 0; channel < 3; channel++)
            total[channel] += data[4 * other + channel];
        }
      }
      if (!count) continue;
      const step = total.map((sum, channel) => data[4 * pixel + channel] - sum / count);
      rim.push({ row, column, step });
    }
  }
  return rim;
}

/**
 * One level of a pyramid; values of three channels at every pixel.
 * @typedef {{values: Float32Array, width: number, height: number}} Level
 */

/**
 * Spreads values that some pixels have smoothly to all others.
 * @param {RimPixel[]} known
 * @param {number} width
 * @param {number} height Above 1, or the width.
 * @returns {Level} At half the size: the pixels in between are read from it.
 */
function spread(known, width, height) {
  const half = makeLevel(width, height);
  const counts = new Uint8Array(half.width * half.height);
  for (const { row, column, step } of known) {
    const place = (row >> 1) * half.width + (column >> 1);
    counts[place]++;
    for (let channel = 0; channel < 3; channel++)
      half.values[3 * place + channel] += step[channel];
  }
  pullAndPush(half, counts);
  return half;
}

/**
 * @param {Level} level Sums, which become means; then values everywhere.
 * @param {Uint8Array} counts Of how many each sum is; 0 where nothing is known.
 */
function pullAndPush(level, counts) {
  const { values, width, height } = level;
  counts.forEach((count, place) => {
    for (let i = 3 * place; count && i < 3 * place + 3; i++) values[i] /= count;
  });
  if (Math.max(width, height) === 1) return;
  // Pull: the mean of the known among four.
  const half = makeLevel(width, height);
  const fours = new Uint8Array(half.width * half.height);
  for (let row = 0, place = 0; row < height; row++) {
    for (let column = 0; column < width; column++, place++) {
      if (!counts[place]) continue;
      const other = (row >> 1) * half.width + (column >> 1);
      fours[other]++;
      for (let channel = 0; channel < 3; channel++) {
        half.values[3 * other + channel] += values[3 * place + channel];
      }
    }
  }
  pullAndPush(half, fours);
  // Push: the others from the smaller picture.
  const value = new Float64Array(3);
  for (let row = 0, place = 0; row < height; row++) {
    for (let column = 0; column < width; column++, place++) {
      if (counts[place]) continue;
      readTwice(half, row, column, value);
      values.set(value, 3 * place);
    }
  }
}

/**
 * Half of a size, at least 1; nothing in it.
 * @param {number} width
 * @param {number} height
 * @returns {Level}
 */
function makeLevel(width, height) {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
  return { values: new Float32Array(3 * w * h), width: w, height: h };
}

/**
 * Reads a level at twice its size, linearly.
 * @param {Level} level
 * @param {number} row Of the larger picture.
 * @param {number} column
 * @param {Float64Array} value What was read.
 */
function readTwice({ values, width, height }, row, column, value) {
  // Of two neighbours the nearer one has three quarters.
  const near = row >> 1;
  const far = Math.min(Math.max(row & 1 ? near + 1 : near - 1, 0), height - 1);
  const here = column >> 1;
  const there = Math.min(Math.max(column & 1 ? here + 1 : here - 1, 0), width - 1);
  for (let channel = 0; channel < 3; channel++) {
    const one = 0.75 * values[3 * (near * width + here) + channel];
    const two = 0.25 * values[3 * (near * width + there) + channel];
    const three = 0.75 * values[3 * (far * width + here) + channel];
    const four = 0.25 * values[3 * (far * width + there) + channel];
    value[channel] = 0.75 * (one + two) + 0.25 * (three + four);
  }
}

/**
 * How much of each pixel comes from the fill.
 * @param {Uint8Array} hole [height, width].
 * @param {number} width
 * @param {number} height
 * @param {number} pixels
 * @returns {Float32Array} 0 outside the hole, rising from its rim inward to 1 at
 *   `pixels` from it.
 */
export function featherWeights(hole, width, height, pixels) {
  if (!pixels) return Float32Array.from(hole);
  const depth = measureDepth(hole, width, height);
  return depth.map((far) => Math.min(far / (pixels + 1), 1));
}
