/**
 * A hole cut and grouped into regions, each of which is filled in a window of its own.
 *
 * The rule is that of `ce_tf/erasing/regions.py`, which tells it in five steps: parts,
 * cutting, shelves, joining, order; its cases are those of `decisions.json`.
 */

import { readCells } from './cells.js';
import { CONTEXT, findCell, fitsJoint, isSparse } from './decisions.js';

/** @typedef {import('./cells.js').Cells} Cells */
/** @typedef {import('./cells.js').Hole} Hole */
/** @typedef {import('./decisions.js').Box} Box */

/**
 * Some of a hole's pixels, which share a window.
 * @typedef {object} Region
 * @property {Box} box In the photo.
 * @property {number} side Of a cell.
 * @property {Int32Array} starts [N, 2], left and top of the cells that are its own.
 */

/**
 * Some cells, and the box of the hole in them: left, top, right, bottom.
 * @typedef {{box: number[], cells: Int32Array}} Piece
 */

/**
 * Splits a hole into regions.
 * @param {Hole} hole Its box begins and ends with it.
 * @param {number} size Side that the network takes.
 * @returns {Region[]} Disjoint, together the hole, in the order in which they are filled.
 */
export function groupHole(hole, size) {
  const cells = readCells(hole, findCell(size));
  const free = Math.floor(size / CONTEXT);
  const pieces = cells.parts.flatMap((part) => cut(part, cells, free));
  pieces.sort((one, other) => compare(one.box, other.box, [1, 0, 3, 2]));
  const groups = join(shelve(pieces, free), free);
  groups.sort(
    (one, other) =>
      longerOf(one.box) - longerOf(other.box) ||
      compare(one.box, other.box, [1, 0, 3, 2]),
  );
  return groups.map(({ box: [left, top, right, bottom], cells: own }) => {
    const starts = new Int32Array(2 * own.length);
    own.forEach((cell, index) => {
      starts.set(cells.starts.subarray(2 * cell, 2 * cell + 2), 2 * index);
    });
    const box = { left, top, width: right - left, height: bottom - top };
    return { box, side: cells.side, starts };
  });
}

/**
 * A region's pixels in a part of the photo.
 * @param {Region} region
 * @param {Hole} hole Of which the region is some.
 * @param {Box} part
 * @returns {Uint8Array} [part.height, part.width], 1 = its own.
 */
export function markRegion({ side, starts }, hole, part) {
  const own = new Uint8Array(part.width * part.height);
  const end = Math.min(hole.left + hole.width, part.left + part.width);
  const below = Math.min(hole.top + hole.height, part.top + part.height);
  for (let cell = 0; cell < starts.length; cell += 2) {
    const left = Math.max(starts[cell], part.left);
    const top = Math.max(starts[cell + 1], part.top);
    const right = Math.min(starts[cell] + side, end);
    const bottom = Math.min(starts[cell + 1] + side, below);
    for (let y = top; y < bottom; y++) {
      const from = (y - hole.top) * hole.width - hole.left;
      const to = (y - part.top) * part.width - part.left;
      for (let x = left; x < right; x++) if (hole.data[from + x]) own[to + x] = 1;
    }
  }
  return own;
}

/**
 * A region's place in a part of the photo.
 * @param {Region} region
 * @param {{left: number, top: number}} part
 * @returns {Region}
 */
export function moveRegion({ box, side, starts }, { left, top }) {
  return {
    box: { ...box, left: box.left - left, top: box.top - top },
    side,
    starts: starts.map((start, index) => start - (index % 2 ? top : left)),
  };
}

/**
 * Cuts a part until no piece of it is sparse.
 * @param {Int32Array} own
 * @param {Cells} cells
 * @param {number} free
 * @returns {Piece[]}
 */
