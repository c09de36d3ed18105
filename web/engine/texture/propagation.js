/**
 * Offsets that continue those beside them: neighbours then copy one piece of a picture.
 *
 * PatchMatch's propagation (Barnes et al. 2009, section 3.2) with a price on
 * disagreement.
 */

import { medianOf } from './patch_voting.js';

/** @typedef {import('./patch_voting.js').Cells} Cells */
/** @typedef {import('./patch_voting.js').PaintedLevel} PaintedLevel */

/** What a neighbour with another offset costs, over the median cost of a match. */
const PRICE = 0.5;
/** Rows and columns to each. */
const NEIGHBOURS = [
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 0],
];
/** Cells to the further ones whose offsets are tried too. */
const JUMP = 3;

/**
 * Lowers cost plus disagreement, by trying what neighbours have, and one pixel off.
 *
 * Iterated conditional modes with a Potts term, half the chessboard at a time.
 * @param {PaintedLevel} scale That measures.
 * @param {Cells} cells Their offsets are changed.
 * @param {number} sweeps How many halves are gone through.
 */
export function makeCoherent(scale, cells, sweeps) {
  const price = PRICE * medianOf(scale.measureAll(cells));
  // Most of them point nowhere: any move is a good one.
  const paid = Number.isFinite(price) ? price : 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let row = 0; row < cells.height; row++) {
      for (let column = (row + sweep) % 2; column < cells.width; column += 2) {
        if (cells.marked[row * cells.width + column])
          improve(scale, cells, row, column, paid);
      }
    }
  }
}

/**
 * Takes the best of a cell's candidates. Those that it asks are of the other half.
 * @param {PaintedLevel} scale
 * @param {Cells} cells
 * @param {number} row
 * @param {number} column
 * @param {number} price
 */
function improve(scale, cells, row, column, price) {
  const { width, height, marked, down, along } = cells;
  const cell = row * width + column;
  /** @type {number[]} */
  const around = [];
  /** @type {number[]} */
  const far = [];
  for (const [y, x] of NEIGHBOURS) {
    for (const [list, jump] of /** @type {const} */ ([
      [around, 1],
      [far, JUMP],
    ])) {
      const other = (row + jump * y) * width + column + jump * x;
      const inside =
        row + jump * y >= 0 &&
        row + jump * y < height &&
        column + jump * x >= 0 &&
        column + jump * x < width;
      if (inside && marked[other]) list.push(other);
    }
  }
  const ownDown = down[cell];
  const ownAlong = along[cell];
  let bestDown = ownDown;
  let bestAlong = ownAlong;
  let least = scale.measure(row, column, ownDown, ownAlong);
  least += price * countOthers(cells, around, ownDown, ownAlong);
  /** @param {number} candidateDown @param {number} candidateAlong */
  const attempt = (candidateDown, candidateAlong) => {
    if (candidateDown === bestDown && candidateAlong === bestAlong) return;
    const disagreement =
      price * countOthers(cells, around, candidateDown, candidateAlong);
    if (disagreement >= least) return;
    const most = least - disagreement;
    const energy =
      disagreement + scale.measure(row, column, candidateDown, candidateAlong, most);
    if (energy >= least) return;
    [bestDown, bestAlong, least] = [candidateDown, candidateAlong, energy];
  };
  for (const other of around) attempt(down[other], along[other]);
  for (const other of far) attempt(down[other], along[other]);
  for (const [y, x] of NEIGHBOURS) attempt(ownDown + y, ownAlong + x);
  down[cell] = bestDown;
  along[cell] = bestAlong;
}

/**
 * How many neighbours have another offset.
 * @param {Cells} cells
 * @param {number[]} around
 * @param {number} candidateDown
 * @param {number} candidateAlong
 */
function countOthers({ down, along }, around, candidateDown, candidateAlong) {
  let count = 0;
  for (const other of around) {
    if (down[other] !== candidateDown || along[other] !== candidateAlong) count++;
  }
  return count;
}
