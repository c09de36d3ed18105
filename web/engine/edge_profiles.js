/**
 * What lies on the lines of gaps, before a hole and behind it: as
 * `ce_tf/erasing/edge_profiles.py`.
 */

import { clamp, shareCubic, shareLinear } from './resampling.js';

/** Pixels on either side of a line that belong to its profile. */
export const HALF = 5;
export const ACROSS = 2 * HALF + 1;
/**
 * A line is read as far as half of the gap is long, between these, and no further than the
 * picture, where that leaves so many pixels.
 */
const NEAR = 10;
const FAR = 28;
const LEFT = 6;
/** Least share of what is read that is known. */
const SEEN = 0.75;
/** Least variance across an edge, mean of channels, in squared levels. */
const FAINTEST = 12;
/**
 * What it is at least over that along it, of which a part counts, and what differs on
 * both sides; and what is added to that.
 */
const CLEAR = 0.7;
const PART = 0.3;
export const NOISE = 1;

/** @typedef {import('./edge_ends.js').Point} Point */

/**
 * Colours in rows of pixels, some of which are not read.
 * @typedef {{data: Uint8ClampedArray, stride: number, channels: number, width: number,
 *   height: number, known: Uint8Array}} Layer
 */

/**
 * Reads a layer along gaps, thousands of them: so what is read has its place already.
 * @typedef {object} Probe
 * @property {Layer} layer
 * @property {number} steps Places that are read on either side.
 * @property {Float64Array} colors [11, steps, channels], of one side.
 * @property {Uint8Array} seen [11, steps], which of them are known.
 * @property {Float64Array} before [11, channels], the mean colours across on one side.
 * @property {Float64Array} behind [11, channels], on the other.
 * @property {Float64Array} mean [11, channels], of both.
 * @property {number} across The variance of that, squared levels.
 * @property {number} along That along the lines.
 */

/**
 * @param {Layer} layer
 * @param {number} steps
 * @returns {Probe}
 */
export function makeProbe(layer, steps) {
  const [before, behind, mean] = Array.from({ length: 3 }, () => {
    return new Float64Array(ACROSS * layer.channels);
  });
  const colors = new Float64Array(ACROSS * steps * layer.channels);
  const seen = new Uint8Array(ACROSS * steps);
  return { layer, steps, colors, seen, before, behind, mean, across: 0, along: 0 };
}

/**
 * Whether what lies on both sides of a gap looks like an edge, and the same one; the
 * probe then holds it.
 * @param {Probe} probe
 * @param {Point} start
 * @param {Point} end
 */
export function isClear(probe, start, end) {
  const { before, behind, mean, layer } = probe;
  const one = readSide(probe, start, end, 1, before);
  if (one < 0) return false;
  // Seen from the other end left is right.
  const other = readSide(probe, end, start, -1, behind);
  if (other < 0) return false;
  let apart = 0;
  for (let at = 0; at < mean.length; at++) {
    mean[at] = (before[at] + behind[at]) / 2;
    apart += (before[at] - behind[at]) ** 2;
  }
  probe.across = measureVariance(mean, layer.channels);
  probe.along = (one + other) / 2;
  const noise = PART * probe.along + apart / mean.length + NOISE;
  return probe.across >= FAINTEST && probe.across >= CLEAR * noise;
}

/**
 * What lies before a gap, on its line.
 * @param {Probe} probe
 * @param {Point} start
 * @param {Point} end
 * @param {number} side 1 or -1: which way across.
 * @param {Float64Array} mean Takes the mean colours across.
 * @returns {number} How much they vary along the line, squared levels; -1 where too
 *   little is known.
 */
