/**
 * Texture at full resolution for a fill that comes from the network's small grid.
 *
 * The fill says what is where; the photo itself has the texture. On a small grid
 * patches of the fill are matched with all known ones, by colours and `slopes`; then,
 * scale by scale, the hole is painted with the patches found, and their offsets are
 * mended by what lies beside them: as `ce_tf/erasing/texture/synthesis.py`, which tells
 * where it comes from.
 */

import { matchRim, widenBox } from '../blending.js';
import { boundMask, cutMask, cutPicture, dropAlpha, pastePicture } from '../photo.js';
import { makeCubicWeights, resample } from '../resampling.js';
import { makeLevels, widenHole } from './levels.js';
import { shareTexture, weighBrought } from './mixing.js';
import { findOffsets } from './nearest_patches.js';
import { RADIUS } from './padding.js';
import { splitHole } from './parts.js';
import { PaintedLevel } from './patch_voting.js';
import { propagateOffsets } from './propagation.js';
import { findWay } from './slopes.js';

/** @typedef {import('../decisions.js').Box} Box */
/** @typedef {import('../photo.js').Picture} Picture */
/** @typedef {import('./levels.js').Level} Level */
/** @typedef {import('./patch_voting.js').Cells} Cells */

/**
 * The hole's longer side on the coarsest grid, at most: fine enough to keep what the
 * fill shows, coarse enough that a patch reaches across what the fill leaves blurred.
 */
const GRID = 80;
/** Sweeps over halves of the chessboard, after matching. */
const COARSE_SWEEPS = 4;
/** Sweeps of each mending. */
const SWEEPS = 2;
/**
 * Patches of a scale above which it is only painted, so that time stays in bounds:
 * those of a hole of 600 x 600 pixels.
 */
const MOST = 100_000;
/**
 * How far the seam's shift reaches inward, over the hole's longer side: the texture has
 * true colours already, and a shift that reaches far lays a haze over it.
 */
const REACH = 0.05;
/**
 * Known share of the window up to which the network's fill is kept, and from which the
 * texture has its whole weight: a hole that leaves less shows too little to copy from.
 */
const NONE_KNOWN = 0.65;
const ENOUGH_KNOWN = 0.75;
/**
 * Texture comes from this near, at least; else from as near as the hole is long. For a
 * speck the rest of the window is 20 times the work, and no better.
 */
const NEAR = 32;

/**
 * Where the texture of each pixel of a window was copied from, and how much of it.
 * @typedef {object} Painted
 * @property {Int32Array} down [height, width], rows from each of the hole to its piece.
 * @property {Int32Array} along [height, width], columns.
 * @property {Float32Array} share [height, width], how much of its finest texture a pixel
 *   got; 0 where nothing is copied.
 */

/**
 * Gives the hole the texture of similar known places.
 * @param {Picture} picture A window with its hole filled, softly; it is changed, in the
 *   hole alone, and not at all where too little is known to copy from.
 * @param {Uint8Array} hole [height, width], where texture is wanted.
 * @param {Uint8Array} known [height, width], where it may come from.
 * @param {number} amount 0 to 1, how much of it.
 * @param {(fraction: number) => Promise<void>} report
 * @param {Uint8Array} drawn [height, width], what of the fill will be laid over it.
 * @returns {Promise<Painted | null>} Null where it is not changed at all.
 */
export async function addTexture(
  picture,
  hole,
  known,
  amount,
  report,
  drawn = new Uint8Array(hole.length),
) {
  const weight = amount * weighTexture(known);
  if (!weight) return null;
  const painted = {
    down: new Int32Array(hole.length),
    along: new Int32Array(hole.length),
    share: new Float32Array(hole.length),
  };
  const parts = splitHole(hole, picture);
  for (const [index, part] of parts.entries()) {
    const box = /** @type {Box} */ (boundMask(part, picture.width));
    const near = widenBox(box, Math.max(NEAR, box.width, box.height), picture);
    const around = cutPicture(picture, near);
    const [own, usable, over] = [part, known, drawn].map((mask) => {
      return cutMask(mask, picture.width, near);
    });
    const copied = await addNear(around, own, usable, over, weight, (done) => {
      return report((index + done) / parts.length);
    });
    pastePicture(around, picture, near);
    if (copied) note(copied, own, near, painted, picture.width);
  }
  return painted;
}

