/**
 * Changes of pixels, kept as the difference of before and after: applied once it goes
 * forward, once more it goes back.
 */

/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/**
 * @typedef {object} Patch
 * @property {Box} box
 * @property {number} channels Bytes a pixel.
 * @property {Uint8Array} difference Before XOR after, [height, width, channels].
 */

/**
 * Puts pixels into their place; gives the way back.
 * @param {Uint8Array | Uint8ClampedArray} target [any, stride, channels].
 * @param {number} stride Pixels a row.
 * @param {number} channels
 * @param {Box} box
 * @param {Uint8Array | Uint8ClampedArray} pixels [height, width, channels].
 * @returns {Patch}
 */
export function putPixels(target, stride, channels, box, pixels) {
  const difference = new Uint8Array(pixels.length);
  const length = box.width * channels;
  for (let row = 0; row < box.height; row++) {
    const place = ((box.top + row) * stride + box.left) * channels;
    const first = row * length;
    for (let byte = 0; byte < length; byte++) {
      difference[first + byte] = target[place + byte] ^ pixels[first + byte];
      target[place + byte] = pixels[first + byte];
    }
  }
  return { box, channels, difference };
}

/**
 * Applies a patch, forward or back.
 * @param {Uint8Array | Uint8ClampedArray} target [any, stride, channels].
 * @param {number} stride
 * @param {Patch} patch
 */
export function togglePatch(target, stride, { box, channels, difference }) {
  const length = box.width * channels;
  for (let row = 0; row < box.height; row++) {
    const place = ((box.top + row) * stride + box.left) * channels;
    const first = row * length;
    for (let byte = 0; byte < length; byte++) {
      target[place + byte] ^= difference[first + byte];
    }
  }
}

/**
 * The smallest box round some.
 * @param {Box[]} boxes At least one.
 * @returns {Box}
 */
export function joinBoxes(boxes) {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.left + box.width));
  const bottom = Math.max(...boxes.map((box) => box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}

/**
 * What some patches of a picture changed together.
 * @param {Patch[]} patches At least one.
 * @returns {{box: Box, changed: Uint8Array}} 1 where a pixel is another than before.
 */
export function findChanged(patches) {
  const box = joinBoxes(patches.map((patch) => patch.box));
  const all = new Uint8Array(box.width * box.height * 4);
  for (const patch of patches) {
    const { left, top, width, height } = patch.box;
    const inside = { left: left - box.left, top: top - box.top, width, height };
    togglePatch(all, box.width, { ...patch, box: inside });
  }
  const words = new Uint32Array(all.buffer);
  return { box, changed: Uint8Array.from(words, (word) => Number(word !== 0)) };
}
