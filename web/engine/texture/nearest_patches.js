/**
 * Where in the known part of a picture a pixel of its hole has its like.
 *
 * Offsets as in PatchMatch (Barnes et al. 2009), but of all patches. They are compared
 * by their cosine transforms: squared distances are the same, and most of them lie in
 * the few low frequencies, so that a worse patch is soon known to be one.
 */

import { boundMask, dropAlpha } from '../photo.js';
import { mirror } from '../window.js';
import { blur } from './blurring.js';
import { RADIUS, SIDE, findSources } from './padding.js';
import { medianOf } from './patch_voting.js';

/** @typedef {import('../decisions.js').Box} Box */
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
/** Numbers of a pixel. */
const CHANNELS = 6;
/** Numbers of a patch, and those that are compared at a time. */
const LENGTH = CHANNELS * FREQUENCIES.length;
const STEP = 7; // of 168
const WAVES = makeWaves();
/**
 * Where there are more sources, those of every third row and column are compared:
 * propagation tries what lies a pixel beside.
 */
const FEW = 1000;
const EVERY = 3;

/** Every so many-th wanted pixel takes its like in the same round. */
const ROUNDS = 24;
/** What a way as long as the hole costs, and to take a patch once more. */
const FAR = 3;
const TAKEN = 0.05;

/**
 * Offsets from the wanted pixels to the middles of known patches that are similar, near,
 * and not taken all over again: as `ce_tf/erasing/texture/nearest_patches.py`, which
 * tells why.
 * @param {Level} level Its hole filled.
 * @param {Float32Array} way [height, width, 2], which way its slopes run.
 * @param {Uint8Array} wanted [height, width].
 * @returns {{down: Int32Array, along: Int32Array} | null} [height, width], 0 where none
 *   is wanted; null where no patch is wholly known.
 */
export function findOffsets(level, way, wanted) {
  const { width, height } = level;
  const marked = findSources(level.known, width, height);
  if (!marked.includes(1)) return null;
  const patches = new Patches(joinNumbers(level, way), width, height);
  const sources = new Sources(patches, thinOut(listMarked(marked), width));
  const nearest = new Int32Array(width * height).fill(-1);
  const down = new Int32Array(width * height);
  const along = new Int32Array(width * height);
  const patch = new Float32Array(LENGTH);
  const places = listMarked(wanted);
  const box = /** @type {Box} */ (boundMask(wanted, width));
  const used = new Float32Array(width * height);
  /** @type {Price} */
  const free = { row: 0, column: 0, far: 0, taken: new Float32Array(width * height) };
  const first = places.filter((_, number) => number % ROUNDS === 0);
  const least = Float32Array.from(first, (place) => {
    patches.transform(place, patch, 0);
    return sources.findNearest(patch, [], free).cost;
  });
  const unit = medianOf(least) + 1;
  const far = (FAR * unit) / Math.max(box.width, box.height);
  for (let round = 0; round < ROUNDS; round++) {
    const taken = spread(used, width).map((count) => TAKEN * unit * count);
    for (let number = round; number < places.length; number += ROUNDS) {
      const place = places[number];
      const [row, column] = [Math.floor(place / width), place % width];
      patches.transform(place, patch, 0);
      // What the pixels beside it are like is a good guess.
      const beside = [-1, 1, -width, width].map((step) => nearest[place + step]);
      const price = { row, column, far, taken };
      const { source } = sources.findNearest(patch, beside, price);
      nearest[place] = source;
      down[place] = Math.floor(source / width) - row;
      along[place] = (source % width) - column;
      used[source]++;
    }
  }
  return { down, along };
}

/**
 * What it costs a wanted pixel to take a patch: `far` for each pixel of the way there,
 * and what is `taken` for the pixel in its middle.
 * @typedef {{row: number, column: number, far: number, taken: Float32Array}} Price
 */

/**
 * @param {Float32Array} counts [height, width], 0 at the border.
 * @param {number} width
 * @returns {Float32Array} The sum of the nine round each.
 */
