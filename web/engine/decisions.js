/**
 * What the eraser decides, in whole numbers, so that every engine decides the same.
 *
 * The constants and what the functions give are those of
 * `ce_tf/erasing/decisions.json`: a test compares both.
 */

/** Side of the window over the hole's longer side. */
export const CONTEXT = 2;
/** Sides of the closer looks over the region's longer side, the closest last. */
export const CLOSER = [
  [8, 5],
  [4, 3],
];
/**
 * Longer side of a region, over the network's side, from which it is looked at again.
 */
export const SPECK = [1, 8];
/** Side of a cell, the least that a hole is cut into, over the network's side. */
export const CELL = [1, 32];
/** Square of a box's longer side over the hole's pixels in it above which it is cut. */
export const SPARSE = 8;
/**
 * How much longer a box may become by taking in a neighbour: so much resolution is
 * given for one window instead of two.
 */
export const GROWTH = [5, 4];
/** Least share of its side that a window keeps where a larger size is at hand. */
export const SHRUNK = [2, 3];
/**
 * Side of the largest window that is worked on as it is. Its hole has 600 pixels, which
 * the texture takes seconds for.
 */
export const LARGEST = 1200;
/** Value of 255 from which on a pixel of a mask is hole. */
export const HOLE_FROM = 64;

/**
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 *   In pixels.
 */
/** @typedef {import('./window.js').Square} Square */

/**
 * Which pixels of a mask are hole: those from `HOLE_FROM` on; where all that is not 0
 * is one value, that value.
 * @param {Uint8Array | Uint8ClampedArray} values
 * @returns {Uint8Array} 1 = hole.
 */
export function findHole(values) {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  const several = values.some((value) => value > 0 && value < largest);
  const least = several ? HOLE_FROM : 1;
  const hole = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) hole[i] = Number(values[i] >= least);
  return hole;
}

/**
 * Side of a cell, pixels.
 * @param {number} size Side that the network takes.
 */
export function findCell(size) {
  return Math.max(1, Math.floor((CELL[0] * size) / CELL[1]));
}

/**
 * Whether a box has so little hole, for its longer side, that it is cut.
 * @param {number} longer
 * @param {number} pixels
 */
export function isSparse(longer, pixels) {
  return longer ** 2 > SPARSE * pixels;
}

/**
 * Whether two boxes share a window.
 * @param {number} joint Longer side of the box round both.
 * @param {number} longer Of the longer one.
 * @param {number} free Side up to which a box costs no resolution.
 */
export function fitsJoint(joint, longer, free) {
  return GROWTH[1] * joint <= GROWTH[0] * longer || joint <= free;
}

/**
 * A square round a box: centred on it, inside the photo where that is possible.
 * @param {Box} box Of the hole.
 * @param {number} pixels Of hole in the whole photo.
 * @param {number} height Of the photo.
 * @param {number} width Of the photo.
 * @param {number} size Side that the network takes; smaller holes are not magnified
 *   beyond it.
 * @returns {{top: number, left: number, side: number}} Negative where it reaches
 *   beyond the photo.
 */
export function placeWindow(box, pixels, height, width, size) {
  const longer = Math.max(box.width, box.height);
  const shorter = Math.min(height, width);
  const wanted = Math.max(size, CONTEXT * longer);
  let side = Math.min(wanted, Math.max(longer, shorter));
  // Inside the photo as long as the hole is shorter than it, or a quarter of what is
  // seen then is known at least. Else the borders are mirrored, and half the hole's
  // length more is shown, so that some of it is known.
  const seen = Math.min(side, height) * Math.min(side, width);
  if (longer >= shorter && 4 * pixels > 3 * seen) {
    side = Math.min(wanted, side + Math.floor((longer + 1) / 2));
  }
  /** @param {number} twiceCenter @param {number} length */
  const place = (twiceCenter, length) => {
    const first = Math.max(Math.floor((twiceCenter - side) / 2), 0);
    const last = Math.max(length - side, 0);
    return Math.min(first, last) - Math.floor(Math.max(side - length, 0) / 2);
  };
  return {
    top: place(2 * box.top + box.height, height),
    left: place(2 * box.left + box.width, width),
    side,
  };
}

/**
 * Whether a region is worth closer looks: a speck is mostly rim, which the
 * photo itself goes on into.
 * @param {Box} box Of the region.
 * @param {number} size Side that the network takes.
 */
export function isSeenAgain(box, size) {
  return SPECK[1] * Math.max(box.width, box.height) >= SPECK[0] * size;
}

/**
 * The squares of a window that closer looks show: centred on the region.
 * @param {Box} box Of the region.
 * @param {Square} window
 * @param {number} size Side that the network takes; what is seen is magnified twice at
 *   most.
 * @returns {Square[]} Within the window, the closest last.
 */
export function lookCloser(box, window, size) {
  return CLOSER.map(([part, whole]) => {
    const near = Math.ceil((part * Math.max(box.width, box.height)) / whole);
    const side = Math.min(window.side, Math.max(near, Math.floor(size / 2)));
    /** @param {number} twiceCenter @param {number} first */
    const place = (twiceCenter, first) => {
      const wanted = Math.max(Math.floor((twiceCenter - side) / 2), first);
      return Math.min(wanted, first + window.side - side);
    };
    return {
      top: place(2 * box.top + box.height, window.top),
      left: place(2 * box.left + box.width, window.left),
      side,
    };
  });
}

/**
 * Which of the network's sizes a window of that side is filled at: the smallest to
 * which it is shrunk by a third at most; else the largest.
 * @param {number} side
 * @param {number[]} sizes
 */
export function chooseSize(side, sizes) {
  const [part, whole] = SHRUNK;
  const rising = [...sizes].sort((one, other) => one - other);
  return rising.find((size) => part * side <= whole * size) ?? rising[rising.length - 1];
}

/**
 * Whether a pixel of the network is hole, by how much known lies under it.
 *
 * It is known where half of what lies under it is. Where no pixel is, any known part
 * of one counts, as long as no other has more.
 * @param {number} known Area under the pixel, as `measureKnown` gives it.
 * @param {number} under The whole area under a pixel.
 * @param {number} largest The largest of `known`.
 */
export function isHole(known, under, largest) {
  return 2 * largest < under ? known < largest : 2 * known < under;
}