/**
 * Notes what was copied near a hole in what is noted of a window.
 * @param {Copied} copied
 * @param {Uint8Array} hole
 * @param {Box} near Where it lies in the window.
 * @param {Painted} painted Of the window.
 * @param {number} width Of the window.
 */
function note({ cells, stride, box, share }, hole, near, painted, width) {
  for (let pixel = 0; pixel < hole.length; pixel++) {
    if (!hole[pixel]) continue;
    const row = Math.floor(pixel / near.width);
    const column = pixel % near.width;
    const cell = Math.floor(row / stride) * cells.width + Math.floor(column / stride);
    const to = (near.top + row) * width + near.left + column;
    painted.down[to] = cells.down[cell];
    painted.along[to] = cells.along[cell];
    painted.share[to] = share[(row - box.top) * box.width + column - box.left];
  }
}

/**
 * What a hole was painted with: patches whose middles stand `stride` pixels apart; and
 * how much of the finest each pixel of its box got.
 * @typedef {{cells: Cells, stride: number, box: Box, share: Float32Array}} Copied
 */

/**
 * `addTexture` in the part of a window that lies near the hole.
 * @param {Picture} picture
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @param {Uint8Array} drawn
 * @param {number} weight 0 to 1.
 * @param {(fraction: number) => Promise<void>} report
 * @returns {Promise<Copied | null>} Null where there is nothing to copy from.
 */
async function addNear(picture, hole, known, drawn, weight, report) {
  const { width } = picture;
  const inner = /** @type {Box} */ (boundMask(hole, width));
  const found = await paintHole(picture, hole, known, inner, report);
  if (!found) return null;
  const { scale, cells } = found;
  // The hole and its rim.
  const place = widenBox(inner, 1, picture);
  const painted = cutPicture(picture, place);
  const marked = cutMask(hole, width, place);
  readPainted(scale, painted, marked, place);
  const reach = Math.max(1, REACH * Math.max(inner.width, inner.height));
  matchRim(painted, marked, reach);
  const { left, top } = inner;
  const box = { ...inner, left: left - place.left, top: top - place.top };
  const texture = dropAlpha(cutPicture(painted, box));
  const fill = cutPicture(picture, inner);
  const own = cutMask(hole, width, inner);
  const soft = Float32Array.from(dropAlpha(fill));
  const brought = soft.map((value, at) => {
    return own[Math.floor(at / 3)] * (texture[at] - value);
  });
  const over = cutMask(drawn, width, inner);
  const shares = shareTexture(soft, brought, own, over, inner.width);
  weighBrought(soft, brought, own, inner.width, shares).forEach((added, at) => {
    const pixel = Math.floor(at / 3);
    if (own[pixel]) fill.data[4 * pixel + (at % 3)] += weight * added;
  });
  pastePicture(fill, picture, inner);
  const got = shares.fine.map((one) => weight * one);
  return { cells, stride: scale.stride, box: inner, share: got };
}

/**
 * How much texture a hole gets by the known share of its window: 0 to 1.
 * @param {Uint8Array} known
 * @returns {number}
 */
export function weighTexture(known) {
  const share = known.reduce((sum, pixel) => sum + pixel, 0) / known.length;
  const enough = (share - NONE_KNOWN) / (ENOUGH_KNOWN - NONE_KNOWN);
  return Math.max(0, Math.min(1, enough));
}

/**
 * The hole painted from coarse to fine, its rim not yet matched.
 * @param {Picture} picture
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @param {Box} box Of the hole.
 * @param {(fraction: number) => Promise<void>} report
 * @returns {Promise<{scale: PaintedLevel, cells: Cells} | null>} The finest scale and its
 *   patches; null where there is nothing to copy from.
 */
