/** Scaling of pictures by weights of source pixels, along each axis by itself. */

/**
 * Which source pixels make each pixel of a line, and with what weights.
 * @typedef {object} Weights
 * @property {Int32Array} starts For each pixel, and the one after the last, where in
 *   the next two its sources begin.
 * @property {Int32Array} sources
 * @property {Float64Array} shares
 */

/**
 * Whole numbers: how much of each source pixel lies under a pixel of a line, where a
 * source pixel is `to` long and a pixel of the line `from`.
 * @param {number} from Pixels of the source.
 * @param {number} to
 * @returns {Weights}
 */
export function makeAreaWeights(from, to) {
  return collect(to, (pixel) => {
    const first = pixel * from;
    const end = first + from;
    const parts = [];
    for (let source = Math.floor(first / to); source * to < end; source++) {
      const part = Math.min(end, (source + 1) * to) - Math.max(first, source * to);
      parts.push([source, part]);
    }
    return parts;
  });
}

/**
 * Linear between two neighbours.
 * @param {number} from
 * @param {number} to
 * @returns {Weights}
 */
export function makeLinearWeights(from, to) {
  return interpolate(from, to, 0, shareLinear);
}

/**
 * Cubic through four neighbours, as OpenCV has it.
 * @param {number} from
 * @param {number} to
 * @returns {Weights}
 */
export function makeCubicWeights(from, to) {
  return interpolate(from, to, -1, (beyond) => shareCubic(beyond));
}

/**
 * @param {number} beyond How far beyond the first one is, 0 to 1.
 * @returns {number[]} The share of each of two neighbours.
 */
export function shareLinear(beyond) {
  return [1 - beyond, beyond];
}

/**
 * By Keys 1981.
 * @param {number} beyond How far beyond the second one is, 0 to 1.
 * @param {number} [slope] -0.75 as OpenCV takes it; -0.5 is that of Catmull and Rom.
 * @returns {number[]} The share of each of four neighbours.
 */
export function shareCubic(beyond, slope = -0.75) {
  /** @param {number} x Distance up to 1. */
  const near = (x) => ((slope + 2) * x - (slope + 3)) * x * x + 1;
  /** @param {number} x Distance from 1 to 2. */
  const far = (x) => ((slope * x - 5 * slope) * x + 8 * slope) * x - 4 * slope;
  return [far(beyond + 1), near(beyond), near(1 - beyond), far(2 - beyond)];
}

/**
 * @param {number} place
 * @param {number} length
 * @returns {number} The nearest place that there is: 0 to length - 1.
 */
export function clamp(place, length) {
  return Math.min(Math.max(place, 0), length - 1);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} before Where the first neighbour lies.
 * @param {(beyond: number) => number[]} share Of each, by how far beyond the nearest
 *   source pixel on the left one is.
 * @returns {Weights}
 */
function interpolate(from, to, before, share) {
  return collect(to, (pixel) => {
    const place = ((pixel + 0.5) * from) / to - 0.5;
    const left = Math.floor(place);
    return share(place - left).map((part, step) => {
      const source = left + before + step;
      return [clamp(source, from), part];
    });
  });
}

/**
 * @param {number} length
 * @param {(pixel: number) => number[][]} partsOf
 * @returns {Weights}
 */
function collect(length, partsOf) {
  const lines = Array.from({ length }, (_, pixel) => partsOf(pixel));
  const starts = new Int32Array(length + 1);
  lines.forEach((line, pixel) => (starts[pixel + 1] = starts[pixel] + line.length));
  const parts = lines.flat();
  return {
    starts,
    sources: Int32Array.from(parts, ([source]) => source),
    shares: Float64Array.from(parts, ([, share]) => share),
  };
}

/**
 * Scales a part of a picture.
 * @param {ArrayLike<number>} image [any, width, channels].
 * @param {number} width
 * @param {number} channels
 * @param {Weights} down
 * @param {Weights} along
 * @param {{left: number, top: number, width: number, height: number}} part Of the
 *   result, that is wanted.
 * @returns {Float32Array} [part.height, part.width, channels].
 */
export function resample(image, width, channels, down, along, part) {
  const row = part.width * channels;
  const result = new Float32Array(part.height * row);
  /** @type {Map<number, Float32Array>} */
  let lines = new Map(); // rows of the source, scaled along
  for (let y = 0; y < part.height; y++) {
    const needed = new Map();
    for (let k = down.starts[part.top + y]; k < down.starts[part.top + y + 1]; k++) {
      const source = down.sources[k];
      const line = needed.get(source) ?? lines.get(source) ?? scaleRow(source);
      needed.set(source, line);
      const share = down.shares[k];
      for (let i = 0; i < row; i++) result[y * row + i] += share * line[i];
    }
    lines = needed;
  }
  return result;

  /** @param {number} source */
  function scaleRow(source) {
    const line = new Float32Array(row);
    for (let x = 0; x < part.width; x++) {
      for (
        let k = along.starts[part.left + x];
        k < along.starts[part.left + x + 1];
        k++
      ) {
        const first = (source * width + along.sources[k]) * channels;
        const share = along.shares[k];
        for (let channel = 0; channel < channels; channel++) {
          line[x * channels + channel] += share * image[first + channel];
        }
      }
    }
    return line;
  }
}
