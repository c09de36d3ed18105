/**
 * Where in the known part of a picture a pixel of its hole has its like.
 *
 * Offsets as in PatchMatch (Barnes et al. 2009), but exact. Patches are compared by
 * their cosine transforms: squared distances are the same, and most of them lie in the
 * few low frequencies, so that a worse patch is soon known to be one.
 */

import { mirror } from '../window.js';
import { RADIUS, SIDE, findSources } from './padding.js';

/** @typedef {import('./levels.js').Level} Level */

const LENGTH = 3 * SIDE * SIDE;
/** Numbers of a patch that are compared at a time. */
const STEP = 7; // of 147

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
  const table = new Float32Array(sources.length * LENGTH);
  sources.forEach((place, index) => {
    table.set(patches.subarray(place * LENGTH, (place + 1) * LENGTH), index * LENGTH);
  });
  const numberOf = new Int32Array(width * height).fill(-1);
  sources.forEach((place, index) => (numberOf[place] = index));
  const nearest = new Int32Array(width * height).fill(-1);
  const down = new Int32Array(width * height);
  const along = new Int32Array(width * height);
  for (const place of listMarked(wanted)) {
    const patch = patches.subarray(place * LENGTH, (place + 1) * LENGTH);
    // What continues the match of the pixel on the left, or above, is a good one.
    let best = 0;
    let least = Infinity;
    for (const step of [1, width]) {
      const beside = nearest[place - step] ?? -1;
      const guess = beside < 0 ? -1 : (numberOf[sources[beside] + step] ?? -1);
      if (guess < 0) continue;
      const distance = compare(patch, table, guess, least);
      if (distance < least) [best, least] = [guess, distance];
    }
    for (let other = 0; other < sources.length; other++) {
      const distance = compare(patch, table, other, least);
      if (distance < least) [best, least] = [other, distance];
    }
    nearest[place] = best;
    const source = sources[best];
    down[place] = Math.floor(source / width) - Math.floor(place / width);
    along[place] = (source % width) - (place % width);
  }
  return { down, along };
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
 * @returns {Float32Array} [height, width, 7 * 7 * 3], low frequencies first.
 */
function transformPatches(level) {
  const { width, height } = level;
  const smooth = smoothen(level);
  const waves = makeWaves();
  // Along the rows: [height, width, 7, 3].
  const columns = mirror(-RADIUS, width + 2 * RADIUS, width);
  const line = width * SIDE * 3;
  const half = new Float32Array(height * line);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (const wave of waves) {
        for (let channel = 0; channel < 3; channel++, to++) {
          for (let step = 0; step < SIDE; step++) {
            const pixel = row * width + columns[column + step];
            half[to] += wave[step] * smooth[3 * pixel + channel];
          }
        }
      }
    }
  }
  // Down the columns.
  const rows = mirror(-RADIUS, height + 2 * RADIUS, height);
  const order = orderFrequencies();
  const patches = new Float32Array(width * height * LENGTH);
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (const { down, along } of order) {
        for (let channel = 0; channel < 3; channel++, to++) {
          const from = 3 * (column * SIDE + along) + channel;
          for (let step = 0; step < SIDE; step++) {
            patches[to] += waves[down][step] * half[rows[row + step] * line + from];
          }
        }
      }
    }
  }
  return patches;
}

/** The cosine waves of a patch's side, each of length 1: [7][7], the slow ones first. */
function makeWaves() {
  return Array.from({ length: SIDE }, (_, number) => {
    const scale = Math.sqrt((number ? 2 : 1) / SIDE);
    return Float64Array.from({ length: SIDE }, (_, step) => {
      return scale * Math.cos((Math.PI * number * (step + 0.5)) / SIDE);
    });
  });
}

/** Pairs of waves, the slow ones first. */
function orderFrequencies() {
  const pairs = Array.from({ length: SIDE * SIDE }, (_, index) => {
    return { down: Math.floor(index / SIDE), along: index % SIDE };
  });
  return pairs.sort((one, other) => one.down + one.along - other.down - other.along);
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
