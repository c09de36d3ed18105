/** Erases a hole from a photo of any size: regions, windows, fill, seam. */

import {
  continueRim,
  featherWeights,
  growHole,
  matchRim,
  widenBox,
} from './blending.js';
import { cutHole } from './cells.js';
import { chooseSize, placeWindow } from './decisions.js';
import { EraseError } from './errors.js';
import { boundMask, cutMask, cutPicture } from './photo.js';
import { fillWindow } from './network_fill.js';
import { groupHole, markRegion, moveRegion } from './regions.js';
import { makeAreaWeights, makeCubicWeights, resample } from './resampling.js';
import { addDetail } from './texture/synthesis.js';
import { insideOf } from './window.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./network_fill.js').Network} Network */
/** @typedef {import('./cells.js').Hole} Hole */
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
 * @property {number[]} sizes Sides that the network comes in.
 * @property {(size: number) => Promise<Network>} openNetwork
 * @property {(part: Box) => Promise<Picture>} readPixels Hands over a part of the
 *   photo: all that the eraser ever sees of it. Asked for once.
 * @property {(fraction: number) => Promise<void>} report Takes how much is done, lets
 *   others work, and throws where the work is no longer wanted.
 */

/**
 * Fills a hole.
 * @param {Hole} drawn As it was marked; its box begins and ends with it.
 * @param {{width: number, height: number}} photo
 * @param {Options} options
 * @param {Surroundings} surroundings
 * @returns {Promise<Picture & {left: number, top: number}>} The part of the photo that
 *   changed. Outside the grown hole it has the photo's own pixels, and its alpha.
 */
export async function erase(drawn, photo, options, surroundings) {
  const { sizes, openNetwork, readPixels, report } = surroundings;
  const { grow, feather, detail } = options;
  const grown = grow ? growHole(drawn, grow, photo) : drawn;
  if (grown.data.length === photo.width * photo.height && grown.data.every(Boolean)) {
    throw new EraseError('everything_marked');
  }
  const { reach, hole, tasks } = plan(grown, photo, Math.min(...sizes));
  const completed = await readPixels(reach);
  const known = cutHole(hole, whole(completed)).map((pixel) => 1 - pixel);
  const all = tasks.reduce((sum, { window }) => sum + window.side ** 2, 0);
  const softly = feather ?? grow;
  /** @type {Picture[]} */
  const before = [];
  let done = 0;
  for (const { region, window } of tasks) {
    const work = window.side ** 2;
    /** @param {number} share Of the window's work. */
    const reportShare = (share) => report((done + share * work) / all);
    await reportShare(0);
    const part = insideOf(window, completed.height, completed.width);
    const around = cutMask(known, completed.width, part);
    const own = markRegion(region, hole, part);
    const network = await openNetwork(chooseSize(window.side, sizes));
    const fill = await fillPart(network, completed, known, window, around);
    if (detail) await addDetail(fill, own, around, detail, reportShare);
    continueRim(fill, around);
    if (softly) before.push(cutPicture(completed, region.box));
    paste(completed, known, region.box, own, fill);
    done += work;
  }
  // At last, for regions are to see fills, not what shines through.
  before.forEach((picture, index) => {
    goOver(completed, hole, tasks[index].region, picture, softly);
  });
  const { left, top } = grown;
  return { left, top, ...cutPicture(completed, hole) };
}

/**
 * A region and its window.
 * @typedef {{region: Region, window: Square}} Task
 */

/**
 * What is to be filled, in a part of the photo.
 * @param {Hole} grown In the photo.
 * @param {{width: number, height: number}} photo
 * @param {number} size Side that the network takes.
 * @returns {{reach: Box, hole: Hole, tasks: Task[]}} The part that all windows show;
 *   places in it.
 */
