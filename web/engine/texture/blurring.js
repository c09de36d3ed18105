/** Gaussian blur, beyond the border mirrored about the middle of the last pixel. */

const REACH = 4;
/** Of a deviation of 1 pixel. */
const BELL = makeBell();

/**
 * @param {ArrayLike<number>} values [height, width, channels].
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 * @returns {Float32Array} Likewise, blurred with a deviation of 1 pixel.
 */
export function blur(values, width, height, channels) {
  const along = new Float32Array(values.length);
  const blurred = new Float32Array(values.length);
  const across = width * channels;
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += channels) {
      for (let step = -REACH; step <= REACH; step++) {
        const from = row * across + channels * reflect(column + step, width);
        const share = BELL[step + REACH];
        for (let channel = 0; channel < channels; channel++) {
          along[to + channel] += share * values[from + channel];
        }
      }
    }
  }
  for (let row = 0; row < height; row++) {
    for (let step = -REACH; step <= REACH; step++) {
      const from = across * reflect(row + step, height);
      const share = BELL[step + REACH];
      for (let i = 0; i < across; i++) blurred[row * across + i] += share * along[from + i];
    }
  }
  return blurred;
}

function makeBell() {
  const bell = Float32Array.from({ length: 2 * REACH + 1 }, (_, step) =>
    Math.exp(-((step - REACH) ** 2) / 2),
  );
  const sum = bell.reduce((total, share) => total + share, 0);
  return bell.map((share) => share / sum);
}

/**
 * Mirrors a place that lies beyond a line.
 * @param {number} place
 * @param {number} length
 */
function reflect(place, length) {
  if (place >= 0 && place < length) return place;
  const period = Math.max(1, 2 * (length - 1));
  const ahead = ((place % period) + period) % period;
  return Math.min(ahead, period - ahead);
}
