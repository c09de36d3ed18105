/** The pixels of one edge that goes on across a hole: as `ce_tf/erasing/edge_lines.py`. */

import { HALF, findReach } from './edge_profiles.js';
import { clamp, shareCubic } from './resampling.js';

/** @typedef {import('./edge_ends.js').Point} Point */
/** @typedef {import('./edges.js').Edge} Edge */
/** @typedef {import('./photo.js').Picture} Picture */

/** Pixels beside an edge's middle that are drawn wholly; from there on less and less. */
const WHOLE = 2;
/** How much of the grain it gets. */
const GRAIN = 0.7;

/**
 * What is known on one side of an edge.
 * @typedef {object} Side
 * @property {Picture} picture
 * @property {Uint8Array} known [height, width]
 * @property {Point} end The edge's, on this side.
 * @property {number} along Its direction into the hole.
 * @property {number} down
 * @property {Float64Array} profile [11, 3], the colours across.
 * @property {number} turn 1 or -1: seen from the other end left is right.
 * @property {number} reach Pixels, how far back is read.
 */

/**
 * Adds an edge's weights, and its colours times them. The colours go over, linearly, from
 * those before the hole to those behind it. To them comes the grain of both sides,
 * mirrored into the hole: what a pixel there differs by from the colours across.
 * @param {Edge} edge
 * @param {Picture} picture
 * @param {Uint8Array} hole [height, width]; nothing is drawn beside it.
 * @param {Uint8Array} known [height, width], where grain may come from.
 * @param {Float32Array} weights [height, width]
 * @param {Float32Array} total [height, width, 3]
 */
export function addLine(edge, picture, hole, known, weights, total) {
  const { start, end, before, behind } = edge;
  const { width, height } = picture;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const [along, down] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const [first, last] = [
    { end: start, along, down, profile: before, turn: 1 },
    { end, along: -along, down: -down, profile: behind, turn: -1 },
  ].map((side) => {
    const reach = findReach(side.end, side.along, side.down, length, picture);
    return { ...side, picture, known, reach };
  });
  const left = Math.max(0, Math.min(start.x, end.x) - HALF - 1);
  const right = Math.min(width, Math.max(start.x, end.x) + HALF + 2);
  const bottom = Math.min(height, Math.max(start.y, end.y) + HALF + 2);
  const [one, other] = [new Float64Array(3), new Float64Array(3)];
  for (let y = Math.max(0, Math.min(start.y, end.y) - HALF - 1); y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const pixel = y * width + x;
      const way = (x - start.x) * along + (y - start.y) * down; // pixels from the start
      const aside = (y - start.y) * along - (x - start.x) * down;
      const inside = hole[pixel] && way > -2 && way < length + 2;
      if (!inside || Math.abs(aside) > HALF) continue;
      const weight = (HALF + 0.5 - Math.abs(aside)) / (HALF - WHOLE + 0.5);
      const share = Math.min(weight, 1);
      const done = Math.min(Math.max(way, 0), length);
      const part = done / length;
      // Of two grains the mean would be less grainy.
      const grain = GRAIN / Math.hypot(part, 1 - part);
      readGrain(first, done, aside, one);
      readGrain(last, length - done, aside, other);
      weights[pixel] += share;
      for (let channel = 0; channel < 3; channel++) {
        const color =
          (1 - part) * (read(before, aside, channel) + grain * one[channel]) +
          part * (read(behind, aside, channel) + grain * other[channel]);
        total[3 * pixel + channel] += share * color;
      }
    }
  }
}

/**
 * What a known pixel before the hole differs by from an edge's colours.
 * @param {Side} side
 * @param {number} done Pixels into the hole: as far back is read; from the reach on forth
 *   again, and back.
 * @param {number} aside Pixels beside the edge, seen from its start.
 * @param {Float64Array} grain Takes it; 0 where nothing is known.
 */
function readGrain(side, done, aside, grain) {
  const { picture, known, end, along, down, profile, turn, reach } = side;
  const { width, height, data } = picture;
  const back = 1 + Math.abs(((done + reach) % (2 * reach)) - reach);
  const column = Math.round(end.x - along * back - down * turn * aside);
  const row = Math.round(end.y - down * back + along * turn * aside);
  const pixel = row * width + column;
  const inside = column >= 0 && column < width && row >= 0 && row < height;
  if (!inside || !known[pixel]) {
    grain.fill(0);
    return;
  }
  const own = turn * ((row - end.y) * along - (column - end.x) * down);
  const place = Math.min(Math.max(own, -HALF), HALF);
  for (let channel = 0; channel < 3; channel++) {
    grain[channel] = data[4 * pixel + channel] - read(profile, place, channel);
  }
}

/**
 * A profile between its places, by Catmull and Rom.
 * @param {Float64Array} profile [11, 3]
 * @param {number} aside
 * @param {number} channel
 */
function read(profile, aside, channel) {
  const first = Math.min(Math.floor(aside + HALF), 2 * HALF - 1);
  const part = aside + HALF - first;
  return shareCubic(part, -0.5).reduce((sum, share, step) => {
    return sum + share * profile[3 * clamp(first - 1 + step, 2 * HALF + 1) + channel];
  }, 0);
}
