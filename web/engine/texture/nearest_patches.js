/**
 * Where in the known part of a picture a pixel of its hole has its like.
 *
 * Offsets as in PatchMatch (Barnes et al. 2009), but of all patches. They are compared
 * by their cosine transforms: squared distances are the same, and most of them lie in
 * the few low frequencies, so that a worse patch is soon known to be one.
 */

import { mirror } from '../window.js';
import { RADIUS, SIDE, findSources } from './padding.js';

/** @typedef {import('./levels.js').Level} Level */

/**
 * Pairs of waves, down and along, the slow ones first. Those left out, the fast ones,
 * have less than a hundredth of what there is to a blurred patch.
 */
const FREQUENCIES = Array.from({ length: SIDE * SIDE }, (_, index) => {
  return { down: Math.floor(index / SIDE), along: index % SIDE };
})
  .filter(({ down, along }) => down + along < SIDE)
  .sort((one, other) => one.down + one.along - other.down - other.along);
/** Numbers of a patch, and those that are compared at a time. */
const LENGTH = 3 * FREQUENCIES.length;
const STEP = 7; // of 84

/**
 * Offsets from the wanted pixels to the middles of the most similar known patches.
 * @param {Level} level Its hole filled.
 * @param {Uint8Array} wanted [height, width].
 * @returns {{down: Int32Array, along: Int32Array} | null} [height, width], 0 where none
 *   is wanted; null where no patch is wholly known.
 */
export function findOffsets(level, wanted) {
  const { width, height } = level;
  const sources = listMarked(findSources(level.known, width, height));
  if (!sources.length) return null;
  const patches = transformPatches(level);
  // Their first number is a mean: none that is further off than the best patch is better.
  sources.sort((one, other) => patches[one * LENGTH] - patches[other * LENGTH]);
  const table = new Float32Array(sources.length * LENGTH);
  const numberOf = new Int32Array(width * height).fill(-1);
  sources.forEach((place, index) => {
    table.set(patches.subarray(place * LENGTH, (place + 1) * LENGTH), index * LENGTH);
    numberOf[place] = index;
  });
  const nearest = new Int32Array(width * height).fill(-1);
  const down = new Int32Array(width * height);
  const along = new Int32Array(width * height);
  for (const place of listMarked(wanted)) {
    const patch = patches.subarray(place * LENGTH, (place + 1) * LENGTH);
    // What continues the match of the pixel on the left, or above, is a good one.
    const guesses = [1, width].map((step) => {
      const beside = nearest[place - step] ?? -1;
      return beside < 0 ? -1 : (numberOf[sources[beside] + step] ?? -1);
    });
    const best = findNearest(patch, table, guesses);
    nearest[place] = best;
    const source = sources[best];
    down[place] = Math.floor(source / width) - Math.floor(place / width);
    along[place] = (source % width) - (place % width);
  }
  return { down, along };
}

/**
 * @param {Float32Array} patch
 * @param {Float32Array} table Patches, in the order of their first numbers.
 * @param {number[]} guesses Where good ones are; -1 is none.
 * @returns {number} The most similar one's place in the table.
 */
function findNearest(patch, table, guesses) {
  const count = table.length / LENGTH;
  let best = 0;
  let least = Infinity;
  for (const guess of guesses) {
    const distance = guess < 0 ? Infinity : compare(patch, table, guess, least);
    if (distance < least) [best, least] = [guess, distance];
  }
  let above = 0; // by halving: the first that is not less
  for (let end = count; above < end; ) {
    const middle = (above + end) >> 1;
    if (table[middle * LENGTH] < patch[0]) above = middle + 1;
    else end = middle;
  }
  for (const step of [1, -1]) {
    let other = step > 0 ? above : above - 1;
    for (; other >= 0 && other < count; other += step) {
      if ((table[other * LENGTH] - patch[0]) ** 2 >= least) break;
      const distance = compare(patch, table, other, least);
      if (distance < least) [best, least] = [other, distance];
    }
  }
  return best;
}

