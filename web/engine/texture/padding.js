/** Pictures with a border, so that a patch round any pixel can be read. */

import { mirror } from '../window.js';

/** @typedef {import('../photo.js').Picture} Picture */

/** Patches are 7 x 7. */
export const RADIUS = 3;
export const SIDE = 2 * RADIUS + 1;

/**
 * @param {Picture} picture
 * @returns {Uint8ClampedArray} Likewise, with `RADIUS` mirrored pixels on each side.
 */
export function pad({ data, width, height }) {
  const wide = width + 2 * RADIUS;
  const padded = new Uint8ClampedArray(4 * wide * (height + 2 * RADIUS));
  for (let row = 0; row < height; row++) {
    const line = data.subarray(4 * row * width, 4 * (row + 1) * width);
    padded.set(line, 4 * ((row + RADIUS) * wide + RADIUS));
  }
  mirrorBorder(padded, width, height);
  return padded;
}

/**
 * Makes the border anew.
 * @param {Uint8ClampedArray} padded
 * @param {number} width Of the picture within.
 * @param {number} height
 */
export function mirrorBorder(padded, width, height) {
  const wide = width + 2 * RADIUS;
  const pixels = new Uint32Array(padded.buffer);
  const columns = mirror(-RADIUS, wide, width);
  for (let row = RADIUS; row < RADIUS + height; row++) {
    for (let column = 0; column < wide; column++) {
      if (column === RADIUS) column += width;
      pixels[row * wide + column] = pixels[row * wide + RADIUS + columns[column]];
    }
  }
  const rows = mirror(-RADIUS, height + 2 * RADIUS, height);
  for (const [row, from] of rows.entries()) {
    if (row === from + RADIUS) continue;
    pixels.copyWithin(row * wide, (from + RADIUS) * wide, (from + RADIUS + 1) * wide);
  }
}

/**
 * Where the middle of a wholly known patch lies.
 * @param {Uint8Array} known [height, width]; beyond the picture nothing is.
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array} [height, width].
 */
export function findSources(known, width, height) {
  const along = erode(known, width, height, 1, width);
  return erode(along, height, width, width, 1);
}

/**
 * Erodes along one axis.
 * @param {Uint8Array} mask
 * @param {number} length Of a line.
 * @param {number} lines
 * @param {number} step From a pixel to the next of its line.
 * @param {number} next From a line to the next.
 * @returns {Uint8Array}
 */
function erode(mask, length, lines, step, next) {
  const eroded = new Uint8Array(mask.length);
  for (let line = 0; line < lines; line++) {
    let run = 0;
    for (let place = 0; place < length; place++) {
      run = mask[line * next + place * step] ? run + 1 : 0;
      if (run >= SIDE) eroded[line * next + (place - RADIUS) * step] = 1;
    }
  }
  return eroded;
}
