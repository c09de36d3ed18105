/** One scale of a picture whose hole is painted with patches of its known part. */

import { measureDepth } from '../distance.js';
import { boundMask } from '../photo.js';
import { RADIUS, SIDE, findSources, mirrorBorder, pad } from './padding.js';

/** @typedef {import('../decisions.js').Box} Box */
/** @typedef {import('../photo.js').Picture} Picture */
/** @typedef {import('./levels.js').Level} Level */

/**
 * Where patches stand, on a grid of cells, and from where each is copied.
 * @typedef {object} Cells
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} marked [height, width]: in the hole and round it. Together
 *   their patches cover the hole.
 * @property {Int32Array} down Rows from a patch to where it is copied from.
 * @property {Int32Array} along Columns.
 */

/**
 * Patches whose middle lies a pixel further from the rim count less by this factor: the
 * photo is continued from its known part inward (Wexler et al. 2007, section 3.1).
 */
const INWARD = 1.6;
/** Pixels from which all count alike, as floats end somewhere. */
const DEEPEST = 30;
/** How much a patch's pixels count, by their distance from its middle. */
const BELL = Float32Array.from({ length: SIDE * SIDE }, (_, index) => {
  const down = Math.floor(index / SIDE) - RADIUS;
  const along = (index % SIDE) - RADIUS;
  return Math.exp(-(down * down + along * along) / 8);
});

/**
 * The picture at one scale, and the patches that paint it: they overlap, and their
 * middles stand `stride` pixels apart.
 */
export class PaintedLevel {
  /**
   * @param {Level} level
   * @param {Picture & Box} fill Of a part of the picture, which holds the hole.
   * @param {number} stride 1 or 2.
   */
  constructor(level, fill, stride) {
    const { width, height, hole, known } = level;
    this.width = width;
    this.height = height;
    this.stride = stride;
    this.hole = hole;
    this.sources = findSources(known, width, height);
    this.depth = measureDepth(hole, width, height);
    this.source = pad(level);
    /**
     * As a level's, with a border of `RADIUS` pixels: what was painted last, with the
     * strengths of the fill.
     */
    this.painted = this.source.slice();
    this.wide = width + 2 * RADIUS;
    for (let from = 0; from < fill.width * fill.height; from++) {
      const row = fill.top + Math.floor(from / fill.width);
      const pixel = row * width + fill.left + (from % fill.width);
      if (!hole[pixel]) continue;
      this.painted.set(fill.data.subarray(4 * from, 4 * from + 3), this.#at(pixel));
    }
    mirrorBorder(this.painted, width, height);
  }

  /**
   * Where a pixel lies in the pictures with a border.
   * @param {number} pixel
   */
  #at(pixel) {
    const row = Math.floor(pixel / this.width);
    return 4 * ((row + RADIUS) * this.wide + (pixel % this.width) + RADIUS);
  }

  /**
   * How unlike the painted patch at a cell is to the one at an offset.
   * @param {number} row Of the cell.
   * @param {number} column
   * @param {number} down Offset, in pixels.
   * @param {number} along
   * @param {number} [most] What is more need not be known exactly.
   * @returns {number} Sum of absolute differences of colours and strengths; infinite where
   *   the place lies outside the picture or is not wholly known.
   */
  measure(row, column, down, along, most = Infinity) {
    const { painted, source, wide, width } = this;
    const y = this.stride * row + down;
    const x = this.stride * column + along;
    if (y < 0 || y >= this.height || x < 0 || x >= width) return Infinity;
    if (!this.sources[y * width + x]) return Infinity;
    let here = 4 * (this.stride * row * wide + this.stride * column);
    let there = 4 * (y * wide + x);
    let sum = 0;
    for (let line = 0; line < SIDE && sum <= most; line++) {
      for (let end = here + 4 * SIDE; here < end; here += 4, there += 4) {
        sum +=
          Math.abs(painted[here] - source[there]) +
          Math.abs(painted[here + 1] - source[there + 1]) +
          Math.abs(painted[here + 2] - source[there + 2]) +
          Math.abs(painted[here + 3] - source[there + 3]);
      }
      here += 4 * (wide - SIDE);
      there += 4 * (wide - SIDE);
    }
    return sum;
  }

  /**
   * `measure` of all marked cells at their own offsets; of the others NaN.
   * @param {Cells} cells
   * @returns {Float32Array} [cells.height, cells.width]
   */
  measureAll({ marked, down, along, width }) {
    const costs = new Float32Array(marked.length).fill(NaN);
    for (let cell = 0; cell < marked.length; cell++) {
      if (!marked[cell]) continue;
      costs[cell] = this.measure(
        Math.floor(cell / width),
        cell % width,
        down[cell],
        along[cell],
      );
    }
    return costs;
  }

  /**
   * Paints the hole: each pixel is a weighted mean of the patches that cover it.
   *
   * Patches weigh the more, the more they are like what was painted before and the
   * nearer the rim is. Pixels that no copied patch covers stay as they were.
   * @param {Cells} cells
   */
  paint(cells) {
    const { width, height, stride, wide, source } = this;
    const costs = this.measureAll(cells);
    const typical = medianOf(costs.filter(Number.isFinite)) + 1;
    const box = boundMask(cells.marked, cells.width);
    if (!box || Number.isNaN(typical)) return; // nothing can be copied
    // Weighted sum of the copied patches, and of the weights.
    const across = stride * (box.width - 1) + SIDE;
    const total = new Float32Array(4 * across * (stride * (box.height - 1) + SIDE));
    for (let row = box.top; row < box.top + box.height; row++) {
      for (let column = box.left; column < box.left + box.width; column++) {
        const cell = row * cells.width + column;
        if (!Number.isFinite(costs[cell])) continue;
        const depth = Math.min(this.depth[stride * (row * width + column)], DEEPEST);
        const weight =
          Math.exp(-Math.min(costs[cell] / typical, 30)) * INWARD ** -depth;
        let to = 4 * stride * ((row - box.top) * across + column - box.left);
        let from = 4 * ((stride * row + cells.down[cell]) * wide);
        from += 4 * (stride * column + cells.along[cell]);
        for (let line = 0, step = 0; line < SIDE; line++) {
          for (let end = step + SIDE; step < end; step++, to += 4, from += 4) {
            const share = weight * BELL[step];
            total[to] += share * source[from];
            total[to + 1] += share * source[from + 1];
            total[to + 2] += share * source[from + 2];
            total[to + 3] += share;
          }
          to += 4 * (across - SIDE);
          from += 4 * (wide - SIDE);
        }
      }
    }
    // The patches' part of the picture begins a radius before the first middle.
    const top = stride * box.top - RADIUS;
    const left = stride * box.left - RADIUS;
    for (let from = 0; from < total.length; from += 4) {
      const row = top + Math.floor(from / 4 / across);
      const column = left + ((from / 4) % across);
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const pixel = row * width + column;
      if (!this.hole[pixel] || !total[from + 3]) continue;
      const to = this.#at(pixel);
      for (let channel = 0; channel < 3; channel++) {
        this.painted[to + channel] = total[from + channel] / total[from + 3];
      }
    }
    mirrorBorder(this.painted, width, height);
  }
}

/**
 * @param {Float32Array} values It is sorted. NaN are not counted.
 * @returns {number} NaN of none.
 */
export function medianOf(values) {
  values.sort(); // NaN last
  const found = values.findIndex(Number.isNaN);
  const count = found < 0 ? values.length : found;
  const middle = count >> 1;
  return count % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