/**
 * Squared distance of a patch to one of a table; or of a part of it, once that is no
 * less than `most`.
 * @param {Float32Array} patch
 * @param {Float32Array} table
 * @param {number} index
 * @param {number} most
 */
function compare(patch, table, index, most) {
  let sum = 0;
  const first = index * LENGTH;
  for (let start = 0; start < LENGTH && sum < most; start += STEP) {
    for (let i = start; i < start + STEP; i++) {
      const difference = patch[i] - table[first + i];
      sum += difference * difference;
    }
  }
  return sum;
}

/** @param {Uint8Array} mask */
function listMarked(mask) {
  const places = [];
  for (let place = 0; place < mask.length; place++) if (mask[place]) places.push(place);
  return Int32Array.from(places);
}

/**
 * The cosine transforms of the patches round all pixels.
 * @param {Level} level
 * @returns {Float32Array} [height, width, LENGTH].
 */
function transformPatches(level) {
  const { width, height } = level;
  const smooth = smoothen(level);
  const waves = makeWaves();
  // Along the rows: [7, 3, height, width].
  const area = width * height;
  const columns = mirror(-RADIUS, width + 2 * RADIUS, width);
  const half = new Float32Array(SIDE * 3 * area);
  for (let along = 0, to = 0; along < SIDE; along++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++, to++) {
          let sum = 0;
          for (let step = 0; step < SIDE; step++) {
            const pixel = row * width + columns[column + step];
            sum += waves[along * SIDE + step] * smooth[3 * pixel + channel];
          }
          half[to] = sum;
        }
      }
    }
  }
  // Down the columns.
  const rows = mirror(-RADIUS, height + 2 * RADIUS, height);
  const patches = new Float32Array(area * LENGTH);
  for (const [index, { down, along }] of FREQUENCIES.entries()) {
    for (let channel = 0; channel < 3; channel++) {
      const from = (3 * along + channel) * area;
      let to = 3 * index + channel;
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++, to += LENGTH) {
          let sum = 0;
          for (let step = 0; step < SIDE; step++) {
            sum +=
              waves[down * SIDE + step] *
              half[from + rows[row + step] * width + column];
          }
          patches[to] = sum;
        }
      }
    }
  }
  return patches;
}

/** The cosine waves of a patch's side, each of length 1: [7, 7], the slow ones first. */
function makeWaves() {
  return Float64Array.from({ length: SIDE * SIDE }, (_, index) => {
    const number = Math.floor(index / SIDE);
    const scale = Math.sqrt((number ? 2 : 1) / SIDE);
    return scale * Math.cos((Math.PI * number * ((index % SIDE) + 0.5)) / SIDE);
  });
}

/**
 * Blurs, so that fill and photo are matched with what both have: the coarse.
 * @param {Level} level
 * @returns {Float32Array} [height, width, 3].
 */
function smoothen({ data, width, height }) {
  const bell = Array.from({ length: 9 }, (_, step) => Math.exp(-((step - 4) ** 2) / 2));
  const sum = bell.reduce((total, share) => total + share, 0);
  let image = new Float32Array(3 * width * height);
  for (let i = 0; i < image.length; i++)
    image[i] = data[4 * Math.floor(i / 3) + (i % 3)];
  for (const [length, step] of [
    [width, 3],
    [height, 3 * width],
  ]) {
    const before = image;
    image = new Float32Array(before.length);
    for (let i = 0; i < image.length; i++) {
      const place = Math.floor(i / step) % length;
      for (let k = 0; k < bell.length; k++) {
        const other = reflect(place + k - 4, length);
        image[i] += (bell[k] / sum) * before[i + (other - place) * step];
      }
    }
  }
  return image;
}

/**
 * Mirrors a place that lies beyond a line, about the middle of its last pixel.
 * @param {number} place
 * @param {number} length
 */
function reflect(place, length) {
  const period = Math.max(1, 2 * (length - 1));
  const ahead = ((place % period) + period) % period;
  return Math.min(ahead, period - ahead);
}
