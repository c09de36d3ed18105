/**
 * Straight edges that run into a hole on one side and out of it on another: as
 * `ce_tf/erasing/edges.py`, which tells why.
 */

/** @typedef {import('./photo.js').Picture} Picture */

/** Pixels on either side of an edge that belong to its profile. */
export const HALF = 5;
const ACROSS = 2 * HALF + 1;
/**
 * Places along an edge where it is read, before the hole and behind it: for a first
 * choice, and then. They reach as far as half of the gap is long, between these.
 */
const FEW = 4;
const STEPS = 10;
const NEAR = 10;
const FAR = 28;
/** Pixels of a gap. */
const SHORTEST = 10;
/** Of the rim, about, that a first choice is made of. */
const POINTS = 200;
/** Least share of what is read that is known. */
const SEEN = 0.75;
/** Least range of grey levels round a rim's pixel, from which it is looked at. */
const RANGE = 20;
const AROUND = 4;
/** Least variance across an edge, mean of channels, in squared levels. */
const FAINTEST = 12;
/**
 * What it is at least over what varies along it or is not the same on both sides, at
 * first and at last; and what is added to that.
 */
const MAYBE = 1;
const CLEAR = 2.5;
const NOISE = 1;
/** Most that the fill may differ from what would be drawn, over the variance across. */
const UNLIKE = 1.3;
/** Pixels between two edges' ends. */
const APART = 5;
/** Edges of a hole. */
const MOST = 24;

/** @typedef {{x: number, y: number}} Point */

/**
 * A gap that an edge goes on across.
 * @typedef {object} Edge
 * @property {Point} start The hole's first pixel.
 * @property {Point} end Its last.
 * @property {Float64Array} before [11, 3], the colours across it before the hole, a pixel
 *   apart: the edge itself is in the middle.
 * @property {Float64Array} behind [11, 3], those behind it.
 */

/**
 * Colours in rows of pixels, some of which are not read.
 * @typedef {{data: Uint8ClampedArray, stride: number, channels: number, width: number,
 *   height: number, known: Uint8Array}} Layer
 */

/**
 * Edges that go on across a hole, the clearest first: at most 24, which begin and end 5
 * pixels from each other at least.
 * @param {Picture} picture The hole filled: an edge is not drawn where the fill shows
 *   something else.
 * @param {Uint8Array} hole [height, width]
 * @param {Uint8Array} known [height, width], what may be read.
 * @returns {Edge[]}
 */
export function findEdges(picture, hole, known) {
  const { width, height, data } = picture;
  const grey = makeGrey(picture);
  const cells = findRim(grey, hole, known, width, height);
  // First one pixel of each cell with one of each other, of the clearest then more.
  const first = { data: grey, stride: 1, channels: 1, width, height, known };
  const then = { data, stride: 4, channels: 3, width, height, known };
  const few = makeProbe(first, FEW);
  /** @type {Map<number, [Point, Point]>} */
  const gaps = new Map();
  cells.forEach((cell, number) => {
    for (let next = number + 1; next < cells.length; next++) {
      const other = cells[next];
      const across = crossesHole(hole, width, cell[1], other[1]);
      if (!across || measureGap(few, cell[1], other[1]) < MAYBE) continue;
      for (const start of cell) {
        for (const end of other) {
          if (!crossesHole(hole, width, start, end)) continue;
          const [from, to] = [start, end].map(({ x, y }) => y * width + x);
          gaps.set(from * hole.length + to, [start, end]);
        }
      }
    }
  });
  const all = makeProbe(then, STEPS);
  const found = [];
  for (const [start, end] of gaps.values()) {
    const clear = measureGap(all, start, end);
    if (clear < CLEAR) continue;
    const [before, behind] = [all.before.slice(), all.behind.slice()];
    found.push({ start, end, before, behind, clear });
  }
  found.sort((one, other) => other.clear - one.clear);
  /** @type {Edge[]} */
  const edges = [];
  for (const edge of found) {
    if (edges.length === MOST) break;
    if (!edges.some((other) => areNear(edge, other))) edges.push(edge);
  }
  return edges.filter((edge) => fitsFill(then, edge));
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
 * The hole's outermost pixels that have contrast round them.
 * @param {Uint8ClampedArray} grey
 * @param {Uint8Array} hole
 * @param {Uint8Array} known
 * @param {number} width
 * @param {number} height
 * @returns {Point[][]} For each of about 200 cells, or one a pixel, its first, middle and
 *   last pixel.
 */
function findRim(grey, hole, known, width, height) {
  /** @type {Point[]} */
  const rim = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      if (!hole[pixel]) continue;
      const outermost =
        (x > 0 && !hole[pixel - 1]) ||
        (x < width - 1 && !hole[pixel + 1]) ||
        (y > 0 && !hole[pixel - width]) ||
        (y < height - 1 && !hole[pixel + width]);
      if (outermost && measureRange(x, y) >= RANGE) rim.push({ x, y });
    }
  }
  const side = Math.max(1, Math.ceil(rim.length / POINTS));
  /** @type {Map<number, Point[]>} */
  const cells = new Map();
  for (const point of rim) {
    const cell = Math.floor(point.y / side) * width + Math.floor(point.x / side);
    const points = cells.get(cell);
    if (points) points.push(point);
    else cells.set(cell, [point]);
  }
  return [...cells.values()].map((points) => {
    return [0, points.length >> 1, points.length - 1].map((at) => points[at]);
  });

  /** @param {number} x @param {number} y */
  function measureRange(x, y) {
    let [darkest, brightest] = [255, 0];
    const bottom = Math.min(height - 1, y + AROUND);
    const right = Math.min(width - 1, x + AROUND);
    for (let row = Math.max(0, y - AROUND); row <= bottom; row++) {
      for (let column = Math.max(0, x - AROUND); column <= right; column++) {
        const pixel = row * width + column;
        if (!known[pixel]) continue;
        darkest = Math.min(darkest, grey[pixel]);
        brightest = Math.max(brightest, grey[pixel]);
      }
    }
    return brightest - darkest;
  }
}