function spread(counts, width) {
  const sums = new Float32Array(counts.length);
  counts.forEach((count, place) => {
    if (!count) return;
    for (const row of [-width, 0, width]) {
      for (const step of [-1, 0, 1]) sums[place + row + step] += count;
    }
  });
  return sums;
}

/** The cosine transforms of a picture's patches, worked out where they are asked for. */
class Patches {
  /**
   * @param {Float32Array} numbers [height, width, 6].
   * @param {number} width
   * @param {number} height
   */
  constructor(numbers, width, height) {
    const columns = mirror(-RADIUS, width + 2 * RADIUS, width);
    this.width = width;
    this.rows = mirror(-RADIUS, height + 2 * RADIUS, height);
    /** Transformed along the rows: [height, width, 7, 6]. */
    this.half = new Float32Array(width * height * SIDE * CHANNELS);
    for (let row = 0, to = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let wave = 0; wave < SIDE * SIDE; wave += SIDE) {
          for (let channel = 0; channel < CHANNELS; channel++, to++) {
            let sum = 0;
            for (let step = 0; step < SIDE; step++) {
              const pixel = row * width + columns[column + step];
              sum += WAVES[wave + step] * numbers[CHANNELS * pixel + channel];
            }
            this.half[to] = sum;
          }
        }
      }
    }
    /** Where the rows of a patch begin in that. */
    this.lines = new Int32Array(SIDE);
  }

  /**
   * Writes the first numbers of the patch round a pixel, [.., 6].
   * @param {number} place
   * @param {Float32Array} numbers
   * @param {number} start Where in it.
   * @param {number} [count] Of frequencies.
   */
  transform(place, numbers, start, count = FREQUENCIES.length) {
    const { half, lines, rows, width } = this;
    const row = Math.floor(place / width);
    for (let step = 0; step < SIDE; step++) {
      lines[step] = CHANNELS * SIDE * (rows[row + step] * width + (place % width));
    }
    for (let index = 0, to = start; index < count; index++) {
      const { down, along } = FREQUENCIES[index];
      for (let channel = 0; channel < CHANNELS; channel++, to++) {
        const from = CHANNELS * along + channel;
        let sum = 0;
        for (let step = 0; step < SIDE; step++) {
          sum += WAVES[SIDE * down + step] * half[lines[step] + from];
        }
        numbers[to] = sum;
      }
    }
  }
}

/** The patches that may be copied, in the order of their first number, a mean. */
class Sources {
  /**
   * @param {Patches} patches
   * @param {Int32Array} places Their middles.
   */
  constructor(patches, places) {
    this.patches = patches;
    // Of each pixel the means of its numbers.
    const means = new Float32Array(patches.half.length / SIDE);
    for (const place of places) patches.transform(place, means, CHANNELS * place, 1);
    this.places = places.sort((one, other) => {
      return means[CHANNELS * one] - means[CHANNELS * other];
    });
    /** The same of each patch. */
    this.ordered = new Float32Array(CHANNELS * places.length);
    this.places.forEach((place, number) => {
      const first = CHANNELS * place;
      this.ordered.set(means.subarray(first, first + CHANNELS), CHANNELS * number);
    });
    this.table = new Float32Array(places.length * LENGTH);
    /** Whether the table has a patch already. */
    this.filled = new Uint8Array(places.length);
    this.numbers = new Int32Array(means.length / CHANNELS).fill(-1);
    this.places.forEach((place, number) => (this.numbers[place] = number));
    const { width } = patches;
    this.rows = Float32Array.from(this.places, (place) => Math.floor(place / width));
    this.columns = Float32Array.from(this.places, (place) => place % width);
  }

  /**
   * The number of the patch round a pixel, or -1.
   * @param {number} place -1 or undefined is none.
   */
  find(place) {
    return this.numbers[place] ?? -1;
  }