function readSide({ layer, steps, colors, seen }, start, end, side, mean) {
  const { channels, width, height, known } = layer;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const along = (end.x - start.x) / length;
  const down = (end.y - start.y) / length;
  const reach = findReach(start, along, down, length, layer);
  let total = 0;
  for (let place = 0; place < ACROSS; place++) {
    const aside = side * (place - HALF);
    let count = 0;
    for (let step = 0; step < steps; step++) {
      const back = 1 + (step / (steps - 1)) * reach;
      const column = Math.round(start.x - along * back - down * aside);
      const row = Math.round(start.y - down * back + along * aside);
      const inside = column >= 0 && column < width && row >= 0 && row < height;
      const one = inside ? known[row * width + column] : 0;
      seen[place * steps + step] = one;
      count += one;
    }
    if (count < steps / 2) return -1;
    total += count;
  }
  if (total <= SEEN * ACROSS * steps) return -1;
  let spread = 0;
  mean.fill(0);
  for (let place = 0; place < ACROSS; place++) {
    const aside = side * (place - HALF);
    let count = 0;
    for (let step = 0; step < steps; step++) {
      const at = place * steps + step;
      if (!seen[at]) continue;
      count++;
      const back = 1 + (step / (steps - 1)) * reach;
      const x = start.x - along * back - down * aside;
      const y = start.y - down * back + along * aside;
      readColors(layer, x, y, colors, at * channels);
      for (let channel = 0; channel < channels; channel++) {
        mean[place * channels + channel] += colors[at * channels + channel];
      }
    }
    for (let channel = 0; channel < channels; channel++) {
      const own = (mean[place * channels + channel] /= count);
      for (let step = 0; step < steps; step++) {
        const at = place * steps + step;
        if (seen[at]) spread += (colors[at * channels + channel] - own) ** 2;
      }
    }
  }
  return spread / (total * channels);
}

/**
 * How far before a hole is read, pixels.
 * @param {Point} start Where the gap begins.
 * @param {number} along Its direction.
 * @param {number} down
 * @param {number} length
 * @param {{width: number, height: number}} picture
 */
export function findReach(start, along, down, length, { width, height }) {
  const right = (along > 0 ? start.x : width - 1 - start.x) / Math.abs(along);
  const below = (down > 0 ? start.y : height - 1 - start.y) / Math.abs(down);
  // Pixels to the picture's border.
  const room = Math.min(along ? right : Infinity, down ? below : Infinity) - 1;
  const reach = Math.min(Math.max(length / 2, NEAR), FAR);
  return room >= LEFT ? Math.min(reach, room) : reach;
}

/**
 * Reads a layer between its pixels, as OpenCV 5 does, grey levels rounded. Colours are drawn,
 * and are read by cubics: between pixels the mean of two is soft.
 * @param {Layer} layer
 * @param {number} x
 * @param {number} y
 * @param {Float64Array} to Takes the colours.
 * @param {number} at Where in it.
 */
function readColors({ data, stride, channels, width, height }, x, y, to, at) {
  const share = channels === 1 ? shareLinear : shareCubic;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [across, down] = [share(x - column), share(y - row)];
  const taps = across.length;
  const left = column + 1 - taps / 2;
  const top = row + 1 - taps / 2;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let below = 0; below < taps; below++) {
      const start = stride * width * clamp(top + below, height) + channel;
      let line = 0;
      for (let beside = 0; beside < taps; beside++) {
        line += across[beside] * data[start + stride * clamp(left + beside, width)];
      }
      sum += down[below] * line;
    }
    to[at + channel] = channels === 1 ? Math.round(sum) : sum;
  }
}

/**
 * @param {Float64Array} profile [11, channels]
 * @param {number} channels
 * @returns {number} The mean over channels of the variance across.
 */
function measureVariance(profile, channels) {
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) {
    let mean = 0;
    for (let at = channel; at < profile.length; at += channels) mean += profile[at];
    mean /= ACROSS;
    for (let at = channel; at < profile.length; at += channels) {
      sum += (profile[at] - mean) ** 2;
    }
  }
  return sum / profile.length;
}

/**
 * How much the fill differs from an edge, squared levels.
 * @param {Layer} layer
 * @param {import('./edges.js').Edge} edge
 */
export function compareFill(layer, { start, end, before, behind }) {
  const { channels } = layer;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const [along, down] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const filled = new Float64Array(channels);
  const steps = 12;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const part = (0.1 + (0.8 * step) / (steps - 1)) * length;
    for (let place = 0; place < ACROSS; place++) {
      const aside = place - HALF;
      const x = start.x + along * part - down * aside;
      readColors(layer, x, start.y + down * part + along * aside, filled, 0);
      for (let channel = 0; channel < channels; channel++) {
        const at = place * channels + channel;
        sum += (filled[channel] - (before[at] + behind[at]) / 2) ** 2;
      }
    }
  }
  return sum / (steps * before.length);
}
