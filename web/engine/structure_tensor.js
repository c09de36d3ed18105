/**
 * The structure tensor: which way a picture runs, by the products of its slopes, as
 * `ce_tf/erasing/structure_tensor.py`. The nine places of a 3x3 are told by where three
 * rows begin, and by what three columns lie from there.
 */

/**
 * @param {Uint8Array} mask
 * @param {number} above
 * @param {number} here
 * @param {number} below
 * @param {number} left
 * @param {number} middle
 * @param {number} right
 * @returns {boolean} Whether all nine are marked.
 */
export function isWhole(mask, above, here, below, left, middle, right) {
  return Boolean(
    mask[above + left] &&
      mask[above + middle] &&
      mask[above + right] &&
      mask[here + left] &&
      mask[here + middle] &&
      mask[here + right] &&
      mask[below + left] &&
      mask[below + middle] &&
      mask[below + right],
  );
}

/**
 * Adds the products of the middle's slopes, by Sobel, eighths of a level a pixel.
 * @param {(Float32Array | Float64Array)[]} sums Of gx^2 + gy^2, gx^2 - gy^2 and 2 gx gy.
 * @param {number} to Which of each.
 * @param {ArrayLike<number>} values
 * @param {number} above
 * @param {number} here
 * @param {number} below
 * @param {number} left
 * @param {number} middle
 * @param {number} right
 */
export function addSlopes(sums, to, values, above, here, below, left, middle, right) {
  const along =
    values[above + right] +
    2 * values[here + right] +
    values[below + right] -
    (values[above + left] + 2 * values[here + left] + values[below + left]);
  const down =
    values[below + left] +
    2 * values[below + middle] +
    values[below + right] -
    (values[above + left] + 2 * values[above + middle] + values[above + right]);
  sums[0][to] += along * along + down * down;
  sums[1][to] += along * along - down * down;
  sums[2][to] += 2 * along * down;
}
