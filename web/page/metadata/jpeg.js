/** Metadata in a JPEG: segments before its picture. */

import { noMetadata } from './metadata.js';

/** @typedef {import('./metadata.js').Metadata} Metadata */

const JFIF = 'JFIF\0';
const EXIF = 'Exif\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';
const PROFILE = 'ICC_PROFILE\0';
const MOST = 65_533; // bytes of a segment
const [APP0, APP1, APP2, SCAN] = [0xe0, 0xe1, 0xe2, 0xda];
const CENTIMETRES = 2.54;

/**
 * @param {Uint8Array} data
 * @returns {Metadata}
 */
export function readJpeg(data) {
  const metadata = noMetadata();
  /** @type {Uint8Array[]} */
  const profile = [];
  for (const { marker, body } of listSegments(data)) {
    if (marker === APP0 && starts(body, JFIF)) metadata.density ??= readDensity(body);
    if (marker === APP1 && starts(body, EXIF)) metadata.exif ??= body.slice(EXIF.length);
    if (marker === APP1 && starts(body, XMP)) metadata.xmp ??= body.slice(XMP.length);
    if (marker === APP2 && starts(body, PROFILE)) {
      profile[body[PROFILE.length]] = body.slice(PROFILE.length + 2);
    }
  }
  const parts = profile.filter(Boolean);
  if (parts.length) metadata.profile = join(parts);
  return metadata;
}

/**
 * @param {Uint8Array} data A JPEG.
 * @param {Metadata} metadata
 * @returns {Uint8Array[]} Parts of the file.
 */
export function insertIntoJpeg(data, { exif, profile, xmp, density }) {
  const parts = [data.subarray(0, 2), makeJfif(density)];
  if (exif && exif.length + EXIF.length <= MOST) parts.push(make(APP1, EXIF, exif));
  if (xmp && xmp.length + XMP.length <= MOST) parts.push(make(APP1, XMP, xmp));
  if (profile) {
    const length = MOST - PROFILE.length - 2;
    const count = Math.ceil(profile.length / length);
    for (let index = 0; index < count; index++) {
      const part = profile.subarray(index * length, (index + 1) * length);
      parts.push(make(APP2, PROFILE, Uint8Array.of(index + 1, count), part));
    }
  }
  let rest = 2;
  for (const { marker, end } of listSegments(data)) {
    if (marker < APP0 || marker > 0xef) break; // those of the canvas are dropped
    rest = end;
  }
  return [...parts, data.subarray(rest)];
}

/**
 * The segments before the picture.
 * @param {Uint8Array} data
 */
function* listSegments(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let place = 2;
  while (view.getUint8(place) === 0xff) {
    const marker = view.getUint8(place + 1);
    if (marker === SCAN) return;
    const end = place + 2 + view.getUint16(place + 2);
    yield { marker, end, body: data.subarray(place + 4, end) };
    place = end;
  }
}

/**
 * @param {number} marker
 * @param {string} name
 * @param {Uint8Array[]} parts
 */
function make(marker, name, ...parts) {
  const letters = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
  const body = join([letters, ...parts]);
  const length = body.length + 2;
  return join([Uint8Array.of(0xff, marker, length >> 8, length & 255), body]);
}

/** @param {[number, number] | null} density */
function makeJfif(density) {
  const [x, y] = (density ?? [1, 1]).map(Math.round);
  const body = [1, 1, density ? 1 : 0, x >> 8, x & 255, y >> 8, y & 255, 0, 0];
  return make(APP0, JFIF, Uint8Array.from(body));
}

/**
 * @param {Uint8Array} body
 * @returns {[number, number] | null}
 */
function readDensity(body) {
  const unit = body[7];
  if (!unit) return null;
  const factor = unit === 2 ? CENTIMETRES : 1;
  return [((body[8] << 8) + body[9]) * factor, ((body[10] << 8) + body[11]) * factor];
}

/**
 * @param {Uint8Array} body
 * @param {string} name
 */
function starts(body, name) {
  return [...name].every((letter, index) => body[index] === letter.charCodeAt(0));
}

/** @param {Uint8Array[]} parts */
function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}
