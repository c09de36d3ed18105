/**
 * What a photo's file says beside its pixels.
 * @typedef {object} Metadata
 * @property {Uint8Array | null} exif
 * @property {Uint8Array | null} profile Of its colours (ICC).
 * @property {Uint8Array | null} xmp
 * @property {[number, number] | null} density Dots an inch.
 */

/** @returns {Metadata} */
export function noMetadata() {
  return { exif: null, profile: null, xmp: null, density: null };
}
