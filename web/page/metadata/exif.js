/** EXIF: a small TIFF file that stands in a photo's. */

const ORIENTATION = 0x0112;
const PREVIEW = 0x0201;
const PREVIEW_LENGTH = 0x0202;
const ENTRY = 12;

/**
 * How the pixels lie: 1 is upright.
 * @param {Uint8Array} exif
 */
export function readOrientation(exif) {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const entries = listEntries(view, view.getUint32(4, little), little);
  const entry = entries.find(({ tag }) => tag === ORIENTATION);
  return entry ? view.getUint16(entry.place + 8, little) : 1;
}

/**
 * The same EXIF for pixels that are upright, without the preview, which would still
 * show what was erased.
 * @param {Uint8Array} exif
 * @param {boolean} upright Whether they are; else what it says of that is kept.
 * @returns {Uint8Array | null} Null where it cannot be read: nothing is kept of it then.
 */
export function cleanExif(exif, upright) {
  const clean = exif.slice();
  const view = new DataView(clean.buffer);
  try {
    const little = view.getUint16(0) === 0x4949;
    if (!little && view.getUint16(0) !== 0x4d4d) return null;
    const first = view.getUint32(4, little);
    for (const entry of listEntries(view, first, little)) {
      if (upright && entry.tag === ORIENTATION) view.setUint16(entry.place + 8, 1, little);
    }
    const pointer = first + 2 + ENTRY * view.getUint16(first, little);
    const second = view.getUint32(pointer, little);
    if (!second) return clean;
    const entries = listEntries(view, second, little);
    const value = (/** @type {number} */ tag) =>
      entries.find((entry) => entry.tag === tag)?.value ?? 0;
    const [start, length] = [value(PREVIEW), value(PREVIEW_LENGTH)];
    view.setUint32(pointer, 0, little);
    clean.fill(0, second, second + 2 + ENTRY * entries.length + 4);
    clean.fill(0, start, start + length);
    const last = length && start + length >= clean.length;
    return last ? clean.slice(0, Math.max(start, pointer + 4)) : clean;
  } catch (error) {
    if (error instanceof RangeError) return null; // it points beyond its end
    throw error;
  }
}

/**
 * @param {DataView} view
 * @param {number} place
 * @param {boolean} little
 */
function listEntries(view, place, little) {
  const count = view.getUint16(place, little);
  return Array.from({ length: count }, (_, index) => {
    const at = place + 2 + ENTRY * index;
    return {
      place: at,
      tag: view.getUint16(at, little),
      value: view.getUint32(at + 8, little),
    };
  });
}
