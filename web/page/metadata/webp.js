/** Metadata in a WebP: chunks of a RIFF file. */

import { noMetadata } from './metadata.js';

/** @typedef {import('./metadata.js').Metadata} Metadata */

const HEADER = 12;
const EXIF = 'Exif\0\0';
const FLAGS = { ICCP: 0x20, EXIF: 0x08, 'XMP ': 0x04 };
const ALPHA = 0x10;
const LOSSLESS_ALPHA = 0x10; // of a lossless picture's fifth byte

/**
 * @param {Uint8Array} data
 * @returns {Metadata}
 */
export function readWebp(data) {
  const metadata = noMetadata();
  for (const { name, body } of listChunks(data)) {
    if (name === 'ICCP') metadata.profile ??= body.slice();
    if (name === 'XMP ') metadata.xmp ??= body.slice();
    if (name === 'EXIF') {
      // Some write the JPEG's name before it.
      const named = String.fromCharCode(...body.subarray(0, EXIF.length)) === EXIF;
      metadata.exif ??= body.slice(named ? EXIF.length : 0);
    }
  }
  return metadata;
}

/**
 * @param {Uint8Array} data A WebP as a canvas gives it.
 * @param {Metadata} metadata
 * @returns {Uint8Array[]} Parts of the file.
 */
export function insertIntoWebp(data, { exif, profile, xmp }) {
  const chunks = [...listChunks(data)];
  const pictures = chunks.filter(({ name }) => name === 'ALPH' || name.startsWith('VP8'));
  const shown = pictures.filter(({ name }) => name !== 'VP8X');
  const extended = new Uint8Array(10);
  const { width, height, alpha } = measure(chunks);
  let flags = alpha ? ALPHA : 0;
  const added = /** @type {[keyof typeof FLAGS, Uint8Array | null][]} */ ([
    ['ICCP', profile],
    ['EXIF', exif],
    ['XMP ', xmp],
  ]);
  for (const [name, body] of added) if (body) flags |= FLAGS[name];
  extended[0] = flags;
  const view = new DataView(extended.buffer);
  for (let byte = 0; byte < 3; byte++) {
    view.setUint8(4 + byte, ((width - 1) >> (8 * byte)) & 255);
    view.setUint8(7 + byte, ((height - 1) >> (8 * byte)) & 255);
  }
  const parts = [make('VP8X', extended)];
  if (profile) parts.push(make('ICCP', profile));
  parts.push(...shown.map(({ name, body }) => make(name, body)));
  for (const [name, body] of added.slice(1)) if (body) parts.push(make(name, body));
  const size = parts.reduce((sum, part) => sum + part.length, 4);
  const header = new Uint8Array(HEADER);
  header.set(letters('RIFF'), 0);
  new DataView(header.buffer).setUint32(4, size, true);
  header.set(letters('WEBP'), 8);
  return [header, ...parts];
}

/** @param {{name: string, body: Uint8Array}[]} chunks */
function measure(chunks) {
  const { name, body } = chunks[0];
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (name === 'VP8X') {
    const read = (/** @type {number} */ at) =>
      1 + view.getUint8(at) + (view.getUint8(at + 1) << 8) + (view.getUint8(at + 2) << 16);
    return { width: read(4), height: read(7), alpha: Boolean(body[0] & ALPHA) };
  }
  if (name === 'VP8L') {
    const bits = view.getUint32(1, true);
    const [width, height] = [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
    return { width, height, alpha: Boolean(body[4] & LOSSLESS_ALPHA) };
  }
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  return { width: width & 0x3fff, height: height & 0x3fff, alpha: false };
}

/** @param {Uint8Array} data */
function* listChunks(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let place = HEADER; place + 8 <= data.length; ) {
    const name = String.fromCharCode(...data.subarray(place, place + 4));
    const length = view.getUint32(place + 4, true);
    yield { name, body: data.subarray(place + 8, place + 8 + length) };
    place += 8 + length + (length & 1);
  }
}

/**
 * @param {string} name
 * @param {Uint8Array} body
 */
function make(name, body) {
  const chunk = new Uint8Array(8 + body.length + (body.length & 1));
  chunk.set(letters(name));
  new DataView(chunk.buffer).setUint32(4, body.length, true);
  chunk.set(body, 8);
  return chunk;
}

/** @param {string} text */
function letters(text) {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
