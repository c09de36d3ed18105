/** The engine on the computer that served the page: `ce_tf.page` by its HTTP API. */

import { readPixels } from './decoding.js';
import { PageError } from './errors.js';
import { Marks } from './marks.js';
import { copyRow } from './saving.js';
import { encodePng } from './png.js';

/** @typedef {import('./patches.js').Box} Box */
/** @typedef {import('./shown.js').Picture} Picture */
/** @typedef {import('../engine/device.js').EraseRequest} EraseRequest */
/** @typedef {import('../engine/device.js').Changed} Changed */

// Windows are twice as long as their holes, or 128 pixels, and lie within the photo: all
// that they can show.
const AROUND = 2;
const LEAST_AROUND = 160;
// Of the box's longer side, what tells GrabCut the background; a little more than that.
const AROUND_BOX = 0.5;
const LEAST_AROUND_BOX = 10;

/** @param {{base: string}} where Address of the server's folder that holds `api/`. */
export function createComputerEngine({ base }) {
  const folder = new URL(base, document.baseURI);

  /**
   * @param {string} call
   * @param {Record<string, string | number | Blob>} fields
   * @param {AbortSignal} [signal]
   */
  async function post(call, fields, signal) {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (value instanceof File) body.append(name, value);
      else if (value instanceof Blob) body.append(name, value, `${name}.png`);
      else body.append(name, String(value));
    }
    const answer = await ask(`api/${call}`, { method: 'POST', body, signal });
    return answer.blob();
  }

  /**
   * @param {string} path
   * @param {RequestInit} [options]
   */
  async function ask(path, options) {
    let answer;
    try {
      answer = await fetch(new URL(path, folder), options);
    } catch {
      throw new PageError(options?.signal?.aborted ? 'cancelled' : 'no_server');
    }
    if (answer.ok) return answer;
    const { error } = await answer.json().catch(() => ({}));
    throw new PageError('failed', {}, error);
  }

  /** @returns {Promise<{models: {name: string, title: string}[], limits: Limits}>} */
  const describe = async () => (await ask('api/models')).json();

  return {
    models: async () => (await describe()).models,

    /** What it takes. */
    limits: async () => (await describe()).limits,

    /**
     * As that of the engine in the browser.
     * @param {EraseRequest} request
     * @param {{signal?: AbortSignal}} [control]
     * @returns {Promise<Changed>}
     */
    async erase({ photo, mask, options = {} }, { signal } = {}) {
      const { width, height } = photo;
      const marks = new Marks(width, height);
      marks.data = mask;
      marks.recount();
      const hole = marks.bound();
      if (!hole) throw new PageError('nothing_marked');
      if (marks.count === mask.length) throw new PageError('everything_marked');
      const { grow = 0, feather = grow, detail = 1, model } = options;
      const changed = extend(hole, grow, photo);
      const side = Math.max(changed.width, changed.height);
      const part = extend(changed, Math.max(LEAST_AROUND, AROUND * side), photo);
      const blob = await post(
        'erase',
        {
          photo: await encodePart(photo, part),
          mask: await encodePng(part.width, part.height, 1, (y, row) => {
            const start = (part.top + y) * width + part.left;
            row.set(mask.subarray(start, start + row.length));
          }),
          grow,
          feather: feather ?? grow,
          detail,
          ...(model ? { model } : {}),
        },
        signal,
      );
      return cut(await decode(blob), part, changed, photo);
    },

    /**
     * The object in a box.
     * @param {Picture} photo
     * @param {Box} box
     * @param {AbortSignal} [signal]
     * @returns {Promise<{box: Box, mask: Uint8Array}>} The mask of a part: 0 or 255.
     */
    async select(photo, box, signal) {
      const side = Math.max(box.width, box.height);
      const around = Math.max(LEAST_AROUND_BOX, Math.ceil(AROUND_BOX * side) + 2);
      const part = extend(box, around, photo);
      const place = [box.left - part.left, box.top - part.top, box.width, box.height];
      const fields = { photo: await encodePart(photo, part), box: place.join() };
      const { data } = await decode(await post('select', fields, signal));
      const mask = new Uint8Array(part.width * part.height);
      for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = data[4 * pixel];
      return { box: part, mask };
    },

    /** A PNG of a photo that the browser cannot read. @param {File} photo */
    convert: (photo) => post('decode', { photo }),

    /**
     * The photo's own file with what was erased laid over it.
     * @param {File} photo
     * @param {{box: Box, file: Blob}} changes
     * @returns {Promise<File>}
     */
    async save(photo, { box, file }) {
      const fields = { photo, patch: file, x: box.left, y: box.top };
      const blob = await post('save', fields);
      const same = blob.type === photo.type || photo.type === '';
      const ending = same ? /\.\w+$/.exec(photo.name)?.[0] : null;
      const name = photo.name.replace(/\.\w+$/, '');
      const kind = ending ?? `.${blob.type.slice(6).replace('jpeg', 'jpg')}`;
      return new File([blob], `${name}-erased${kind}`, { type: blob.type });
    },
  };
}

/** @typedef {{megabytes: number, megapixels: number}} Limits */

/**
 * @param {Box} box
 * @param {number} by
 * @param {Picture} photo What it stays in.
 * @returns {Box}
 */
function extend(box, by, photo) {
  const left = Math.max(0, box.left - by);
  const top = Math.max(0, box.top - by);
  return {
    left,
    top,
    width: Math.min(photo.width, box.left + box.width + by) - left,
    height: Math.min(photo.height, box.top + box.height + by) - top,
  };
}

/**
 * @param {Picture} photo
 * @param {Box} part
 */
function encodePart({ data, width }, part) {
  return encodePng(part.width, part.height, 3, (y, row) => {
    copyRow(data, (part.top + y) * width + part.left, 3, row);
  });
}

/** @param {Blob} blob */
async function decode(blob) {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  const picture = readPixels(bitmap);
  bitmap.close();
  return picture;
}

/**
 * What may have changed, with the photo's own transparency.
 * @param {Picture} result Of `part`.
 * @param {Box} part
 * @param {Box} changed
 * @param {Picture} photo
 * @returns {Changed}
 */
function cut(result, part, changed, photo) {
  const { left: x, top: y, width, height } = changed;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = 4 * ((y - part.top + row) * part.width + x - part.left);
    const own = 4 * ((y + row) * photo.width + x);
    const to = 4 * row * width;
    data.set(result.data.subarray(from, from + 4 * width), to);
    for (let at = 3; at < 4 * width; at += 4) data[to + at] = photo.data[own + at];
  }
  return { x, y, width, height, data };
}
