/**
 * A hole cut and grouped into regions, each of which is filled in a window of its own,
 * by the rule that `ce_tf/erasing/regions.py` tells.
 */

import { CONTEXT, findCell, fitsJoint, isSparse } from './decisions.js';

/** @typedef {import('./decisions.js').Box} Box */

/**
 * A hole in a part of the photo.
 * @typedef {Box & {data: Uint8Array}} Hole
 *   The part's place, and 1 for each of its pixels that is hole.
 */

/**
 * Some of a hole's pixels, which share a window.
 * @typedef {object} Region
 * @property {Box} box In the photo.
 * @property {Int32Array} runs Its pixels: row, first column and the column after the
 *   last, of each run of them, in the photo.
 */

/**
 * A square of pixels with hole in it.
 * @typedef {object} Cell
 * @property {number[]} start Left and top.
 * @property {number[]} corners Left, top, right and bottom of the hole in it.
 * @property {number} pixels Of hole.
 * @property {number} owner Its part, later its piece, its region.
 */

/**
 * The cells of a hole.
 * @typedef {object} Grid
 * @property {number} side Of a cell.
 * @property {number} columns
 * @property {number} rows
 * @property {(Cell | undefined)[]} all Row by row, where there is hole.
 */

/**
 * Cells of one owner, or several such.
 * @typedef {{box: number[], pixels: number, members: number[]}} Group
 *   Left, top, right and bottom; hole; and which pieces.
 */

/**
 * Splits a hole into regions.
 * @param {Hole} hole Its part of the photo begins and ends with it.
 * @param {number} size Side that the network takes.
 * @returns {Region[]} Disjoint, together the hole, in the order in which they are
 *   filled.
 */
export function groupHole(hole, size) {
  const runs = findRuns(hole);
  const grid = makeGrid(runs, hole, findCell(size));
  label(grid);
  const cells = /** @type {Cell[]} */ (grid.all.filter(Boolean));
  const free = Math.floor(size / CONTEXT);
  const groups = join(shelve(cut(cells, free), free), free);
  groups.sort((one, other) => {
    const lengths = longer(one.box) - longer(other.box);
    return lengths || compare(one.box, other.box, [1, 0, 3, 2]);
  });
  /** @type {number[]} */
  const regionOf = [];
  groups.forEach(({ members }, region) => {
    for (const piece of members) regionOf[piece] = region;
  });
  for (const cell of cells) cell.owner = regionOf[cell.owner];
  const parts = splitRuns(runs, hole, grid, groups.length);
  return groups.map(({ box }, region) => ({
    box: { left: box[0], top: box[1], width: box[2] - box[0], height: box[3] - box[1] },
    runs: Int32Array.from(parts[region]),
  }));
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
 * Counts the runs into cells.
 * @param {Int32Array} runs
 * @param {Box} origin
 * @param {number} side
 * @returns {Grid}
 */
function makeGrid(runs, { left, top, width, height }, side) {
  const [columns, rows] = [Math.ceil(width / side), Math.ceil(height / side)];
  /** @type {(Cell | undefined)[]} */
  const all = new Array(columns * rows);
  for (let run = 0; run < runs.length; run += 3) {
    const [row, first, end] = runs.subarray(run, run + 3);
    const down = Math.floor((row - top) / side);
    for (let from = first; from < end; ) {
      const right = Math.floor((from - left) / side);
      const to = Math.min(end, left + (right + 1) * side);
      const cell = (all[down * columns + right] ??= {
        start: [left + right * side, top + down * side],
        corners: [from, row, to, row + 1],
        pixels: 0,
        owner: -1,
      });
      cell.corners = union(cell.corners, [from, row, to, row + 1]);
      cell.pixels += to - from;
      from = to;
    }
  }
  return { side, columns, rows, all };
}

/**
 * Numbers the parts: cells that touch, at corners too, in the order of their first.
 * @param {Grid} grid
 */
function label({ columns, rows, all }) {
  let count = 0;
  for (let place = 0; place < all.length; place++) {
    const first = all[place];
    if (!first || first.owner >= 0) continue;
    first.owner = count;
    for (const left = [place]; left.length; ) {
      const here = /** @type {number} */ (left.pop());
      const [row, column] = [Math.floor(here / columns), here % columns];
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          const cell = all[y * columns + x];
          if (!cell || cell.owner >= 0) continue;
          cell.owner = count;
          left.push(y * columns + x);
        }
      }
    }
    count++;
  }
}

/**
 * Boxes and pixels of cells by their owner, which becomes its place among them.
 * @param {Cell[]} cells
 * @returns {Group[]} By top, left, bottom, right.
 */
