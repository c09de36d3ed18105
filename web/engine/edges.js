/**
 * Straight edges that run into a hole on one side and out of it on another: as
 * `ce_tf/erasing/edges.py`, which tells why.
 */

import { findGaps } from './edge_ends.js';
import {
  ACROSS,
  HALF,
  NOISE,
  compareFill,
  isClear,
  makeProbe,
} from './edge_profiles.js';

/** @typedef {import('./photo.js').Picture} Picture */

/** Places along an edge where it is read on either side: for a first choice, and then. */
const FEW = 4;
const STEPS = 10;
/** How likely an edge is, at least, to be drawn. */
const LIKELY = 4000;
/** Most that the fill may differ from what would be drawn, over the variance across. */
const UNLIKE = 1.6;
/** Least that a rating is divided by: of what strays, and of what is unlike. */
const STRAY = 0.005;
const ALIKE = 0.02;
/** Pixels between two edges' ends. */
const APART = 5;
/** Edges of a hole. */
const MOST = 24;

/** @typedef {import('./edge_ends.js').Point} Point */

/**
 * A gap that an edge goes on across.
 * @typedef {object} Edge
 * @property {Point} start The hole's first pixel.
 * @property {Point} end Its last.
 * @property {Float64Array} before [11, 3], the colours across it before the hole, a pixel
 *   apart: the edge itself is in the middle, to two pixels.
 * @property {Float64Array} behind [11, 3], those behind it.
 */

/**
 * Edges that go on across a hole, the likeliest first: at most 24, of which no two begin
 * or end within 5 pixels of each other, or run where the other's colours are read.
 * @param {Picture} picture The hole filled: an edge is not drawn where the fill shows
 *   something else.
 * @param {Uint8Array} hole [height, width]
 * @param {Uint8Array} known [height, width], what may be read.
 * @returns {Edge[]}
 */
export function findEdges(picture, hole, known) {
  const { width, height, data } = picture;
  const grey = makeGrey(picture);
  const first = { data: grey, stride: 1, channels: 1, width, height, known };
  const then = { data, stride: 4, channels: 3, width, height, known };
  const [few, all] = [makeProbe(first, FEW), makeProbe(then, STEPS)];
  const found = [];
  for (const { start, end, straight } of findGaps(grey, hole, known, width, height)) {
    if (!isClear(few, start, end) || !isClear(all, start, end)) continue;
    const { across, along, before, behind } = all;
    const edge = { start, end, before: before.slice(), behind: behind.slice() };
    const unlike = compareFill(then, edge) / across;
    if (unlike > UNLIKE) continue;
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const stray = Math.max(1 - straight, STRAY) * Math.sqrt(Math.max(unlike, ALIKE));
    const aside = findMiddle(all.mean);
    const likely = ((across / (along + NOISE)) ** 2 * length) / stray / (1 + aside ** 2);
    if (likely >= LIKELY) found.push({ ...edge, likely });
  }
  found.sort((one, other) => other.likely - one.likely);
  /** @type {Edge[]} */
  const edges = [];
  for (const edge of found) {
    if (edges.length === MOST) break;
    if (!edges.some((other) => areNear(edge, other))) edges.push(edge);
  }
  return edges;
}

/**
 * @param {Picture} picture
 * @returns {Uint8ClampedArray} Its grey levels, as OpenCV rounds them.
 */
function makeGrey({ data, width, height }) {
  const grey = new Uint8ClampedArray(width * height);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 4) {
    const sum = 4899 * data[at] + 9617 * data[at + 1] + 1868 * data[at + 2];
    grey[pixel] = (sum + 8192) >> 14;
  }
  return grey;
}

/**
 * Whether an edge begins, ends or runs beside another.
 * @param {Edge} edge
 * @param {Edge} other
 */
function areNear(edge, other) {
  const ends = [edge.start, edge.end];
  const { start, end } = other;
  const close = ends.some((a) => {
    return [start, end].some((b) => Math.hypot(a.x - b.x, a.y - b.y) < APART);
  });
  if (close) return true;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const [along, down] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const done = ends.map(({ x, y }) => (x - start.x) * along + (y - start.y) * down);
  const aside = ends.map(({ x, y }) => (y - start.y) * along - (x - start.x) * down);
  const beside = Math.max(...aside.map(Math.abs)) <= HALF;
  return beside && Math.max(...done) > 0 && Math.min(...done) < length;
}

/**
 * @param {Float64Array} profile [11, 3]
 * @returns {number} How far from its middle a profile changes most, pixels.
 */
function findMiddle(profile) {
  let [sum, total] = [0, 0];
  for (let place = 0; place + 1 < ACROSS; place++) {
    let slope = 0;
    for (let at = 3 * place; at < 3 * place + 3; at++) {
      slope += (profile[at + 3] - profile[at]) ** 2;
    }
    sum += slope * (place + 0.5 - HALF);
    total += slope;
  }
  return sum / Math.max(total, NOISE);
}
