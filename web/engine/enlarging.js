/**
 * Fills of smaller pictures at the photo's size again.
 *
 * What shrinking took away of the photo, its finest detail, is copied from the full photo,
 * from where the texture was copied: as `ce_tf/erasing/view.py`, which tells where it
 * comes from.
 */

import { cutPicture } from './photo.js';
import { makeCubicWeights, resample } from './resampling.js';
import { insideOf, moveInto } from './window.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./resampling.js').Weights} Weights */
/** @typedef {import('./texture/synthesis.js').Painted} Painted */
/** @typedef {import('./view.js').View} View */
/** @typedef {import('./window.js').Square} Square */

/**
 * What a window's hole is filled with.
 * @typedef {object} Fill
 * @property {View} view That was filled.
 * @property {Picture} picture Its picture, filled.
 * @property {Painted | null} painted The texture that it got, if any.
 */

/**
 * Opens a fill for reading at the photo's size.
 * @param {Fill} fill
 * @param {Square} window That it fills.
 * @param {Picture} photo
 * @param {Uint8Array} known Of the photo, 1 = may be copied.
 * @returns {(tile: Box) => Uint8ClampedArray} Gives the RGB of a part of the photo,
 *   [tile.height, tile.width, 4]; what counts is in the region.
 */
export function openFill({ view, picture, painted }, window, photo, known) {
  const part = insideOf(window, photo.height, photo.width);
  const { width, height } = picture;
  if (width === part.width && height === part.height) {
    return (tile) => cutPicture(picture, moveInto(tile, part)).data;
  }
  const down = makeCubicWeights(height, part.height);
  const along = makeCubicWeights(width, part.width);
  return (tile) => {
    const place = moveInto(tile, part);
    const soft = resample(picture.data, width, 4, down, along, place);
    const pixels = new Uint8ClampedArray(soft);
    if (painted) addFinest(pixels, place);
    return pixels;
  };

  /**
   * Adds what shrinking took away of the places that were copied.
   * @param {Uint8ClampedArray} pixels RGBA.
   * @param {Box} place Of them in the part.
   */
  function addFinest(pixels, place) {
    const { share, down: rows, along: columns } = /** @type {Painted} */ (painted);
    const soft = new Uint8ClampedArray(3);
    for (let to = 0; to < pixels.length; to += 4) {
      const row = place.top + Math.floor(to / 4 / place.width);
      const column = place.left + ((to / 4) % place.width);
      const above = Math.floor(((row + 0.5) * height) / part.height);
      const cell = above * width + Math.floor(((column + 0.5) * width) / part.width);
      if (!share[cell]) continue;
      const y = shift(row, rows[cell], height, part.height);
      const x = shift(column, columns[cell], width, part.width);
      const source = (part.top + y) * photo.width + part.left + x;
      if (!known[source]) continue;
      readCubic(view.picture, down, y, along, x, soft);
      for (let channel = 0; channel < 3; channel++) {
        const fine = photo.data[4 * source + channel] - soft[channel];
        pixels[to + channel] += share[cell] * fine;
      }
    }
  }
}

/**
 * A place moved by an offset in the smaller picture, as far as the line goes.
 * @param {number} place
 * @param {number} offset
 * @param {number} small Length of the smaller line.
 * @param {number} large
 */
function shift(place, offset, small, large) {
  const step = Math.floor((2 * offset * large + small) / (2 * small)); // rounded
  return Math.min(Math.max(place + step, 0), large - 1);
}

/**
 * Reads one place of an enlarged picture.
 * @param {Picture} picture
 * @param {Weights} down Of its rows in those of the larger one.
 * @param {number} y Of the larger one.
 * @param {Weights} along
 * @param {number} x
 * @param {Uint8ClampedArray} colour What was read.
 */
function readCubic({ data, width }, down, y, along, x, colour) {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let k = down.starts[y]; k < down.starts[y + 1]; k++) {
    for (let l = along.starts[x]; l < along.starts[x + 1]; l++) {
      const share = down.shares[k] * along.shares[l];
      const from = 4 * (down.sources[k] * width + along.sources[l]);
      red += share * data[from];
      green += share * data[from + 1];
      blue += share * data[from + 2];
    }
  }
  colour[0] = red;
  colour[1] = green;
  colour[2] = blue;
}
