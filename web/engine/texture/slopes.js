/**
 * What of its slopes a place is known by, beside its colours, as
 * `ce_tf/erasing/texture/slopes.py`, which tells why.
 */

import { addSlopes } from '../structure_tensor.js';
import { blur } from './blurring.js';

/** @typedef {import('../photo.js').Picture} Picture */

/** A fill's slopes are that much weaker than those of what belongs there. */
const SOFT = 1.5;
/** What slopes twice as strong add, beside levels of colours. */
const DOUBLED = 20;
/** What slopes that all run one way have. */
const ONE_WAY = 90;
/** Levels a pixel that are added to all: below them slopes are noise. */
const LEAST = 2;

/**
 * The structure tensor of a picture's brightness: gx^2 + gy^2, gx^2 - gy^2 and 2 gx gy,
 * by Sobel, in squared levels a pixel. Means of them are those of larger pixels.
 * @typedef {{square: Float32Array, cosine: Float32Array, sine: Float32Array}} Slopes
 */

/**
 * @param {Picture} picture
 * @returns {Slopes} [height, width] each.
 */
export function measureSlopes({ data, width, height }) {
  // A row above, one below and a column on each side repeat what lies at the border;
  // and in eighths, so that slopes come out in levels a pixel.
  const wide = width + 2;
  const grey = new Float32Array(wide * (height + 2));
  for (let row = 0, to = 0; row < height + 2; row++) {
    const line = Math.min(Math.max(row - 1, 0), height - 1) * width;
    for (let column = 0; column < wide; column++, to++) {
      const from = 4 * (line + Math.min(Math.max(column - 1, 0), width - 1));
      const level = 0.299 * data[from] + 0.587 * data[from + 1] + 0.114 * data[from + 2];
      grey[to] = Math.round(level) / 8;
    }
  }
  const sums = [0, 1, 2].map(() => new Float32Array(width * height));
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to++) {
      const above = row * wide + column;
      addSlopes(sums, to, grey, above, above + wide, above + 2 * wide, 0, 1, 2);
    }
  }
  const [square, cosine, sine] = sums;
  return { square, cosine, sine };
}

/**
 * @param {Slopes} slopes
 * @param {number} width Even.
 * @returns {Slopes} Means of four.
 */
export function halveSlopes({ square, cosine, sine }, width) {
  const [halfSquare, halfCosine, halfSine] = [square, cosine, sine].map((values) => {
    const half = new Float32Array(values.length / 4);
    for (let to = 0; to < half.length; to++) {
      const row = Math.floor((2 * to) / width);
      const one = 2 * row * width + ((2 * to) % width);
      const below = one + width;
      half[to] = (values[one] + values[one + 1] + values[below] + values[below + 1]) / 4;
    }
    return half;
  });
  return { square: halfSquare, cosine: halfCosine, sine: halfSine };
}

/**
 * Writes how strong the slopes round each pixel are, by the logarithm, in place of alpha.
 * @param {Slopes} slopes
 * @param {Picture & {hole: Uint8Array}} level Of which they are; it is changed. In the
 *   hole they are a fill's.
 */
export function writeStrength({ square }, { data, width, height, hole }) {
  const blurred = blur(square, width, height, 1);
  for (let pixel = 0; pixel < hole.length; pixel++) {
    const root = Math.sqrt(blurred[pixel]) * (hole[pixel] ? SOFT : 1);
    data[4 * pixel + 3] = DOUBLED * Math.log2(root + LEAST);
  }
}

/**
 * @param {Slopes} slopes
 * @param {number} width
 * @param {number} height
 * @returns {Float32Array} [height, width, 2], which way the slopes round each pixel run: a
 *   vector of twice the angle, 90 long where all run one way, and short where none.
 */
export function findWay({ square, cosine, sine }, width, height) {
  const [all, first, second] = [square, cosine, sine].map((values) => {
    return blur(values, width, height, 1);
  });
  const way = new Float32Array(2 * all.length);
  all.forEach((sum, pixel) => {
    const scale = ONE_WAY / (sum + LEAST * LEAST);
    way[2 * pixel] = scale * first[pixel];
    way[2 * pixel + 1] = scale * second[pixel];
  });
  return way;
}
