/** Guesses of a picture become one that is not as soft as their mean. */

import { widenBox } from './blending.js';
import { findDetails, measureHole, measureStrength } from './details.js';
import { boundMask, cutMask, cutPicture, dropAlpha } from './photo.js';

/** @typedef {import('./decisions.js').Box} Box */
/** @typedef {import('./photo.js').Picture} Picture */

/** A pixel's detail is the difference to the mean of the square that reaches so far. */
const REACH = 3;
/** Levels that are added to the strength of all, so that nothing is over nothing. */
export const NOISE = 3;

/**
 * The coarse of guesses averaged, their details weighed by their strengths, as
 * `ce_tf/erasing/fusion.py`.
 * @param {Picture[]} guesses Completed; the first is changed where there is hole.
 * @param {Uint8Array} hole [height, width]
 * @param {Box} part What is looked at; there is hole in it, and something known.
 */
export function fuse(guesses, hole, part) {
  const [picture] = guesses;
  const unknown = cutMask(hole, picture.width, part);
  const [least, most] = findRange(cutPicture(picture, part), unknown);
  const inner = boundMask(unknown, part.width);
  if (!inner) return;
  const near = widenBox(inner, REACH, part);
  const place = { ...near, left: near.left + part.left, top: near.top + part.top };
  const marked = cutMask(hole, picture.width, place);
  const around = measureHole(marked, place.width, REACH);
  const pixels = guesses.map((guess) => dropAlpha(cutPicture(guess, place)));
  const details = pixels.map((guess) => findDetails(guess, around));
  const number = guesses.length;
  const strengths = new Float64Array(number);
  marked.forEach((own, pixel) => {
    if (!own) return;
    const count = around.counts[pixel];
    let all = 0;
    for (let which = 0; which < number; which++) {
      const strength = measureStrength(details[which], pixel);
      strengths[which] = number * strength + NOISE * count;
      all += strengths[which] * count;
    }
    const row = place.top + Math.floor(pixel / place.width);
    const to = 4 * (row * picture.width + place.left + (pixel % place.width));
    for (let channel = 0; channel < 3; channel++) {
      const at = 3 * pixel + channel;
      let total = 0;
      let common = 0;
      for (let which = 0; which < number; which++) {
        total += pixels[which][at];
        common += details[which][at];
      }
      let change = 0;
      for (let which = 0; which < number; which++) {
        change += strengths[which] * (number * details[which][at] - common);
      }
      // Halves go up, in every engine.
      const mean = Math.floor(total / number + 0.5);
      const fused = Math.floor((total + change / all) / number + 0.5);
      const low = Math.min(mean, least[channel]);
      const high = Math.max(mean, most[channel]);
      picture.data[to + channel] = Math.min(Math.max(fused, low), high);
    }
  });
}

/**
 * @param {Picture} picture
 * @param {Uint8Array} hole [picture.height, picture.width]; not all is.
 * @returns {[number[], number[]]} The least and the most of each channel where there
 *   is no hole.
 */
function findRange({ data }, hole) {
  const least = [255, 255, 255];
  const most = [0, 0, 0];
  hole.forEach((unknown, pixel) => {
    if (unknown) return;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[4 * pixel + channel];
      least[channel] = Math.min(least[channel], value);
      most[channel] = Math.max(most[channel], value);
    }
  });
  return [least, most];
}
