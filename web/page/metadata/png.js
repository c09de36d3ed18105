/** Metadata in a PNG: chunks before its pixels. */

import { makeChunk } from '../png.js';
import { noMetadata } from './metadata.js';

/** @typedef {import('./metadata.js').Metadata} Metadata */

const XMP = 'XML:com.adobe.xmp\0';
const INCH = 0.0254; // metres

/**
 * @param {Uint8Array} data
 * @returns {Promise<Metadata>}
 */
export async function readPng(data) {
  const metadata = noMetadata();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let place = 8; place + 12 <= data.length; ) {
    const length = view.getUint32(place);
    const name = latin(data.subarray(place + 4, place + 8));
    const body = data.subarray(place + 8, place + 8 + length);
    if (name === 'eXIf') metadata.exif ??= body.slice();
    if (name === 'iCCP') metadata.profile ??= await unpack(body);
    if (name === 'iTXt' && latin(body.subarray(0, XMP.length)) === XMP) {
      // Two flags, then language and translation, both empty as a rule.
      const after = body.indexOf(0, body.indexOf(0, XMP.length + 2) + 1) + 1;
      if (!body[XMP.length]) metadata.xmp ??= body.slice(after);
    }
    if (name === 'pHYs' && body[8] === 1) {
      const [x, y] = [view.getUint32(place + 8), view.getUint32(place + 12)];
      metadata.density = [x * INCH, y * INCH];
    }
    place += length + 12;
  }
  return metadata;
}

/**
 * @param {Metadata} metadata
 * @returns {Promise<Uint8Array[]>}
 */
export async function makePngChunks({ exif, profile, xmp, density }) {
  const chunks = [];
  if (profile) {
    const packed = await transform(profile, new CompressionStream('deflate'));
    chunks.push(makeChunk('iCCP', joined('ICC Profile\0\0', packed)));
  }
  if (density) {
    const body = new Uint8Array(9);
    const view = new DataView(body.buffer);
    density.forEach((dots, axis) => view.setUint32(4 * axis, Math.round(dots / INCH)));
    body[8] = 1;
    chunks.push(makeChunk('pHYs', body));
  }
  if (exif) chunks.push(makeChunk('eXIf', exif));
  if (xmp) chunks.push(makeChunk('iTXt', joined(`${XMP}\0\0\0\0`, xmp)));
  return chunks;
}

/** @param {Uint8Array} body A name, a zero, the way of packing, what is packed. */
function unpack(body) {
  const packed = body.slice(body.indexOf(0) + 2);
  return transform(packed, new DecompressionStream('deflate'));
}

/**
 * @param {Uint8Array} data
 * @param {CompressionStream | DecompressionStream} stream
 */
async function transform(data, stream) {
  const blob = new Blob([/** @type {BlobPart} */ (data)]);
  const changed = blob.stream().pipeThrough(stream);
  return new Uint8Array(await new Response(changed).arrayBuffer());
}

/**
 * @param {string} text
 * @param {Uint8Array} data
 */
function joined(text, data) {
  const all = new Uint8Array(text.length + data.length);
  all.set(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
  all.set(data, text.length);
  return all;
}

/** @param {Uint8Array} bytes */
function latin(bytes) {
  return String.fromCharCode(...bytes);
}
