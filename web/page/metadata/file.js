/** What a photo's file says beside its pixels: read from one, put into another. */

import { cleanExif } from './exif.js';
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
 * @returns {Promise<Metadata & {format: Format}>} The EXIF is that of upright pixels.
 */
export async function readMetadata(file) {
  const data = new Uint8Array(await file.arrayBuffer());
  const format = findFormat(data);
  let metadata = noMetadata();
  try {
    if (format === 'jpeg') metadata = readJpeg(data);
    if (format === 'png') metadata = await readPng(data);
    if (format === 'webp') metadata = readWebp(data);
  } catch (error) {
    // Somebody's broken metadata is no reason to lose the picture.
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  }
  const exif = metadata.exif && cleanExif(metadata.exif);
  return { ...metadata, exif, format };
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
