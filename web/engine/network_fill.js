/** A window through the network: shrunk by what is known, and filled. */

import { isHole } from './decisions.js';
import { makeAreaWeights, makeLinearWeights } from './resampling.js';
import { mirror } from './window.js';

/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./window.js').Square} Square */
/** @typedef {import('./resampling.js').Weights} Weights */

/**
 * A network with a square of pixels.
 * @typedef {object} Network
 * @property {number} size S, its side.
 * @property {(image: Uint8Array, mask: Uint8Array) => Promise<Uint8Array>} run RGB
 *   [S, S, 3] and hole [S, S] to the filled picture, [S, S, 3]; outside the hole what
 *   went in.
 */

/** Known share of a pixel below which its colour is no longer divided by all of it. */
export const LEAST = 1 / 255;

/**
 * Fills a window with the network.
 *
 * Pixels are scaled by their known parts alone, so that nothing of the hole gets into
 * what the network sees.
 * @param {Network} network It runs once.
 * @param {Picture} photo
 * @param {Uint8Array} known Of the photo, 1 = kept, 0 = to be filled; not all 0 in the
 *   window.
 * @param {Square} window
 * @param {boolean} mirrored The network sees left as right.
 * @returns {Promise<Uint8Array>} [S, S, 3], the window at the network's size.
 */
export async function fillWindow(network, photo, known, window, mirrored) {
  const { size } = network;
  const { image, hole } = shrinkWindow(photo, known, window, size);
  if (!mirrored) return network.run(image, hole);
  const filled = await network.run(swapSides(image, size, 3), swapSides(hole, size, 1));
  return swapSides(filled, size, 3);
}

/**
 * @param {Uint8Array} square [size, size, channels]
 * @param {number} size
 * @param {number} channels
 * @returns {Uint8Array} Left for right.
 */
function swapSides(square, size, channels) {
  const swapped = new Uint8Array(square.length);
  const row = size * channels;
  for (let from = 0; from < square.length; from += channels) {
    const to = from - 2 * (from % row) + row - channels;
    for (let channel = 0; channel < channels; channel++) {
      swapped[to + channel] = square[from + channel];
    }
  }
  return swapped;
}

/**
 * What the network sees of a window.
 * @param {Picture} photo
 * @param {Uint8Array} known
 * @param {Square} window
 * @param {number} size
 * @returns {{image: Uint8Array, hole: Uint8Array}} [size, size, 3] and its hole.
 */
function shrinkWindow(photo, known, window, size) {
  const { side } = window;
  const sum = (/** @type {Weights} */ weights) =>
    sumSquare(photo, known, window, weights);
  const areas = sum(makeAreaWeights(side, size));
  // A smaller window is enlarged.
  const [totals, whole] =
    side < size ? [sum(makeLinearWeights(side, size)), 1] : [areas, side * side];
  const image = new Uint8ClampedArray(3 * size * size);
  const area = new Float64Array(size * size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    area[pixel] = areas[4 * pixel + 3];
    const weight = Math.max(totals[4 * pixel + 3], LEAST * whole);
    for (let channel = 0; channel < 3; channel++) {
      image[3 * pixel + channel] = totals[4 * pixel + channel] / weight;
    }
  }
  return {
    image: new Uint8Array(image.buffer),
    hole: findNetworkHole(area, side),
  };
}

/**
 * Which of the network's pixels are hole.
 * @param {Float64Array} area [size, size], the known area under each.
 * @param {number} side Of the window; under a pixel lies its square.
 * @returns {Uint8Array}
 */
export function findNetworkHole(area, side) {
  const largest = area.reduce((most, here) => Math.max(most, here), 0);
  return Uint8Array.from(area, (here) => Number(isHole(here, side * side, largest)));
}

/**
 * How much is known under each pixel of a smaller or larger square, exactly.
 * @param {Uint8Array} known [side, side], 1 = known.
 * @param {number} side
 * @param {number} size Rows and columns of the other square.
 * @returns {Float64Array} [size, size], areas, of which a whole pixel has side ** 2.
 */
export function measureKnown(known, side, size) {
  const photo = {
    data: new Uint8ClampedArray(4 * side * side),
    width: side,
    height: side,
  };
  const window = { top: 0, left: 0, side };
  const sums = sumSquare(photo, known, window, makeAreaWeights(side, size));
  return Float64Array.from({ length: size * size }, (_, pixel) => sums[4 * pixel + 3]);
}

/**
 * Weighted sums of the known pixels of a window.
 * @param {Picture} photo
 * @param {Uint8Array} known
 * @param {Square} window
 * @param {Weights} weights Down and along alike.
 * @returns {Float64Array} [size, size, 4]: red, green, blue, and the weights.
 */
function sumSquare(photo, known, window, weights) {
  const rows = mirror(window.top, window.side, photo.height);
  const columns = mirror(window.left, window.side, photo.width);
  const size = weights.starts.length - 1;
  const sums = new Float64Array(size * size * 4);
  let to = 0;
  for (const line of sumKnown(photo, known, rows, columns, weights, weights)) {
    sums.set(line, to);
    to += line.length;
  }
  return sums;
}

/**
 * Weighted sums of known pixels.
 * @param {Picture} photo
 * @param {Uint8Array} known
 * @param {Int32Array} rows Of the photo, those that are scaled.
 * @param {Int32Array} columns
 * @param {Weights} down
 * @param {Weights} along
 * @returns {Generator<Float64Array>} Row by row [width, 4]: red, green, blue, and the
 *   weights.
 */
export function* sumKnown(photo, known, rows, columns, down, along) {
  const width = along.starts.length - 1;
  /** @type {Map<number, Float64Array>} */
  let lines = new Map();
  for (let y = 0; y + 1 < down.starts.length; y++) {
    const sums = new Float64Array(4 * width);
    const needed = new Map();
    for (let k = down.starts[y]; k < down.starts[y + 1]; k++) {
      const source = down.sources[k];
      const line = lines.get(source) ?? sumLine(rows[source]);
      needed.set(source, line);
      for (let i = 0; i < 4 * width; i++) sums[i] += down.shares[k] * line[i];
    }
    lines = needed;
    yield sums;
  }

  /** @param {number} row Of the photo. */
  function sumLine(row) {
    const { starts, sources, shares } = along;
    const line = new Float64Array(4 * width);
    for (let x = 0; x < width; x++) {
      for (let k = starts[x]; k < starts[x + 1]; k++) {
        const pixel = row * photo.width + columns[sources[k]];
        if (!known[pixel]) continue;
        line[4 * x] += shares[k] * photo.data[4 * pixel];
        line[4 * x + 1] += shares[k] * photo.data[4 * pixel + 1];
        line[4 * x + 2] += shares[k] * photo.data[4 * pixel + 2];
        line[4 * x + 3] += shares[k];
      }
    }
    return line;
  }
}