/**
 * Whether a gap is long enough and has nothing but hole between both ends.
 * @param {Uint8Array} hole
 * @param {number} width
 * @param {Point} start
 * @param {Point} end
 */
function crossesHole(hole, width, start, end) {
  const [along, down] = [end.x - start.x, end.y - start.y];
  if (along ** 2 + down ** 2 < SHORTEST ** 2) return false;
  for (let step = 0; step < 9; step++) {
    const part = 0.08 + (0.84 * step) / 8;
    const row = Math.round(start.y + part * down);
    if (!hole[row * width + Math.round(start.x + part * along)]) return false;
  }
  return true;
}

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
 */

/**
 * @param {Layer} layer
 * @param {number} steps
 * @returns {Probe}
 */
function makeProbe(layer, steps) {
  const [before, behind, mean] = Array.from({ length: 3 }, () => {
    return new Float64Array(ACROSS * layer.channels);
  });
  const colors = new Float64Array(ACROSS * steps * layer.channels);
  const seen = new Uint8Array(ACROSS * steps);
  return { layer, steps, colors, seen, before, behind, mean };
}

/**
 * How clear an edge goes on across a gap; the probe then holds its two profiles.
 * @param {Probe} probe
 * @param {Point} start
 * @param {Point} end
 * @returns {number} 0 where too little is known.
 */
function measureGap(probe, start, end) {
  const { before, behind, mean, layer } = probe;
  const one = readSide(probe, start, end, 1, before);
  if (one < 0) return 0;
  // Seen from the other end left is right.
  const other = readSide(probe, end, start, -1, behind);
  if (other < 0) return 0;
  let apart = 0;
  for (let at = 0; at < mean.length; at++) {
    mean[at] = (before[at] + behind[at]) / 2;
    apart += (before[at] - behind[at]) ** 2;
  }
  const across = measureVariance(mean, layer.channels);
  const noise = (one + other) / 2 + apart / mean.length + NOISE;
  return across >= FAINTEST ? across / noise : 0;
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
  const reach = Math.min(Math.max(length / 2, NEAR), FAR);
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
 * Reads a layer between its pixels, as OpenCV does: at 32nds of a pixel, rounded.
 * @param {Layer} layer
 * @param {number} x
 * @param {number} y
 * @param {Float64Array} to Takes the colours.
 * @param {number} at Where in it.
 */
function readColors({ data, stride, channels, width, height }, x, y, to, at) {
  const column = Math.round(32 * x);
  const row = Math.round(32 * y);
  const right = (column & 31) / 32;
  const lower = (row & 31) / 32;
  const first = stride * clip(column >> 5, width);
  const second = stride * clip((column >> 5) + 1, width);
  const upper = stride * width * clip(row >> 5, height);
  const under = stride * width * clip((row >> 5) + 1, height);
  for (let channel = 0; channel < channels; channel++) {
    const above =
      (1 - right) * data[upper + first + channel] +
      right * data[upper + second + channel];
    const below =
      (1 - right) * data[under + first + channel] +
      right * data[under + second + channel];
    to[at + channel] = Math.round((1 - lower) * above + lower * below);
  }
}

/**
 * @param {number} place
 * @param {number} length
 */
function clip(place, length) {
  return place < 0 ? 0 : place < length ? place : length - 1;
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
 * Whether two begin or end side by side.
 * @param {Edge} edge
 * @param {Edge} other
 */
function areNear(edge, other) {
  return [edge.start, edge.end].some((a) => {
    return [other.start, other.end].some((b) => Math.hypot(a.x - b.x, a.y - b.y) < APART);
  });
}

/**
 * Whether the fill shows nothing that is quite another thing.
 * @param {Layer} layer
 * @param {Edge} edge
 */
function fitsFill(layer, { start, end, before, behind }) {
  const { channels } = layer;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const [along, down] = [(end.x - start.x) / length, (end.y - start.y) / length];
  const mean = before.map((value, at) => (value + behind[at]) / 2);
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
        sum += (filled[channel] - mean[place * channels + channel]) ** 2;
      }
    }
  }
  return sum / (steps * mean.length) <= UNLIKE * measureVariance(mean, channels);
}
