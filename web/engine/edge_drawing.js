/** Draws edges that go on across a hole: as `ce_tf/erasing/edge_drawing.py`. */

import { matchRim, widenBox } from './blending.js';
import { addLine } from './edge_lines.js';
import { findEdges } from './edges.js';
import { boundMask, cutMask, cutPicture, pastePicture } from './photo.js';
import { makeAreaWeights, makeLinearWeights, resample } from './resampling.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */

/**
 * A fill that edges go on in.
 * @typedef {object} Drawn
 * @property {Picture} picture
 * @property {Float32Array} share [height, width], 0 to 1: how much of a pixel an edge is.
 * @property {Float32Array} lines [height, width, 3], the edges' colours times that.
 */

/** The hole's longer side, at most, where edges are found and drawn. */
const LONGEST = 400;
/** What lies further from the hole is not looked at. */
const AROUND = 40;
/** How much of an edge is what was drawn, at its middle; the rest is copied texture. */
const SHARE = 0.85;
/** How far, in pixels, the fill beside an edge takes part in what is drawn. */
const REACH = 12;
/** Share of a small pixel that may be unknown where it counts as known. */
const ROUNDING = 1e-4;

/**
 * Straight edges that meet the hole on two sides go on across it.
 * @param {Picture} picture The hole filled.
 * @param {Uint8Array} hole [height, width], not empty.
 * @param {Uint8Array} known [height, width], where edges are looked for.
 * @returns {Drawn | null} Another picture, which differs in the hole alone; null where
 *   there are none.
 */
export function continueEdges(picture, hole, known) {
  const box = /** @type {Box} */ (boundMask(hole, picture.width));
  const place = widenBox(box, AROUND, picture);
  const fill = cutPicture(picture, place);
  const [inner, sure] = [hole, known].map((mask) => {
    return cutMask(mask, picture.width, place);
  });
  const longer = Math.max(box.width, box.height);
  const changed =
    longer <= LONGEST
      ? drawEdges(fill, inner, sure)
      : drawSmall(fill, inner, sure, LONGEST / longer);
  if (!changed) return null;
  const share = new Float32Array(hole.length);
  const lines = new Float32Array(3 * hole.length);
  const { data } = changed.picture;
  for (let pixel = 0; pixel < inner.length; pixel++) {
    if (!inner[pixel]) continue;
    fill.data.set(data.subarray(4 * pixel, 4 * pixel + 3), 4 * pixel);
    const row = place.top + Math.floor(pixel / place.width);
    const to = row * picture.width + place.left + (pixel % place.width);
    share[to] = changed.share[pixel];
    lines.set(changed.lines.subarray(3 * pixel, 3 * pixel + 3), 3 * to);
  }
  const completed = { ...picture, data: picture.data.slice() };
  pastePicture(fill, completed, place);
  return { picture: completed, share, lines };
}

/**
 * Edges over the texture that followed them. What is copied has edges too, a pixel or two
 * aside: where one is drawn it is left out for the most part.
 * @param {Drawn} drawn What texture was sought for, with all of the edges.
 * @param {Uint8ClampedArray} fill RGBA, before they were drawn.
 * @param {Picture} picture With texture; it is changed in the hole.
 * @param {Uint8Array} hole [height, width]
 * @param {number} weight 0 to 1, how much of edges and texture is taken.
 */
export function layEdges(drawn, fill, picture, hole, weight) {
  const less = 1 - weight;
  hole.forEach((inside, pixel) => {
    if (!inside) return;
    const share = SHARE * drawn.share[pixel];
    for (let channel = 0; channel < 3; channel++) {
      const at = 4 * pixel + channel;
      const copied = picture.data[at] - less * drawn.picture.data[at];
      const line = weight * SHARE * drawn.lines[3 * pixel + channel];
      picture.data[at] = copied * (1 - share) + line + less * fill[at];
    }
  });
}

/**
 * The same, drawn in a smaller picture, the difference enlarged.
 * @param {Picture} fill
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @param {number} scale Below 1.
 * @returns {Drawn | null}
 */
function drawSmall(fill, hole, known, scale) {
  const [width, height] = [fill.width, fill.height].map((length) => {
    return Math.max(1, Math.round(length * scale));
  });
  const whole = { left: 0, top: 0, width, height };
  const [down, along] = [
    makeAreaWeights(fill.height, height),
    makeAreaWeights(fill.width, width),
  ];
  const area = fill.width * fill.height;
  /** @param {ArrayLike<number>} values @param {number} channels */
  const shrink = (values, channels) => {
    const sums = resample(values, fill.width, channels, down, along, whole);
    return sums.map((sum) => sum / area);
  };
  const small = { data: new Uint8ClampedArray(shrink(fill.data, 4)), width, height };
  const part = Uint8Array.from(shrink(hole, 1), (share) => Number(share > 0));
  const sure = Uint8Array.from(shrink(known, 1), (share) => Number(share > 1 - ROUNDING));
  const drawn = drawEdges(small, part, sure);
  if (!drawn) return null;
  const change = Float32Array.from(drawn.picture.data, (value, at) => {
    return value - small.data[at];
  });
  const large = { left: 0, top: 0, width: fill.width, height: fill.height };
  const [rows, columns] = [
    makeLinearWeights(height, fill.height),
    makeLinearWeights(width, fill.width),
  ];
  const enlarged = resample(change, width, 4, rows, columns, large);
  const data = fill.data.map((value, at) => {
    return Math.min(Math.max(Math.round(value + enlarged[at]), 0), 255);
  });
  const [share, lines] = [drawn.share, drawn.lines].map((values, three) => {
    const channels = three ? 3 : 1;
    return Float32Array.from(resample(values, width, channels, rows, columns, large));
  });
  return { picture: { ...fill, data }, share, lines };
}

/**
 * The picture with the edges that were found; null where there are none.
 * @param {Picture} picture
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @returns {Drawn | null}
 */
function drawEdges(picture, hole, known) {
  const edges = findEdges(picture, hole, known);
  if (!edges.length) return null;
  const weights = new Float32Array(hole.length);
  const total = new Float32Array(3 * hole.length);
  for (const edge of edges) addLine(edge, picture, hole, known, weights, total);
  const drawn = { ...picture, data: picture.data.slice() };
  const free = hole.slice();
  const share = weights.map((weight) => Math.min(weight, 1));
  const lines = total.map((color, at) => color / Math.max(weights[Math.floor(at / 3)], 1));
  share.forEach((part, pixel) => {
    if (!part) return;
    free[pixel] = 0;
    for (let channel = 0; channel < 3; channel++) {
      const at = 4 * pixel + channel;
      drawn.data[at] = picture.data[at] * (1 - part) + lines[3 * pixel + channel];
    }
  });
  matchRim(drawn, free, REACH);
  return { picture: drawn, share, lines };
}
