/** A hole in cells: small squares of pixels, so that what is worked out stays small. */

/** @typedef {import('./decisions.js').Box} Box */

/**
 * A hole in a part of the photo.
 * @typedef {Box & {data: Uint8Array}} Hole
 *   The part's place, and 1 for each of its pixels that is hole.
 */

/**
 * The squares of a hole's box that have hole in them.
 * @typedef {object} Cells
 * @property {number} side Of a square, pixels; the first starts at the box's top left.
 * @property {Int32Array} starts [N, 2], left and top of each, in the photo.
 * @property {Int32Array} boxes [N, 4], left, top, right, bottom of the hole in each.
 * @property {Int32Array} pixels [N], hole in each.
 * @property {Int32Array[]} parts Which touch each other, at corners too.
 */

/**
 * @param {Hole} hole Its box begins and ends with it.
 * @param {number} side
 * @returns {Cells}
 */
export function readCells(hole, side) {
  const columns = Math.ceil(hole.width / side);
  const rows = Math.ceil(hole.height / side);
  const grid = readGrid(hole, side, columns, rows);
  // The places that have hole, and where each is in the list.
  const places = Int32Array.from(listUsed(grid.pixels));
  const numbers = new Int32Array(columns * rows).fill(-1);
  const starts = new Int32Array(2 * places.length);
  const boxes = new Int32Array(4 * places.length);
  places.forEach((place, number) => {
    numbers[place] = number;
    starts[2 * number] = hole.left + side * (place % columns);
    starts[2 * number + 1] = hole.top + side * Math.floor(place / columns);
    boxes.set(grid.boxes.subarray(4 * place, 4 * place + 4), 4 * number);
  });
  const pixels = places.map((place) => grid.pixels[place]);
  const parts = connect(places, numbers, columns, rows);
  return { side, starts, boxes, pixels, parts };
}

/**
 * What of a hole lies in a part of the photo.
 * @param {Hole} hole
 * @param {Box} part
 * @returns {Uint8Array} [part.height, part.width].
 */
export function cutHole(hole, part) {
  const mask = new Uint8Array(part.width * part.height);
  const left = Math.max(part.left, hole.left);
  const right = Math.min(part.left + part.width, hole.left + hole.width);
  const bottom = Math.min(part.top + part.height, hole.top + hole.height);
  for (let row = Math.max(part.top, hole.top); row < bottom && left < right; row++) {
    const from = (row - hole.top) * hole.width - hole.left;
    const to = (row - part.top) * part.width - part.left;
    mask.set(hole.data.subarray(from + left, from + right), to + left);
  }
  return mask;
}

/**
 * @param {Hole} hole
 * @param {number} side
 * @param {number} columns
 * @param {number} rows
 */
function readGrid({ data, left, top, width }, side, columns, rows) {
  const pixels = new Int32Array(columns * rows);
  const boxes = new Int32Array(4 * columns * rows);
  for (let pixel = data.indexOf(1); pixel >= 0; pixel = data.indexOf(1, pixel)) {
    for (; data[pixel]; pixel++) {
      const y = Math.floor(pixel / width);
      const x = pixel - y * width;
      const place = Math.floor(y / side) * columns + Math.floor(x / side);
      const corner = 4 * place;
      if (!pixels[place]++) {
        boxes[corner] = left + x;
        boxes[corner + 1] = top + y;
      }
      boxes[corner] = Math.min(boxes[corner], left + x);
      boxes[corner + 2] = Math.max(boxes[corner + 2], left + x + 1);
      boxes[corner + 3] = top + y + 1;
    }
  }
  return { pixels, boxes };
}

/**
 * @param {Int32Array} pixels
 * @returns {number[]}
 */
function listUsed(pixels) {
  const places = [];
  for (let place = 0; place < pixels.length; place++)
    if (pixels[place]) places.push(place);
  return places;
}

/**
 * Cells by the part that they belong to.
 * @param {Int32Array} places
 * @param {Int32Array} numbers Of each place its cell, or -1. It is used up.
 * @param {number} columns
 * @param {number} rows
 * @returns {Int32Array[]}
 */
function connect(places, numbers, columns, rows) {
  const parts = [];
  for (const place of places) {
    if (numbers[place] < 0) continue;
    const cells = [numbers[place]];
    numbers[place] = -1;
    for (let next = 0; next < cells.length; next++) {
      const row = Math.floor(places[cells[next]] / columns);
      const column = places[cells[next]] % columns;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (
          let x = Math.max(0, column - 1);
          x <= Math.min(columns - 1, column + 1);
          x++
        ) {
          const other = y * columns + x;
          if (numbers[other] < 0) continue;
          cells.push(numbers[other]);
          numbers[other] = -1;
        }
      }
    }
    parts.push(Int32Array.from(cells));
  }
  return parts;
}