function measure(cells) {
  /** @type {Map<number, Group>} */
  const found = new Map();
  for (const { owner, corners, pixels } of cells) {
    const group = found.get(owner);
    if (group) {
      group.box = union(group.box, corners);
      group.pixels += pixels;
    } else {
      found.set(owner, { box: corners, pixels, members: [owner] });
    }
  }
  const pieces = [...found.values()].sort(
    (one, other) =>
      compare(one.box, other.box, [1, 0, 3, 2]) || one.members[0] - other.members[0],
  );
  const rank = new Map(pieces.map(({ members: [owner] }, index) => [owner, index]));
  for (const cell of cells) cell.owner = /** @type {number} */ (rank.get(cell.owner));
  return pieces.map((piece, index) => ({ ...piece, members: [index] }));
}

/**
 * Cuts parts until none is sparse.
 * @param {Cell[]} cells
 * @param {number} free
 * @returns {Group[]}
 */
function cut(cells, free) {
  while (true) {
    const pieces = measure(cells);
    const cuts = pieces.map(({ box, pixels }) => {
      const length = longer(box);
      if (length <= free || !isSparse(length, pixels)) return undefined;
      const axis = Number(box[3] - box[1] > box[2] - box[0]);
      return { axis, middle: box[axis] + Math.floor((box[axis + 2] - box[axis]) / 2) };
    });
    if (!cuts.some(Boolean)) return pieces;
    for (const cell of cells) {
      const place = cuts[cell.owner];
      const behind = place !== undefined && cell.start[place.axis] >= place.middle;
      cell.owner = 2 * cell.owner + Number(behind);
    }
  }
}

/**
 * The small pieces grouped on shelves, the others alone.
 * @param {Group[]} pieces
 * @param {number} free
 * @returns {Group[]}
 */
function shelve(pieces, free) {
  const groups = pieces.filter(({ box }) => longer(box) > free);
  const small = pieces.filter(({ box }) => longer(box) <= free);
  for (const shelf of fillShelves(small, 1, free)) {
    shelf.sort((one, other) => compare(one.box, other.box, [0, 1, 2, 3]));
    for (const group of fillShelves(shelf, 0, free)) groups.push(group.reduce(unite));
  }
  return groups;
}

/**
 * Pieces, in order of where they start, on shelves as long as `free`.
 * @param {Group[]} pieces
 * @param {number} axis
 * @param {number} free
 */
function fillShelves(pieces, axis, free) {
  const shelves = [];
  for (let left = pieces; left.length; ) {
    const end = left[0].box[axis] + free;
    shelves.push(left.filter(({ box }) => box[axis + 2] <= end));
    left = left.filter(({ box }) => box[axis + 2] > end);
  }
  return shelves;
}

/**
 * Lets the longest take in what they can, until nothing joins any more.
 * @param {Group[]} groups
 * @param {number} free
 * @returns {Group[]}
 */
function join(groups, free) {
  while (true) {
    groups = [...groups].sort((one, other) => longer(other.box) - longer(one.box));
    /** @type {Group[]} */
    const joined = [];
    for (const group of groups) {
      const host = joined.findIndex(({ box }) => {
        const most = Math.max(longer(box), longer(group.box));
        return fitsJoint(longer(union(box, group.box)), most, free);
      });
      if (host < 0) joined.push(group);
      else joined[host] = unite(joined[host], group);
    }
    if (joined.length === groups.length) return joined;
    groups = joined;
  }
}

/**
 * The runs of each region, split where their cells' owners change.
 * @param {Int32Array} runs
 * @param {Box} origin
 * @param {Grid} grid
 * @param {number} count
 */
function splitRuns(runs, { left, top }, { side, columns, all }, count) {
  /** @type {number[][]} */
  const parts = Array.from({ length: count }, () => []);
  for (let run = 0; run < runs.length; run += 3) {
    const [row, first, end] = runs.subarray(run, run + 3);
    const above = Math.floor((row - top) / side) * columns;
    for (let from = first; from < end; ) {
      const column = Math.floor((from - left) / side);
      const { owner } = /** @type {Cell} */ (all[above + column]);
      let to = Math.min(end, left + (column + 1) * side);
      while (to < end && all[above + (to - left) / side]?.owner === owner) {
        to = Math.min(end, to + side);
      }
      parts[owner].push(row, from, to);
      from = to;
    }
  }
  return parts;
}

/**
 * @param {Group} one
 * @param {Group} other
 * @returns {Group}
 */
function unite(one, other) {
  return {
    box: union(one.box, other.box),
    pixels: one.pixels + other.pixels,
    members: one.members.concat(other.members),
  };
}

/**
 * Which box comes first, by its sides in that order.
 * @param {number[]} one
 * @param {number[]} other
 * @param {number[]} sides
 */
function compare(one, other, sides) {
  const side = sides.find((side) => one[side] !== other[side]);
  return side === undefined ? 0 : one[side] - other[side];
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
