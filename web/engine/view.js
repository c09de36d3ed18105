/**
 * What of a window is worked on: all of it, or a smaller picture of a large one.
 *
 * Network, seam and texture need many numbers for each pixel. So that any hole is filled
 * with the same memory, a large window is shrunk and filled as a smaller picture, as
 * `ce_tf/erasing/view.py` does it; `enlarging.js` makes it large again.
 */

import { LEAST, sumKnown } from './network_fill.js';
import { cutMask, cutPicture } from './photo.js';
import { markRegion } from './regions.js';
import { makeAreaWeights } from './resampling.js';
import { insideOf, mirror, moveInto } from './window.js';

/** @typedef {import('./cells.js').Hole} Hole */
/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./regions.js').Region} Region */
/** @typedef {import('./window.js').Square} Square */

/**
 * What lies in the photo of a window, as it is worked on.
 * @typedef {object} View
 * @property {Square} window In pixels of the view, which is its photo.
 * @property {Picture} picture Holes not yet filled have any colour.
 * @property {Uint8Array} known [height, width], 1 = all that lies under it is known.
 * @property {Uint8Array} own [height, width], 1 = unknown, and some of the region lies
 *   under it.
 */

/** Side of the parts in which a large hole is read and written. */
const TILE = 512;
/** Share of a small pixel that may be unknown where it counts as known. */
const ROUNDING = 1e-4;

/**
 * What is worked on of a window.
 * @param {Square} window
 * @param {Picture} photo
 * @param {Uint8Array} known Of the photo, 1 = known; some of the window is.
 * @param {Region} region Which is to be filled.
 * @param {Hole} hole Of which the region is a part.
 * @param {number} largest Side of the largest window that is worked on as it is.
 * @returns {View}
 */
export function look(window, photo, known, region, hole, largest) {
  const part = insideOf(window, photo.height, photo.width);
  if (window.side <= largest) {
    return {
      window: moveInto(window, part),
      picture: cutPicture(photo, part),
      known: cutMask(known, photo.width, part),
      own: markRegion(region, hole, part),
    };
  }
  const { small, width, height } = shrinkWindow(window, part, largest);
  const { picture, shares } = shrinkPicture(photo, known, part, width, height);
  // Where no pixel is wholly known, those are which have the most of it.
  const most = shares.reduce((more, share) => Math.max(more, share), 0);
  const sure = Uint8Array.from(shares, (share) => {
    return Number(share >= Math.min(1, most) - ROUNDING);
  });
  const own = markSmall(region, hole, part, picture);
  for (let pixel = 0; pixel < own.length; pixel++) own[pixel] &= 1 - sure[pixel];
  return { window: small, picture, known: sure, own };
}

/**
 * A box in small parts.
 * @param {Box} box
 * @returns {Generator<Box>}
 */
export function* cutTiles({ left, top, width, height }) {
  for (let row = 0; row < height; row += TILE) {
    for (let column = 0; column < width; column += TILE) {
      yield {
        left: left + column,
        top: top + row,
        width: Math.min(TILE, width - column),
        height: Math.min(TILE, height - row),
      };
    }
  }
}

/**
 * A large window where what it shows of the photo is the whole photo, shrunk.
 * @param {Square} window
 * @param {Box} part What of it lies in the photo.
 * @param {number} largest
 * @returns {{small: Square, width: number, height: number}} And the size of the part.
 */
function shrinkWindow({ top, left, side }, part, largest) {
  /** @param {number} length In whole numbers, so that every engine rounds alike. */
  const shrink = (length) => Math.floor((2 * length * largest + side) / (2 * side));
  const height = Math.max(1, shrink(part.height));
  const width = Math.max(1, shrink(part.width));
  const above = shrink(part.top - top);
  const before = shrink(part.left - left);
  const whole = Math.max(largest, height + above, width + before);
  return { small: { top: -above, left: -before, side: whole }, width, height };
}

/**
 * Means of what is known under each small pixel.
 * @param {Picture} photo
 * @param {Uint8Array} known
 * @param {Box} part Of the photo.
 * @param {number} width To which it is shrunk.
 * @param {number} height
 * @returns {{picture: Picture, shares: Float32Array}} And how much of each is known.
 */
function shrinkPicture(photo, known, part, width, height) {
  const data = new Uint8ClampedArray(4 * width * height);
  const shares = new Float32Array(width * height);
  const rows = mirror(part.top, part.height, photo.height);
  const columns = mirror(part.left, part.width, photo.width);
  const down = makeAreaWeights(part.height, height);
  const along = makeAreaWeights(part.width, width);
  const whole = part.width * part.height; // the area under a small pixel
  let pixel = 0;
  for (const line of sumKnown(photo, known, rows, columns, down, along)) {
    for (let from = 0; from < line.length; from += 4, pixel++) {
      const area = Math.max(line[from + 3], LEAST * whole);
      shares[pixel] = line[from + 3] / whole;
      for (let channel = 0; channel < 3; channel++) {
        data[4 * pixel + channel] = line[from + channel] / area;
      }
    }
  }
  return { picture: { data, width, height }, shares };
}

/**
 * Which small pixels have some of a region under them.
 * @param {Region} region
 * @param {Hole} hole
 * @param {Box} part Of the photo.
 * @param {{width: number, height: number}} small To which it is shrunk.
 * @returns {Uint8Array} [small.height, small.width].
 */
function markSmall(region, hole, part, { width, height }) {
  const marked = new Uint8Array(width * height);
  for (const tile of cutTiles(region.box)) {
    const { left, top } = moveInto(tile, part);
    markRegion(region, hole, tile).forEach((own, pixel) => {
      if (!own) return;
      const row = top + Math.floor(pixel / tile.width);
      const column = left + (pixel % tile.width);
      const bottom = Math.ceil(((row + 1) * height) / part.height);
      const start = Math.floor((column * width) / part.width);
      const end = Math.ceil(((column + 1) * width) / part.width);
      for (let y = Math.floor((row * height) / part.height); y < bottom; y++) {
        marked.fill(1, y * width + start, y * width + end);
      }
    });
  }
  return marked;
}
