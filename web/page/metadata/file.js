/** What a photo's file says beside its pixels: read from one, put into another. */

import { cleanExif, readOrientation } from './exif.js';
import { insertIntoJpeg, readJpeg } from './jpeg.js';
import { noMetadata } from './metadata.js';
import { readPng } from './png.js';
import { insertIntoWebp, readWebp } from './webp.js';

/** @typedef {import('./metadata.js').Metadata} Metadata */
/** @typedef {'jpeg' | 'png' | 'webp' | 'other'} Format */

/**
 * @param {Uint8Array} data
 * @returns {Format}
 */
function findFormat(data) {
  const start = String.fromCharCode(...data.subarray(0, 12));
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG')) return 'png';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'webp';
  return 'other';
}

/**
 * @param {Blob} file
 * @returns {Promise<Metadata & {format: Format, lying: boolean}>} The EXIF is that of
 *   the pixels as browsers give them; `lying` where those are not upright.
 */
export async function readMetadata(file) {
  const data = new Uint8Array(await file.arrayBuffer());
  const format = findFormat(data);
  let metadata = noMetadata();
  let lying = false;
  try {
    if (format === 'jpeg') metadata = readJpeg(data);
    if (format === 'png') metadata = await readPng(data);
    if (format === 'webp') metadata = readWebp(data);
    // Chromium turns all formats upright but this.
    lying = format === 'webp' && metadata.exif !== null && readOrientation(metadata.exif) > 1;
  } catch (error) {
    // Somebody's broken metadata is no reason to lose the picture.
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  }
  const exif = metadata.exif && cleanExif(metadata.exif, format !== 'webp');
  return { ...metadata, exif, format, lying };
}

/**
 * @param {Blob} file A JPEG or WebP that a canvas gave.
 * @param {Metadata} metadata
 * @returns {Promise<Blob>}
 */
export async function insertMetadata(file, metadata) {
  const data = new Uint8Array(await file.arrayBuffer());
  const insert = file.type === 'image/webp' ? insertIntoWebp : insertIntoJpeg;
  const parts = /** @type {BlobPart[]} */ (insert(data, metadata));
  return new Blob(parts, { type: file.type });
}
