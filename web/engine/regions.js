/** Connected parts of a hole, grouped so that those near each other share a window. */

import { CONTEXT } from './decisions.js';

/** @typedef {import('./decisions.js').Box} Box */

/**
 * A hole in a part of the photo.
 * @typedef {Box & {data: Uint8Array}} Hole
 *   The part's place, and 1 for each of its pixels that is hole.
 */

/**
 * Some connected parts of a hole, which share a window.
 * @typedef {object} Region
 * @property {Box} box In the photo.
 * @property {Int32Array} runs Its pixels: row, first column and the column after the
 *   last, of each run of them, in the photo.
 */

/**
 * How much longer a box may become by taking in a neighbour: so much resolution is
 * given for one window instead of two.
 */
const GROWTH = 1.25;

/**
 * Splits a hole into parts that are each filled in a window of their own.
 *
 * Two parts join where one window shows both without loss: the joint box fits the
 * network's own size, or is hardly longer than the longer of the two.
 * @param {Hole} hole Its part of the photo begins and ends with it.
 * @param {number} size Side that the network takes.
 * @returns {Region[]} Disjoint, together the hole; small ones first, so that they are
 *   already filled when a larger one takes them for its surroundings.
 */
export function groupHole(hole, size) {
  const runs = findRuns(hole);
  const parts = connect(runs, hole);
  const groups = join(parts, size / CONTEXT);
  const regions = groups.map(({ box, members }) => ({
    box: { left: box[0], top: box[1], width: box[2] - box[0], height: box[3] - box[1] },
    runs: gather(runs, members),
  }));
  return regions.sort((one, other) => longerOf(one.box) - longerOf(other.box));
}

/**
 * Marks a region in a mask.
 * @param {Region} region
 * @param {Uint8Array} mask [any, width].
 * @param {number} width
 * @param {number} value
 */
export function markRegion({ runs }, mask, width, value) {
  for (let run = 0; run < runs.length; run += 3) {
    mask.fill(
      value,
      runs[run] * width + runs[run + 1],
      runs[run] * width + runs[run + 2],
    );
  }
}

/**
 * @param {Region} region
 * @param {number} right
 * @param {number} down
 * @returns {Region}
 */
export function moveRegion({ box, runs }, right, down) {
  return {
    box: { ...box, left: box.left + right, top: box.top + down },
    runs: runs.map((place, index) => place + (index % 3 ? right : down)),
  };
}

/** @param {Box} box */
function longerOf(box) {
  return Math.max(box.width, box.height);
}

/**
 * The runs of hole in each row: row, first column and the one after the last.
 * @param {Hole} hole
 * @returns {Int32Array}
 */
function findRuns({ data, left, top, width, height }) {
  let found = new Int32Array(3 * 1024);
  let length = 0;
  for (let row = 0; row < height; row++) {
    const end = (row + 1) * width;
    for (let here = row * width; (here = data.indexOf(1, here)) >= 0 && here < end; ) {
      const first = here;
      while (here < end && data[here]) here++;
      if (length === found.length) {
        const longer = new Int32Array(2 * length);
        longer.set(found);
        found = longer;
      }
      found[length++] = top + row;
      found[length++] = left + first - row * width;
      found[length++] = left + here - row * width;
    }
  }
  return found.slice(0, length);
}

/**
 * Parts of runs that touch each other, corners too.
 * @typedef {{box: number[], members: number[]}} Group
 *   Left, top, right and bottom; and which runs.
 */

/**
 * @param {Int32Array} runs
 * @param {Box} origin Where the order of the parts is counted from.
 * @returns {Group[]} In the order of the first block of 2 x 2 pixels that each has, as
 *   OpenCV numbers them: of equally long ones it says which is filled first.
 */
function connect(runs, origin) {
  const count = runs.length / 3;
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  /** @param {number} run */
  const rootOf = (run) => {
    while (parent[run] !== run) run = parent[run] = parent[parent[run]];
    return run;
  };
  for (let run = 0, above = 0; run < count; run++) {
    const [row, first, end] = runs.subarray(3 * run, 3 * run + 3);
    while (runs[3 * above] < row - 1 || isLeftOf(runs, above, row - 1, first)) above++;
    let other = above;
    for (; runs[3 * other] === row - 1 && runs[3 * other + 1] <= end; other++) {
      parent[rootOf(other)] = rootOf(run);
    }
    above = Math.max(above, other - 1); // the last may touch the next run, too
  }
  /** @type {Map<number, Group & {block: number}>} */
  const parts = new Map();
  const blocks = (origin.width >> 1) + 1;
  for (let run = 0; run < count; run++) {
    const [row, first, end] = runs.subarray(3 * run, 3 * run + 3);
    const block = ((row - origin.top) >> 1) * blocks + ((first - origin.left) >> 1);
    const part = parts.get(rootOf(run));
    if (part) {
      part.box = union(part.box, [first, row, end, row + 1]);
      part.members.push(run);
      part.block = Math.min(part.block, block);
    } else {
      const box = [first, row, end, row + 1];
      parts.set(rootOf(run), { box, members: [run], block });
    }
  }
  return [...parts.values()].sort((one, other) => one.block - other.block);
}

/**
 * Whether a run of a row ends before a column, with a gap.
 * @param {Int32Array} runs
 * @param {number} run
 * @param {number} row
 * @param {number} column
 */
function isLeftOf(runs, run, row, column) {
  return runs[3 * run] === row && runs[3 * run + 2] < column;
}

/**
 * Joins what costs nothing; the longest come first and take in what they can, until
 * nothing joins any more.
 * @param {Group[]} parts
 * @param {number} free A box up to this length costs nothing.
 * @returns {Group[]}
 */
function join(parts, free) {
  let groups = parts;
  while (true) {
    groups = [...groups].sort((one, other) => longer(other.box) - longer(one.box));
    /** @type {Group[]} */
    const joined = [];
    for (const group of groups) {
      const host = joined.find(({ box }) => {
        const limit = Math.max(Math.max(longer(box), longer(group.box)) * GROWTH, free);
        return longer(union(box, group.box)) <= limit;
      });
      if (host) {
        host.box = union(host.box, group.box);
        host.members = host.members.concat(group.members);
      } else {
        joined.push({ ...group });
      }
    }
    if (joined.length === groups.length) return joined;
    groups = joined;
  }
}

/**
 * @param {number[]} one
 * @param {number[]} other
 */
function union(one, other) {
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[2], other[2]),
    Math.max(one[3], other[3]),
  ];
}

/** @param {number[]} box */
function longer(box) {
  return Math.max(box[2] - box[0], box[3] - box[1]);
}

/**
 * Some of the runs.
 * @param {Int32Array} runs
 * @param {number[]} members
 */
function gather(runs, members) {
  const found = new Int32Array(3 * members.length);
  members.forEach((run, index) => {
    found.set(runs.subarray(3 * run, 3 * run + 3), 3 * index);
  });
  return found;
}
