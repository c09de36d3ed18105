/** The square part of a photo that the network sees: the hole and what surrounds it. */

/** @typedef {import('./decisions.js').Box} Box */

/**
 * A square in a photo's pixels; it may reach beyond the photo where that is small.
 * @typedef {{top: number, left: number, side: number}} Square
 */

/**
 * What of a window lies in the photo.
 * @param {Square} window
 * @param {number} height Of the photo.
 * @param {number} width Of the photo.
 * @returns {Box}
 */
export function insideOf({ top, left, side }, height, width) {
  const first = Math.max(0, top);
  const start = Math.max(0, left);
  return {
    left: start,
    top: first,
    width: Math.min(width, left + side) - start,
    height: Math.min(height, top + side) - first,
  };
}

/**
 * Whether anything that is known lies in a window.
 * @param {Square} window
 * @param {{width: number, height: number}} photo
 * @param {Uint8Array} known [height, width]
 */
export function showsKnown(window, photo, known) {
  const { left, top, width, height } = insideOf(window, photo.height, photo.width);
  for (let row = top; row < top + height; row++) {
    const start = row * photo.width + left;
    if (known.subarray(start, start + width).includes(1)) return true;
  }
  return false;
}

/**
 * A place in a part of the photo.
 * @template {{left: number, top: number}} T
 * @param {T} place
 * @param {{left: number, top: number}} part
 * @returns {T}
 */
export function moveInto(place, part) {
  return { ...place, left: place.left - part.left, top: place.top - part.top };
}

/**
 * The places in the photo that a window's rows or columns show: mirrored where it
 * reaches beyond.
 * @param {number} start Of the window, may be negative.
 * @param {number} side
 * @param {number} length Of the photo.
 * @returns {Int32Array}
 */
export function mirror(start, side, length) {
  return Int32Array.from({ length: side }, (_, step) => {
    const place = (start + step) % (2 * length);
    const ahead = place < 0 ? place + 2 * length : place;
    return ahead < length ? ahead : 2 * length - 1 - ahead;
  });
}
