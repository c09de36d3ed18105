/** Erases a hole from a photo of any size: regions, windows, fill, seam. */

import {
  continueRim,
  featherWeights,
  growHole,
  matchRim,
  widenBox,
} from './blending.js';
import { cutHole } from './cells.js';
import { LARGEST, chooseSize, placeWindow } from './decisions.js';
import { continueEdges, layEdges } from './edge_drawing.js';
import { openFill } from './enlarging.js';
import { EraseError } from './errors.js';
import { fillPicture } from './looks.js';
import { cutPicture } from './photo.js';
import { groupHole, markRegion, moveRegion } from './regions.js';
import { sharpen } from './sharpening.js';
import { addTexture, weighTexture } from './texture/synthesis.js';
import { cutTiles, look } from './view.js';
import { insideOf, moveInto, showsKnown } from './window.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./enlarging.js').Fill} Fill */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./network_fill.js').Network} Network */
/** @typedef {import('./cells.js').Hole} Hole */
/** @typedef {import('./regions.js').Region} Region */
/** @typedef {import('./view.js').View} View */
/** @typedef {import('./window.js').Square} Square */

/**
 * @typedef {object} Options
 * @property {number} grow Pixels by which the hole is dilated first.
 * @property {number | null} feather Pixels from the grown hole's rim inward over which
 *   the photo goes over into the fill; null is as many as the hole grew by.
 * @property {number} detail How much of the surroundings' texture, and of edges that go
 *   on in it, the fill gets, 0 to 1.
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
 * @property {number} [largest] Side of the largest window that is worked on as it is.
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
  const { sizes, openNetwork, readPixels, report, largest = LARGEST } = surroundings;
  const { grow, feather, detail } = options;
  const grown = grow ? growHole(drawn, grow, photo) : drawn;
  if (grown.data.length === photo.width * photo.height && grown.data.every(Boolean)) {
    throw new EraseError('everything_marked');
  }
  const { reach, hole, tasks } = plan(grown, photo, Math.min(...sizes));
  const completed = await readPixels(reach);
  const known = cutHole(hole, whole(completed)).map((pixel) => 1 - pixel);
  /** @param {Task} task What it takes, as it is worked on. */
  const workOf = ({ window }) => Math.min(window.side, largest) ** 2;
  const all = tasks.reduce((sum, task) => sum + workOf(task), 0);
  const softly = feather ?? grow;
  /** @type {{region: Region, picture: Picture}[]} */
  const before = [];
  let done = 0;
  const waiting = [...tasks];
  while (waiting.length) {
    // Of a hole that is longer than a narrow photo is wide, pieces in the middle may
    // see hole alone: they wait until those beside them are filled, and known.
    const seeing = waiting.findIndex(({ window }) => {
      return showsKnown(window, completed, known);
    });
    const [task] = waiting.splice(Math.max(seeing, 0), 1);
    const { region, window } = task;
    const work = workOf(task);
    /** @param {number} share Of the window's work. */
    const reportShare = (share) => report((done + share * work) / all);
    await reportShare(0);
    const view = look(window, completed, known, region, hole, largest);
    const network = await openNetwork(chooseSize(view.window.side, sizes));
    const fill = await fillView(network, view, detail, reportShare);
    if (softly) before.push({ region, picture: cutPicture(completed, region.box) });
    paste(fill, window, completed, known, region, hole);
    done += work;
  }
  // At last, for regions are to see fills, not what shines through.
  before.forEach(({ region, picture }) => {
    goOver(completed, hole, region, picture, softly);
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
 * The network's fill, its seam taken out, with texture.
 * @param {Network} network
 * @param {View} view
 * @param {number} detail
 * @param {(share: number) => Promise<void>} report
 * @returns {Promise<Fill>}
 */
async function fillView(network, view, detail, report) {
  const { known, own } = view;
  const picture = { ...view.picture, data: view.picture.data.slice() };
  const unknown = known.map((pixel) => 1 - pixel);
  await fillPicture(network, view, picture, unknown);
  matchRim(picture, unknown);
  const painted = detail ? await addDetail(picture, view, detail, report) : null;
  sharpen(picture, own, painted?.share);
  continueRim(picture, known);
  return { view, picture, painted };
}

/**
 * Gives a fill the edges that go on in it, and texture.
 * @param {Picture} picture Filled; it is changed.
 * @param {View} view
 * @param {number} detail
 * @param {(share: number) => Promise<void>} report
 */
async function addDetail(picture, { known, own }, detail, report) {
  const weight = detail * weighTexture(known);
  const drawn = weight ? continueEdges(picture, own, known) : null;
  if (!drawn) return addTexture(picture, own, known, detail, report);
  const fill = picture.data.slice();
  picture.data.set(drawn.picture.data);
  const over = Uint8Array.from(drawn.share, (share) => (share > 0 ? 1 : 0));
  const painted = await addTexture(picture, own, known, detail, report, over);
  layEdges(drawn, fill, picture, own, weight);
  return painted;
}

/**
 * Pastes a fill into the region's pixels, which are known from then on.
 * @param {Fill} fill
 * @param {Square} window
 * @param {Picture} completed It is changed.
 * @param {Uint8Array} known Likewise.
 * @param {Region} region
 * @param {Hole} hole
 */
function paste(fill, window, completed, known, region, hole) {
  const read = openFill(fill, window, completed, known);
  for (const tile of cutTiles(region.box)) {
    const pixels = read(tile);
    forOwn(region, hole, tile, completed, (from, to) => {
      completed.data.set(pixels.subarray(4 * from, 4 * from + 3), 4 * to);
    });
  }
  // After all of it, for what is copied is the photo's.
  for (const tile of cutTiles(region.box)) {
    forOwn(region, hole, tile, completed, (_, to) => (known[to] = 1));
  }
}

/**
 * Goes through a region's pixels in a part of the photo.
 * @param {Region} region
 * @param {Hole} hole
 * @param {Box} part
 * @param {{width: number}} photo
 * @param {(inPart: number, inPhoto: number) => void} visit Takes each pixel's place.
 */
function forOwn(region, hole, part, photo, visit) {
  markRegion(region, hole, part).forEach((own, pixel) => {
    if (!own) return;
    const row = part.top + Math.floor(pixel / part.width);
    visit(pixel, row * photo.width + part.left + (pixel % part.width));
  });
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
  for (const tile of cutTiles(region.box)) {
    const around = widenBox(tile, Math.ceil(feather) + 2, completed);
    const near = cutHole(hole, around);
    const weights = featherWeights(near, around.width, around.height, feather);
    forOwn(region, hole, tile, completed, (_, pixel) => {
      const row = Math.floor(pixel / completed.width);
      const column = pixel % completed.width;
      const weight = weights[(row - around.top) * around.width + column - around.left];
      const { left, top } = region.box;
      const from = 4 * ((row - top) * before.width + column - left);
      for (let channel = 0; channel < 3; channel++) {
        const photo = before.data[from + channel];
        const fill = completed.data[4 * pixel + channel];
        completed.data[4 * pixel + channel] = photo + weight * (fill - photo);
      }
    });
  }
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