function cut(own, cells, free) {
  let pixels = 0;
  let box = [Infinity, Infinity, 0, 0];
  for (const cell of own) {
    pixels += cells.pixels[cell];
    box = unite(box, cells.boxes.subarray(4 * cell, 4 * cell + 4));
  }
  const longer = longerOf(box);
  if (longer <= free || !isSparse(longer, pixels)) return [{ box, cells: own }];
  const axis = Number(box[3] - box[1] > box[2] - box[0]);
  const middle = box[axis] + Math.floor((box[axis + 2] - box[axis]) / 2);
  const halves = [
    own.filter((cell) => cells.starts[2 * cell + axis] < middle),
    own.filter((cell) => cells.starts[2 * cell + axis] >= middle),
  ];
  return halves.flatMap((half) => cut(half, cells, free));
}

/**
 * Lets small pieces share windows, on shelves.
 * @param {Piece[]} pieces In the order of their tops.
 * @param {number} free
 * @returns {Piece[]} Those that are not small, as they were, then the groups.
 */
function shelve(pieces, free) {
  const groups = pieces.filter(({ box }) => longerOf(box) > free);
  const small = pieces.filter(({ box }) => longerOf(box) <= free);
  for (const shelf of fillShelves(small, 1, free)) {
    shelf.sort((one, other) => compare(one.box, other.box, [0, 1, 2, 3]));
    groups.push(...fillShelves(shelf, 0, free).map((group) => merge(group)));
  }
  return groups;
}

/**
 * @param {Piece[]} pieces In the order of where they start.
 * @param {number} axis
 * @param {number} free Length of a shelf.
 * @returns {Piece[][]}
 */
function fillShelves(pieces, axis, free) {
  const shelves = [];
  while (pieces.length) {
    const end = pieces[0].box[axis] + free;
    shelves.push(pieces.filter(({ box }) => box[axis + 2] <= end));
    pieces = pieces.filter(({ box }) => box[axis + 2] > end);
  }
  return shelves;
}

/**
 * Lets the longest take in what they can, until nothing joins any more.
 * @param {Piece[]} groups
 * @param {number} free
 * @returns {Piece[]}
 */
function join(groups, free) {
  while (true) {
    groups.sort((one, other) => longerOf(other.box) - longerOf(one.box));
    /** @type {Piece[]} */
    const joined = [];
    for (const group of groups) {
      const host = joined.findIndex(({ box }) => {
        const longer = Math.max(longerOf(box), longerOf(group.box));
        return fitsJoint(measureJoint(box, group.box), longer, free);
      });
      if (host < 0) joined.push(group);
      else joined[host] = merge([joined[host], group]);
    }
    if (joined.length === groups.length) return joined;
    groups = joined;
  }
}

/**
 * @param {Piece[]} pieces
 * @returns {Piece}
 */
function merge(pieces) {
  return {
    box: pieces.map(({ box }) => box).reduce(unite),
    cells: Int32Array.from(pieces.flatMap(({ cells }) => [...cells])),
  };
}

/**
 * @param {ArrayLike<number>} one
 * @param {ArrayLike<number>} other
 * @returns {number[]}
 */
function unite(one, other) {
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[2], other[2]),
    Math.max(one[3], other[3]),
  ];
}

/**
 * Longer side of the box round two.
 * @param {number[]} one
 * @param {number[]} other
 */
function measureJoint(one, other) {
  const width = Math.max(one[2], other[2]) - Math.min(one[0], other[0]);
  return Math.max(width, Math.max(one[3], other[3]) - Math.min(one[1], other[1]));
}

/** @param {ArrayLike<number>} box */
function longerOf(box) {
  return Math.max(box[2] - box[0], box[3] - box[1]);
}

/**
 * Which of two boxes comes first, by its sides in an order.
 * @param {number[]} one
 * @param {number[]} other
 * @param {number[]} order
 */
function compare(one, other, order) {
  const side = order.find((index) => one[index] !== other[index]) ?? 0;
  return one[side] - other[side];
}
