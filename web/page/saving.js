/** The photo as a file again: in its own format, with its metadata. */

import { insertMetadata, readMetadata } from './metadata/file.js';
import { makePngChunks } from './metadata/png.js';
import { encodePng } from './png.js';
import { findChanged } from './patches.js';

/** @typedef {import('./shown.js').Picture} Picture */
/** @typedef {import('./patches.js').Patch} Patch */
/** @typedef {import('./patches.js').Box} Box */

const QUALITY = { jpeg: 0.95, webp: 1 }; // WebP's 1 loses nothing

/**
 * What was erased, as a picture of its own: opaque where something is another than in
 * the file.
 * @param {Picture} picture
 * @param {Patch[]} patches
 * @returns {Promise<{box: Box, file: Blob}>}
 */
export async function encodeChanges(picture, patches) {
  if (!patches.length) {
    const box = { left: 0, top: 0, width: 1, height: 1 };
    return { box, file: await encodePng(1, 1, 4, (_, row) => row.fill(0)) };
  }
  const { box, changed } = findChanged(patches);
  const { data, width } = picture;
  const file = await encodePng(box.width, box.height, 4, (y, row) => {
    const start = 4 * ((box.top + y) * width + box.left);
    row.set(data.subarray(start, start + row.length));
    for (let x = 0; x < box.width; x++) {
      row[4 * x + 3] = changed[y * box.width + x] ? 255 : 0;
    }
  });
  return { box, file };
}

/**
 * The photo, encoded by the browser.
 * @param {Picture} picture
 * @param {File} source The file that it came in.
 * @returns {Promise<{file: File, png: boolean}>} `png`: in place of its own format.
 */
export async function encodePhoto(picture, source) {
  const { format, lying: _, ...metadata } = await readMetadata(source);
  if (format === 'jpeg' || format === 'webp') {
    const type = `image/${format}`;
    const canvas = draw(picture);
    const blob = await canvas.convertToBlob({ type, quality: QUALITY[format] });
    if (blob.type === type) {
      const whole = await insertMetadata(blob, metadata);
      return { file: name(whole, source), png: false };
    }
  }
  const chunks = await makePngChunks(metadata);
  const { data, width, height } = picture;
  const channels = isOpaque(data) ? 3 : 4;
  const fill = (/** @type {number} */ y, /** @type {Uint8Array} */ row) =>
    copyRow(data, y * width, channels, row);
  const blob = await encodePng(width, height, channels, fill, chunks);
  return { file: name(blob, source), png: format !== 'png' };
}

/**
 * A mask as a PNG: white goes.
 * @param {{data: Uint8Array, width: number, height: number}} mask
 * @param {File} source The photo's file.
 */
export async function encodeMask({ data, width, height }, source) {
  const blob = await encodePng(width, height, 1, (y, row) => {
    row.set(data.subarray(y * width, (y + 1) * width));
  });
  return new File([blob], `${stem(source.name)}-mask.png`, { type: blob.type });
}

/**
 * Copies pixels of RGBA with as many of their channels as there is room for.
 * @param {Uint8ClampedArray} data
 * @param {number} pixel The first.
 * @param {number} channels 3 or 4.
 * @param {Uint8Array} row
 */
export function copyRow(data, pixel, channels, row) {
  for (let to = 0, from = 4 * pixel; to < row.length; to += channels, from += 4) {
    for (let channel = 0; channel < channels; channel++) {
      row[to + channel] = data[from + channel];
    }
  }
}

/**
 * Gives a file to the person.
 * @param {File} file
 */
export function giveFile(file) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {Picture} picture */
function draw({ data, width, height }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new RangeError('out of memory: no canvas');
  const pixels = /** @type {Uint8ClampedArray<ArrayBuffer>} */ (data);
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** @param {Uint8ClampedArray} data */
function isOpaque(data) {
  for (let place = 3; place < data.length; place += 4) if (data[place] < 255) return false;
  return true;
}

/**
 * @param {Blob} blob
 * @param {File} source
 */
function name(blob, source) {
  const same = blob.type === source.type && /\.\w+$/.exec(source.name);
  const ending = same ? same[0] : `.${blob.type.slice(6).replace('jpeg', 'jpg')}`;
  return new File([blob], `${stem(source.name)}-erased${ending}`, { type: blob.type });
}

/** @param {string} name */
function stem(name) {
  return name.replace(/\.\w+$/, '') || 'photo';
}
