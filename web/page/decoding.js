/** A file to pixels, upright, as its own numbers are. */

import { PageError } from './errors.js';
import { readMetadata } from './metadata/file.js';

/** @typedef {import('./shown.js').Picture} Picture */

const ROWS = 256; // read at once: a canvas of a whole photo may be too large

/**
 * @typedef {object} Decoded
 * @property {Picture} picture
 * @property {PredefinedColorSpace} colorSpace
 */

/**
 * @param {File} file
 * @param {((file: File) => Promise<Blob>) | null} convert Makes a PNG of what the
 *   browser cannot read.
 * @param {number} most Megapixels that are taken.
 * @returns {Promise<Decoded>}
 * @throws {PageError} It is no picture, or too large.
 */
export async function decodePhoto(file, convert, most) {
  const { profile, lying } = await readMetadata(file);
  // What the computer writes is upright, so what is shown has to be.
  const bitmap = await readBitmap(lying && convert ? await convert(file) : file, convert);
  const { width, height } = bitmap;
  try {
    if (width * height > most * 1e6) {
      const pixels = Math.round((width * height) / 1e6);
      throw new PageError('too_many_pixels', { name: file.name, pixels, limit: most });
    }
    if (Math.max(width, height) < 2) throw new PageError('one_pixel', { name: file.name });
    const picture = readPixels(bitmap);
    const wide = profile !== null && names(profile, 'Display P3');
    return { picture, colorSpace: wide ? 'display-p3' : 'srgb' };
  } finally {
    bitmap.close();
  }
}

/**
 * What a mask file marks; see `ce_tf.images.mask` for the rule.
 * @param {File} file
 * @returns {Promise<{data: Uint8Array, width: number, height: number}>} 0 or 255.
 */
export async function decodeMask(file) {
  const bitmap = await readBitmap(file, null);
  const { data, width, height } = readPixels(bitmap);
  bitmap.close();
  const words = new Uint32Array(data.buffer);
  const color = words[0] & 0xffffff;
  const plain = words.every((word) => (word & 0xffffff) === color);
  const clear = plain && words.some((word) => word >>> 24 < 255);
  const mask = new Uint8Array(width * height);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const at = 4 * pixel;
    mask[pixel] = clear ? data[at + 3] : Math.max(data[at], data[at + 1], data[at + 2]);
  }
  const largest = mask.reduce((most, value) => Math.max(most, value), 0);
  const several = mask.some((value) => value > 0 && value < largest);
  const least = several ? 64 : 1;
  return { data: mask.map((value) => (value >= least ? 255 : 0)), width, height };
}

/**
 * @param {File | Blob} file
 * @param {((file: File) => Promise<Blob>) | null} convert
 */
async function readBitmap(file, convert) {
  /** @type {ImageBitmapOptions} */
  const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' };
  try {
    return await createImageBitmap(file, options);
  } catch {
    const name = file instanceof File ? file.name : '';
    if (!convert || !(file instanceof File)) throw new PageError('no_picture', { name });
  }
  const converted = await convert(file);
  return createImageBitmap(converted, options);
}

/**
 * @param {ImageBitmap} bitmap
 * @returns {Picture}
 */
export function readPixels(bitmap) {
  const { width, height } = bitmap;
  const data = new Uint8ClampedArray(width * height * 4);
  const strip = new OffscreenCanvas(width, Math.min(ROWS, height));
  const context = strip.getContext('2d', { willReadFrequently: true });
  if (!context) throw new PageError('no_memory');
  for (let top = 0; top < height; top += strip.height) {
    const rows = Math.min(strip.height, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top);
    data.set(context.getImageData(0, 0, width, rows).data, top * width * 4);
  }
  return { data, width, height };
}

/**
 * Whether a colour profile has these words, in either way that it writes them.
 * @param {Uint8Array} profile
 * @param {string} words
 */
function names(profile, words) {
  const text = new TextDecoder('latin1').decode(profile);
  return text.includes(words) || text.includes([...words].join('\0'));
}