async function paintHole(picture, hole, known, box, report) {
  const longer = Math.max(box.width, box.height);
  const halvings = Math.max(0, Math.ceil(Math.log2(longer / GRID)));
  const { levels, slopes } = makeLevels(picture, hole, known, halvings);
  const coarse = levels[halvings];
  const marked = widenHole(coarse);
  const way = findWay(slopes, coarse.width, coarse.height);
  const found = findOffsets(coarse, way, marked);
  if (!found) return null;
  /** @type {Cells} */
  let cells = { width: coarse.width, height: coarse.height, marked, ...found };
  let scale = new PaintedLevel(coarse, { ...coarse, left: 0, top: 0 }, 1);
  propagateOffsets(scale, cells, COARSE_SWEEPS);
  scale.paint(cells);
  // Each scale has four times the work of the one before.
  await report(0.4 * 4 ** -halvings);
  // Cheap here; finer, a second one brings nothing to be measured.
  for (let time = 0; time < 2; time++) mend(scale, cells);
  await report(4 ** -halvings);
  // From here on a cell is 2 x 2 pixels, a pixel of the level before.
  for (let step = halvings - 1; step >= 0; step--) {
    const level = levels[step + 1];
    if (level !== coarse) cells = splitCells(cells, level); // whose cells were pixels
    for (const offsets of [cells.down, cells.along]) {
      for (let cell = 0; cell < offsets.length; cell++) offsets[cell] *= 2;
    }
    scale = new PaintedLevel(levels[step], enlarge(scale), 2);
    scale.paint(cells);
    await report(0.5 * 4 ** -step);
    mend(scale, cells);
    await report(4 ** -step);
  }
  return { scale, cells };
}

/**
 * Offsets propagated, and the scale painted with them.
 * @param {PaintedLevel} scale
 * @param {Cells} cells
 */
function mend(scale, cells) {
  if (cells.marked.reduce((sum, cell) => sum + cell, 0) > MOST) return;
  propagateOffsets(scale, cells, SWEEPS);
  scale.paint(cells);
}

/**
 * Four cells for each, at the level whose pixels they then are.
 * @param {Cells} cells
 * @param {Level} level
 * @returns {Cells}
 */
function splitCells(cells, level) {
  const { width, height } = level;
  const down = new Int32Array(width * height);
  const along = new Int32Array(width * height);
  for (let row = 0, cell = 0; row < height; row++) {
    for (let column = 0; column < width; column++, cell++) {
      const from = (row >> 1) * cells.width + (column >> 1);
      down[cell] = cells.down[from];
      along[cell] = cells.along[from];
    }
  }
  return { width, height, marked: widenHole(level), down, along };
}

/**
 * What was painted in the hole, twice as large.
 * @param {PaintedLevel} scale
 * @returns {Picture & Box} The hole's part of the larger picture.
 */
function enlarge({ painted, width, height, wide, hole }) {
  const box = /** @type {Box} */ (boundMask(hole, width));
  // Without the border, whose mirrored pixels are not what lies beyond the picture.
  const inner = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 4 * ((row + RADIUS) * wide + RADIUS);
    inner.set(painted.subarray(from, from + 4 * width), 4 * row * width);
  }
  const part = {
    left: 2 * box.left,
    top: 2 * box.top,
    width: 2 * box.width,
    height: 2 * box.height,
  };
  const down = makeCubicWeights(height, 2 * height);
  const along = makeCubicWeights(width, 2 * width);
  const scaled = resample(inner, width, 4, down, along, part);
  return { ...part, data: new Uint8ClampedArray(scaled) };
}

/**
 * Reads a part of what was painted.
 * @param {PaintedLevel} scale
 * @param {Picture} picture Of the part; its hole is written.
 * @param {Uint8Array} hole Of the part.
 * @param {Box} part
 */
function readPainted({ painted, wide }, picture, hole, part) {
  for (let pixel = 0; pixel < hole.length; pixel++) {
    if (!hole[pixel]) continue;
    const row = part.top + Math.floor(pixel / part.width) + RADIUS;
    const from = 4 * (row * wide + part.left + (pixel % part.width) + RADIUS);
    picture.data.set(painted.subarray(from, from + 3), 4 * pixel);
  }
}
