/** Erases a hole from a photo of any size: regions, windows, fill, seam. */

import { featherWeights, growHole, matchRim, widenBox } from './blending.js';
import { placeWindow } from './decisions.js';
import { EraseError } from './errors.js';
import { boundMask, cutMask, cutPicture } from './photo.js';
import { fillWindow } from './progressive_fill.js';
import { groupHole, markRegion, moveRegion } from './regions.js';
import { makeAreaWeights, makeCubicWeights, resample } from './resampling.js';
import { addDetail } from './texture/synthesis.js';
import { insideOf } from './window.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./progressive_fill.js').Network} Network */
/** @typedef {import('./regions.js').Hole} Hole */
/** @typedef {import('./regions.js').Region} Region */
/** @typedef {import('./window.js').Square} Square */

/**
 * @typedef {object} Options
 * @property {number} grow Pixels by which the hole is dilated first.
 * @property {number | null} feather Pixels from the grown hole's rim inward over which
 *   the photo goes over into the fill; null is as many as the hole grew by.
 * @property {number} detail How much of the surroundings' texture the fill gets, 0 to 1.
 */

/**
 * What the eraser asks for while it works.
 * @typedef {object} Surroundings
 * @property {Network} network
 * @property {(part: Box) => Promise<Picture>} readPixels Hands over a part of the
 *   photo: all that the eraser ever sees of it. Asked for once.
 * @property {(fraction: number) => Promise<void>} report Takes how much is done, lets
 *   others work, and throws where the work is no longer wanted.
 */

/**
 * Fills a hole.
 * @param {Hole} drawn As it was marked; its part of the photo begins and ends with it.
 * @param {{width: number, height: number}} photo
 * @param {Options} options
 * @param {Surroundings} surroundings
 * @returns {Promise<Picture & {left: number, top: number}>} The part of the photo that changed. Outside the
 *   grown hole it has the photo's own pixels; its alpha is the photo's.
 */
export async function erase(drawn, photo, options, { network, readPixels, report }) {
  const { grow, feather, detail } = options;
  const hole = grow ? growHole(drawn, grow, photo) : drawn;
  if (hole.data.length === photo.width * photo.height && hole.data.every(Boolean)) {
    throw new EraseError('everything_marked');
  }
  const found = groupHole(hole, network.size);
  const placed = found.map(({ box }) =>
    placeWindow(box, photo.height, photo.width, network.size),
  );
  // From here on all places are in this part of the photo.
  const reach = uniteBoxes(
    placed.map((window) => insideOf(window, photo.height, photo.width)),
  );
  const regions = found.map((region) => moveRegion(region, -reach.left, -reach.top));
  const windows = placed.map(({ left, top, side }) => {
    return { left: left - reach.left, top: top - reach.top, side };
  });
  const completed = await readPixels(reach);
  const known = new Uint8Array(reach.width * reach.height).fill(1);
  for (const region of regions) markRegion(region, known, reach.width, 0);
  const softly = feather ?? grow;
  /** @type {Picture[]} */
  const before = [];
  const marked = known.map((pixel) => 1 - pixel);
  const work = windows.map(({ side }) => side ** 2);
  const all = work.reduce((sum, part) => sum + part, 0);
  let done = 0;
  for (const [index, region] of regions.entries()) {
    /** @param {number} share Of the window's work. */
    const reportShare = (share) => report((done + share * work[index]) / all);
    await reportShare(0);
    const part = insideOf(windows[index], completed.height, completed.width);
    const unknown = cutMask(known, completed.width, part).map((pixel) => 1 - pixel);
    const fill = await fillPart(
      network,
      completed,
      known,
      windows[index],
      part,
      unknown,
    );
    if (detail) {
      const hole = new Uint8Array(unknown.length);
      markRegion(moveRegion(region, -part.left, -part.top), hole, part.width, 1);
      const around = unknown.map((pixel) => 1 - pixel);
      await addDetail(fill, hole, around, detail, reportShare);
    }
    if (softly) before.push(cutPicture(completed, region.box));
    paste(completed, region, fill, part);
    markRegion(region, known, reach.width, 1);
    done += work[index];
  }
  // At last, for regions are to see fills, not what shines through.
  before.forEach((picture, index) => {
    goOver(completed, marked, regions[index], picture, softly);
  });
  const { left, top, width, height } = hole;
  const changed = { left: left - reach.left, top: top - reach.top, width, height };
  return { left, top, ...cutPicture(completed, changed) };
}

