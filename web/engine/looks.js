/**
 * What the network makes of a window: four looks at it, fused.
 *
 * Of guesses whose errors differ the mean is nearer to the truth than each, and
 * `fusion.js` is not as soft: as `ce_tf/erasing/looks.py`.
 */

import { isSeenAgain, lookCloser } from './decisions.js';
import { fuse } from './fusion.js';
import { fillWindow } from './network_fill.js';
import { boundMask, cutMask } from './photo.js';
import { makeAreaWeights, makeCubicWeights, resample } from './resampling.js';
import { insideOf, moveInto, showsKnown } from './window.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./network_fill.js').Network} Network */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./view.js').View} View */
/** @typedef {import('./window.js').Square} Square */

/**
 * Fills what a view's window hides.
 * @param {Network} network It runs once or four times.
 * @param {View} view
 * @param {Picture} picture The view's; it is changed where nothing is known.
 * @param {Uint8Array} unknown [picture.height, picture.width]
 */
export async function fillPicture(network, view, picture, unknown) {
  const { size } = network;
  /** @param {Square} window @param {Picture} filled @param {boolean} mirrored */
  const look = async (window, filled, mirrored) => {
    const { picture: photo, known } = view;
    const square = await fillWindow(network, photo, known, window, mirrored);
    enlarge(square, size, window, filled, unknown);
  };
  await look(view.window, picture, false);
  const closer = findCloser(view, size);
  if (!closer) return;
  const [widest, closest] = closer;
  /** @type {[Square, boolean][]} */
  const looks = [
    [widest, true],
    [closest, true],
    [closest, false],
  ];
  const guesses = [picture];
  for (const [window, mirrored] of looks) {
    // Beyond what this look shows it is the first.
    const guess = { ...picture, data: picture.data.slice() };
    await look(window, guess, mirrored);
    guesses.push(guess);
  }
  fuse(guesses, unknown, insideOf(widest, picture.height, picture.width));
}

/**
 * @param {View} view
 * @param {number} size Side that the network takes.
 * @returns {Square[] | null} The windows of closer looks; null where one look is enough,
 *   or they see nothing.
 */
function findCloser({ window, own, known, picture }, size) {
  const box = boundMask(own, picture.width);
  if (!box || !isSeenAgain(box, size)) return null;
  const closer = lookCloser(box, window, size);
  return showsKnown(closer[closer.length - 1], picture, known) ? closer : null;
}

/**
 * Scales what the network made to the window.
 * @param {Uint8Array} square [size, size, 3]
 * @param {number} size
 * @param {Square} window
 * @param {Picture} picture What lies of the window in its photo, or more; it is changed
 *   where nothing is known.
 * @param {Uint8Array} unknown [picture.height, picture.width]
 */
function enlarge(square, size, window, { data, width, height }, unknown) {
  const part = insideOf(window, height, width);
  const hidden = cutMask(unknown, width, part);
  const inner = boundMask(hidden, part.width);
  if (!inner) return; // all of a smaller picture may be as known as any of it
  const box = moveInto(inner, { left: -part.left, top: -part.top });
  const weights = makeWeights(size, window.side);
  const scaled = Uint8ClampedArray.from(
    resample(square, size, 3, weights, weights, moveInto(box, window)),
  );
  for (let row = 0, from = 0; row < box.height; row++) {
    for (let column = 0; column < box.width; column++, from += 3) {
      const pixel = (box.top + row) * width + box.left + column;
      if (!unknown[pixel]) continue;
      data.set(scaled.subarray(from, from + 3), 4 * pixel);
    }
  }
}

/**
 * From the network's size to the window's, with antialiasing where that is smaller.
 * @param {number} size
 * @param {number} side
 */
function makeWeights(size, side) {
  if (side >= size) return makeCubicWeights(size, side);
  const weights = makeAreaWeights(size, side);
  return { ...weights, shares: weights.shares.map((share) => share / size) };
}
