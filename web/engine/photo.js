/** Pictures as the engine holds them, and parts of them. */

/** @typedef {import('./decisions.js').Box} Box */

/**
 * @typedef {object} Picture
 * @property {Uint8ClampedArray} data RGBA, [height, width, 4].
 * @property {number} width
 * @property {number} height
 */

/**
 * Copies a part of a picture.
 * @param {Picture} picture
 * @param {Box} part Within it.
 * @returns {Picture}
 */
export function cutPicture({ data, width }, part) {
  const cut = cutRows(
    data,
    4 * width,
    4 * part.left,
    part.top,
    4 * part.width,
    part.height,
  );
  return { data: cut, width: part.width, height: part.height };
}

/**
 * Puts a part back where it was cut from.
 * @param {Picture} part
 * @param {Picture} picture It is changed.
 * @param {{left: number, top: number}} place
 */
export function pastePicture(part, picture, { left, top }) {
  for (let row = 0; row < part.height; row++) {
    const line = part.data.subarray(4 * row * part.width, 4 * (row + 1) * part.width);
    picture.data.set(line, 4 * ((top + row) * picture.width + left));
  }
}

/**
 * @param {Picture} picture
 * @returns {Uint8Array} [height, width, 3]
 */
export function dropAlpha({ data, width, height }) {
  const pixels = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels.set(data.subarray(from, from + 3), to);
  }
  return pixels;
}

/**
 * Copies a part of a mask.
 * @param {Uint8Array} mask [any, width].
 * @param {number} width
 * @param {Box} part
 * @returns {Uint8Array}
 */
export function cutMask(mask, width, part) {
  return cutRows(mask, width, part.left, part.top, part.width, part.height);
}

/**
 * @template {Uint8Array | Uint8ClampedArray} T
 * @param {T} data
 * @param {number} stride
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 * @returns {T}
 */
function cutRows(data, stride, left, top, width, height) {
  const Kind = /** @type {new (length: number) => T} */ (data.constructor);
  const cut = new Kind(width * height);
  for (let row = 0; row < height; row++) {
    const first = (top + row) * stride + left;
    cut.set(data.subarray(first, first + width), row * width);
  }
  return cut;
}

/**
 * The smallest box round all that is not 0.
 * @param {Uint8Array} mask [any, width].
 * @param {number} width
 * @returns {Box | null} Null where all is 0.
 */
export function boundMask(mask, width) {
  let first = 0;
  while (first < mask.length && !mask[first]) first++;
  if (first === mask.length) return null;
  let last = mask.length - 1;
  while (!mask[last]) last--;
  const top = Math.floor(first / width);
  const bottom = Math.floor(last / width);
  let left = width - 1;
  let right = 0;
  for (let row = top; row <= bottom; row++) {
    const line = row * width;
    for (let x = 0; x < left; x++) if (mask[line + x]) left = x;
    for (let x = width - 1; x > right; x--) if (mask[line + x]) right = x;
  }
  return { left, top, width: right + 1 - left, height: bottom + 1 - top };
}