  /**
   * @param {Float32Array} patch
   * @param {number[]} guesses The middles of good ones; -1 or undefined is none.
   * @param {Price} price
   * @returns {{source: number, cost: number}} The middle of the one whose squared
   *   distance and price are the least.
   */
  findNearest(patch, guesses, { row, column, far, taken }) {
    const { places, ordered, rows, columns } = this;
    const [red, green, blue] = patch;
    let best = 0;
    let least = Infinity;
    const tryOne = (/** @type {number} */ number) => {
      const down = rows[number] - row;
      const along = columns[number] - column;
      const own = far * Math.sqrt(down * down + along * along) + taken[places[number]];
      if (own >= least) return;
      const cost = own + this.compare(patch, number, least - own);
      if (cost < least) [best, least] = [number, cost];
    };
    for (const guess of guesses) {
      const number = this.find(guess);
      if (number >= 0) tryOne(number);
    }
    let above = 0; // by halving: the first whose mean is not less
    for (let end = places.length; above < end; ) {
      const middle = (above + end) >> 1;
      if (ordered[CHANNELS * middle] < red) above = middle + 1;
      else end = middle;
    }
    // Up and down from there, the nearer mean first.
    let below = above - 1;
    for (;;) {
      const up = above < places.length ? ordered[CHANNELS * above] - red : Infinity;
      const down = below >= 0 ? red - ordered[CHANNELS * below] : Infinity;
      const off = Math.min(up, down);
      // None whose mean is further off than the best patch is better.
      if (off === Infinity || off * off >= least) break;
      const number = up < down ? above++ : below--;
      const greener = green - ordered[CHANNELS * number + 1];
      const bluer = blue - ordered[CHANNELS * number + 2];
      if (off * off + greener * greener + bluer * bluer < least) tryOne(number);
    }
    return { source: places[best], cost: least };
  }

  /**
   * Squared distance to a patch; or a part of it, once that is no less than `most`.
   * @param {Float32Array} patch
   * @param {number} number
   * @param {number} most
   */
  compare(patch, number, most) {
    const { places, ordered, table, filled } = this;
    let sum = 0;
    for (let channel = 0; channel < CHANNELS; channel++) {
      sum += (patch[channel] - ordered[CHANNELS * number + channel]) ** 2;
    }
    if (sum >= most) return sum;
    const first = number * LENGTH;
    if (!filled[number]) {
      this.patches.transform(places[number], table, first);
      filled[number] = 1;
    }
    sum = 0;
    for (let start = 0; start < LENGTH && sum < most; start += STEP) {
      for (let i = start; i < start + STEP; i++) {
        const difference = patch[i] - table[first + i];
        sum += difference * difference;
      }
    }
    return sum;
  }
}

/**
 * @param {Int32Array} places
 * @param {number} width
 * @returns {Int32Array} As many as are worth comparing.
 */
function thinOut(places, width) {
  if (places.length <= FEW) return places;
  const some = places.filter((place) => {
    return (place % width) % EVERY === 0 && Math.floor(place / width) % EVERY === 0;
  });
  return some.length ? some : places;
}

/** @param {Uint8Array} mask */
function listMarked(mask) {
  const places = [];
  for (let place = 0; place < mask.length; place++) if (mask[place]) places.push(place);
  return Int32Array.from(places);
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
 * What a pixel is known by: colours, blurred, so that fill and photo are matched with
 * what both have, the coarse; how strong slopes are there, and which way they run.
 * @param {Level} level
 * @param {Float32Array} way [height, width, 2].
 * @returns {Float32Array} [height, width, 6].
 */
function joinNumbers(level, way) {
  const { data, width, height } = level;
  const smooth = blur(dropAlpha(level), width, height, 3);
  const joined = new Float32Array(CHANNELS * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    joined.set(smooth.subarray(3 * pixel, 3 * pixel + 3), CHANNELS * pixel);
    joined[CHANNELS * pixel + 3] = data[4 * pixel + 3];
    joined.set(way.subarray(2 * pixel, 2 * pixel + 2), CHANNELS * pixel + 4);
  }
  return joined;
}
