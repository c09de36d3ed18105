/** How far the pixels of a shape lie from the nearest pixel that is not in it. */

/** Steps of the approximation, in parts of a pixel: straight, diagonal, a knight's. */
const ONE = 1 << 16;
const STRAIGHT = ONE;
const DIAGONAL = Math.round(1.4 * ONE);
const KNIGHT = Math.round(2.1969 * ONE);
const FAR = 1 << 30;

/**
 * Distances by steps over a neighbourhood of 5 x 5, at most 2 % off (Borgefors 1986,
 * "Distance transformations in digital images"), as OpenCV has them.
 * @param {Uint8Array} shape [height, width], 0 = outside.
 * @param {number} width
 * @param {number} height
 * @returns {Float32Array} [height, width], pixels; beyond the picture's edge nothing
 *   counts as outside.
 */
export function measureDepth(shape, width, height) {
  const stride = width + 4; // two pixels of border on each side
  const depth = new Int32Array((height + 4) * stride).fill(FAR);
  const steps = [
    [-1, STRAIGHT],
    [-stride, STRAIGHT],
    [-stride - 1, DIAGONAL],
    [-stride + 1, DIAGONAL],
    [-stride - 2, KNIGHT],
    [-stride + 2, KNIGHT],
    [-2 * stride - 1, KNIGHT],
    [-2 * stride + 1, KNIGHT],
  ];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const here = (row + 2) * stride + column + 2;
      let least = shape[row * width + column] ? FAR : 0;
      for (const [step, length] of steps)
        least = Math.min(least, depth[here + step] + length);
      depth[here] = least;
    }
  }
  const pixels = new Float32Array(width * height);
  for (let row = height - 1; row >= 0; row--) {
    for (let column = width - 1; column >= 0; column--) {
      const here = (row + 2) * stride + column + 2;
      let least = depth[here];
      for (const [step, length] of steps)
        least = Math.min(least, depth[here - step] + length);
      depth[here] = least;
      pixels[row * width + column] = least / ONE;
    }
  }
  return pixels;
}

/**
 * Squared distances, exact: in each column the nearest, then along the rows
 * (Felzenszwalb and Huttenlocher 2012, "Distance transforms of sampled functions",
 * without its envelope: the network's square is small).
 * @param {Uint8Array} shape [side, side], 0 = outside, which some pixel is.
 * @param {number} side
 * @returns {Int32Array} [side, side].
 */
export function measureSquaredDepth(shape, side) {
  const column = new Int32Array(side * side);
  for (let x = 0; x < side; x++) {
    for (let y = 0, last = -2 * side; y < side; y++) {
      if (!shape[y * side + x]) last = y;
      column[y * side + x] = y - last;
    }
    for (let y = side - 1, last = 3 * side; y >= 0; y--) {
      if (!shape[y * side + x]) last = y;
      column[y * side + x] = Math.min(column[y * side + x], last - y);
    }
  }
  const squared = new Int32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let least = column[y * side + x] ** 2;
      // No column further away than the least so far can be nearer.
      for (let step = 1; step * step < least; step++) {
        for (const other of [x - step, x + step]) {
          if (other < 0 || other >= side) continue;
          least = Math.min(least, column[y * side + other] ** 2 + step * step);
        }
      }
      squared[y * side + x] = least;
    }
  }
  return squared;
}