/**
 * What is to stand where nothing is known: photo -> window -> network -> window.
 * @param {Network} network
 * @param {Picture} completed
 * @param {Uint8Array} known
 * @param {Square} window
 * @param {Box} part What of the window lies in the photo.
 * @param {Uint8Array} unknown Of the part.
 * @returns {Promise<Picture>} The part, filled.
 */
async function fillPart(network, completed, known, window, part, unknown) {
  const square = await fillWindow(network, completed, known, window);
  const picture = cutPicture(completed, part);
  const box = /** @type {Box} */ (boundMask(unknown, part.width));
  const inWindow = {
    ...box,
    left: box.left + part.left - window.left,
    top: box.top + part.top - window.top,
  };
  const weights = makeWeights(network.size, window.side);
  const scaled = resample(square, network.size, 3, weights, weights, inWindow);
  for (let row = 0, from = 0; row < box.height; row++) {
    for (let column = 0; column < box.width; column++, from += 3) {
      const pixel = (box.top + row) * part.width + box.left + column;
      if (unknown[pixel]) picture.data.set(scaled.subarray(from, from + 3), 4 * pixel);
    }
  }
  matchRim(picture, unknown);
  return picture;
}

/**
 * From the network's size to the window's, with antialiasing where that is smaller.
 * @param {number} size
 * @param {number} side
 */
function makeWeights(size, side) {
  if (side >= size) return makeCubicWeights(size, side);
  const weights = makeAreaWeights(size, side);
  return { ...weights, shares: weights.shares.map((share) => share / size) };
}

/**
 * Pastes a region's fill.
 * @param {Picture} completed
 * @param {Region} region
 * @param {Picture} fill
 * @param {Box} part Where the fill lies.
 */
function paste(completed, { runs }, fill, part) {
  for (let run = 0; run < runs.length; run += 3) {
    const [row, first, end] = runs.subarray(run, run + 3);
    for (let column = first; column < end; column++) {
      const to = 4 * (row * completed.width + column);
      const from = 4 * ((row - part.top) * part.width + column - part.left);
      completed.data.set(fill.data.subarray(from, from + 3), to);
    }
  }
}

/**
 * Lets the photo go over into the fill.
 * @param {Picture} completed Filled.
 * @param {Uint8Array} hole All of it, of the same size: where a region ends within it is
 *   no rim.
 * @param {Region} region
 * @param {Picture} before The photo in the region's box.
 * @param {number} feather
 */
function goOver(completed, hole, { box, runs }, before, feather) {
  const around = widenBox(box, Math.ceil(feather) + 2, completed);
  const whole = cutMask(hole, completed.width, around);
  const weights = featherWeights(whole, around.width, around.height, feather);
  for (let run = 0; run < runs.length; run += 3) {
    const [row, first, end] = runs.subarray(run, run + 3);
    for (let column = first; column < end; column++) {
      const to = 4 * (row * completed.width + column);
      const from = 4 * ((row - box.top) * box.width + column - box.left);
      const weight =
        weights[(row - around.top) * around.width + column - around.left];
      for (let channel = 0; channel < 3; channel++) {
        const photo = before.data[from + channel];
        completed.data[to + channel] =
          photo + weight * (completed.data[to + channel] - photo);
      }
    }
  }
}

/**
 * The smallest box round all boxes.
 * @param {Box[]} boxes
 * @returns {Box}
 */
function uniteBoxes(boxes) {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.max(...boxes.map((box) => box.left + box.width)) - left;
  const height = Math.max(...boxes.map((box) => box.top + box.height)) - top;
  return { left, top, width, height };
}