function plan(grown, photo, size) {
  const { height, width } = photo;
  const pixels = grown.data.reduce((sum, pixel) => sum + pixel, 0);
  const tasks = groupHole(grown, size).map((region) => {
    return { region, window: placeWindow(region.box, pixels, height, width, size) };
  });
  const reach = uniteBoxes(
    tasks.map(({ window }) => insideOf(window, photo.height, photo.width)),
  );
  return {
    reach,
    hole: moveInto(grown, reach),
    tasks: tasks.map(({ region, window }) => {
      return { region: moveRegion(region, reach), window: moveInto(window, reach) };
    }),
  };
}

/**
 * What is to stand where nothing is known: photo -> window -> network -> window.
 * @param {Network} network
 * @param {Picture} completed
 * @param {Uint8Array} known
 * @param {Square} window
 * @param {Uint8Array} around Of `known`, what of the window lies in the photo.
 * @returns {Promise<Picture & Box>} The same part, filled.
 */
async function fillPart(network, completed, known, window, around) {
  const square = await fillWindow(network, completed, known, window);
  const part = insideOf(window, completed.height, completed.width);
  const picture = cutPicture(completed, part);
  const unknown = around.map((pixel) => 1 - pixel);
  const box = /** @type {Box} */ (boundMask(unknown, part.width));
  const weights = makeWeights(network.size, window.side);
  const inWindow = moveInto(
    moveInto(box, { left: -part.left, top: -part.top }),
    window,
  );
  const scaled = resample(square, network.size, 3, weights, weights, inWindow);
  for (let row = 0, from = 0; row < box.height; row++) {
    for (let column = 0; column < box.width; column++, from += 3) {
      const pixel = (box.top + row) * part.width + box.left + column;
      if (unknown[pixel]) picture.data.set(scaled.subarray(from, from + 3), 4 * pixel);
    }
  }
  matchRim(picture, unknown);
  return { ...part, ...picture };
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
 * Pastes a region's fill, which is known from then on.
 * @param {Picture} completed
 * @param {Uint8Array} known
 * @param {Box} box Of the region.
 * @param {Uint8Array} own The region's pixels, of the fill's part.
 * @param {Picture & Box} fill
 */
function paste(completed, known, box, own, fill) {
  for (let row = box.top; row < box.top + box.height; row++) {
    for (let column = box.left; column < box.left + box.width; column++) {
      const from = (row - fill.top) * fill.width + column - fill.left;
      if (!own[from]) continue;
      const to = row * completed.width + column;
      completed.data.set(fill.data.subarray(4 * from, 4 * from + 3), 4 * to);
      known[to] = 1;
    }
  }
}

/**
 * Lets the photo go over into the fill, by the way to the whole hole's rim: where a
 * region ends within it is no rim.
 * @param {Picture} completed Filled.
 * @param {Hole} hole
 * @param {Region} region
 * @param {Picture} before The photo in the region's box.
 * @param {number} feather
 */
function goOver(completed, hole, region, before, feather) {
  const { box } = region;
  const around = widenBox(box, Math.ceil(feather) + 2, completed);
  const near = cutHole(hole, around);
  const weights = featherWeights(near, around.width, around.height, feather);
  markRegion(region, hole, box).forEach((own, from) => {
    if (!own) return;
    const row = box.top + Math.floor(from / box.width);
    const column = box.left + (from % box.width);
    const to = 4 * (row * completed.width + column);
    const weight = weights[(row - around.top) * around.width + column - around.left];
    for (let channel = 0; channel < 3; channel++) {
      const photo = before.data[4 * from + channel];
      const fill = completed.data[to + channel];
      completed.data[to + channel] = photo + weight * (fill - photo);
    }
  });
}

/**
 * A place in a part of the photo.
 * @template {{left: number, top: number}} T
 * @param {T} place
 * @param {{left: number, top: number}} part
 * @returns {T}
 */
function moveInto(place, part) {
  return { ...place, left: place.left - part.left, top: place.top - part.top };
}

/**
 * @param {Picture} picture
 * @returns {Box}
 */
function whole({ width, height }) {
  return { left: 0, top: 0, width, height };
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
