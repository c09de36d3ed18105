/**
 * Offsets that are better than a place's own are often those beside it.
 *
 * PatchMatch's propagation (Barnes et al. 2009, section 3.2).
 */

/** @typedef {import('./patch_voting.js').Cells} Cells */
/** @typedef {import('./patch_voting.js').PaintedLevel} PaintedLevel */

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
 * Lowers costs, by trying what neighbours have, and one pixel off.
 * @param {PaintedLevel} scale That measures.
 * @param {Cells} cells Their offsets are changed.
 * @param {number} sweeps How many halves of the chessboard are gone through.
 */
export function propagateOffsets(scale, cells, sweeps) {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let row = 0; row < cells.height; row++) {
      for (let column = (row + sweep) % 2; column < cells.width; column += 2) {
        if (cells.marked[row * cells.width + column])
          improve(scale, cells, row, column);
      }
    }
  }
}

/** Cells whose offsets are tried: first those around, then those further. */
const others = new Int32Array(2 * NEIGHBOURS.length);

/**
 * Takes the best of a cell's candidates. Those that it asks are of the other half.
 * @param {PaintedLevel} scale
 * @param {Cells} cells
 * @param {number} row
 * @param {number} column
 */
function improve(scale, cells, row, column) {
  const { width, down, along } = cells;
  const around = findOthers(cells, row, column, 1, 0);
  const all = findOthers(cells, row, column, JUMP, around);
  const cell = row * width + column;
  const ownDown = down[cell];
  const ownAlong = along[cell];
  let bestDown = ownDown;
  let bestAlong = ownAlong;
  let least = scale.measure(row, column, ownDown, ownAlong);
  for (let candidate = 0; candidate < all + NEIGHBOURS.length; candidate++) {
    const other = others[candidate];
    const step = candidate - all;
    const tryDown = step < 0 ? down[other] : ownDown + NEIGHBOURS[step][0];
    const tryAlong = step < 0 ? along[other] : ownAlong + NEIGHBOURS[step][1];
    if (tryDown === bestDown && tryAlong === bestAlong) continue;
    const cost = scale.measure(row, column, tryDown, tryAlong, least);
    if (cost >= least) continue;
    bestDown = tryDown;
    bestAlong = tryAlong;
    least = cost;
  }
  down[cell] = bestDown;
  along[cell] = bestAlong;
}

/**
 * Notes the marked cells so many steps away in `others`.
 * @param {Cells} cells
 * @param {number} row
 * @param {number} column
 * @param {number} step
 * @param {number} count Of those noted before.
 * @returns {number} How many there are then.
 */
function findOthers({ width, height, marked }, row, column, step, count) {
  for (let side = 0; side < NEIGHBOURS.length; side++) {
    const y = row + step * NEIGHBOURS[side][0];
    const x = column + step * NEIGHBOURS[side][1];
    if (y < 0 || y >= height || x < 0 || x >= width) continue;
    if (marked[y * width + x]) others[count++] = y * width + x;
  }
  return count;
}
