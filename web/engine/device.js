/**
 * The engine in the browser: erases without a server, in a Worker.
 *
 * It expects, relative to `base`, what `npm run assets` gathers:
 *
 * - `litert/`: LiteRT's script (`index.js`, `wasm-utils.js`) and its WebAssembly, of
 *   which a browser loads one: `litert_wasm_threaded_internal.*` where the page is
 *   isolated (the headers COOP: same-origin and COEP: require-corp),
 *   `litert_wasm_internal.*`, or `litert_wasm_compat_internal.*` where it has no
 *   relaxed SIMD.
 * - `models/`: `models.json`, a list of `{name, title, file}`, and the files.
 *
 * Its own modules lie where this one does. Nothing is fetched from anywhere else.
 */

import { EraseError, toEraseError } from './errors.js';
import { listModels } from './models.js';
import { boundMask, cutMask, cutPicture } from './photo.js';

export { EraseError };

/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./network.js').Accelerator} Accelerator */

/**
 * @typedef {object} EraseOptions
 * @property {number} [grow] Whole pixels by which the hole is dilated first.
 * @property {number | null} [feather] Pixels over which the photo goes over into the
 *   fill; as many as the hole grows by where none are said.
 * @property {number} [detail] How much texture the fill gets, 0 to 1.
 * @property {string} [model] A name of `models()`; the first where none is said.
 */

/**
 * @typedef {object} EraseRequest
 * @property {Picture} photo It is only read, and not copied but for what the windows
 *   round the hole show.
 * @property {Uint8Array} mask [height, width]; what is not 0 is hole.
 * @property {EraseOptions} [options]
 */

/**
 * @typedef {object} Changed
 * @property {number} x Left of the part of the photo that changed.
 * @property {number} y Top of it.
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray} data RGBA; outside the hole the photo's own pixels.
 */

/**
 * @param {object} where
 * @param {string} where.base Address of the folder that holds `litert/` and `models/`,
 *   from the page's own.
 * @param {Accelerator} [where.accelerator] What computes; `auto` takes the GPU where
 *   there is one and the network is large.
 */
export function createDeviceEngine({ base, accelerator = 'auto' }) {
  const folder = new URL(base.endsWith('/') ? base : `${base}/`, document.baseURI).href;
  /** @type {Worker | null} */
  let worker = null;

  return {
    /** @returns {Promise<Array<{name: string, title: string}>>} The first is the default. */
    async models() {
      return (await listModels(folder)).map(({ name, title }) => ({ name, title }));
    },

    /**
     * Fills what the mask marks.
     * @param {EraseRequest} request
     * @param {{signal?: AbortSignal, onProgress?: (fraction: number) => void}} [control]
     * @returns {Promise<Changed>}
     * @throws {EraseError}
     */
    async erase({ photo, mask, options = {} }, { signal, onProgress } = {}) {
      if (signal?.aborted) throw new EraseError('cancelled');
      check(photo, mask, options);
      const box = boundMask(mask, photo.width);
      if (!box) throw new EraseError('nothing_marked');
      const hole = cutMask(mask, photo.width, box);
      for (let pixel = 0; pixel < hole.length; pixel++) hole[pixel] &&= 1;
      const model = options.model ?? (await listModels(folder))[0].name;
      const { grow = 0, feather = null, detail = 1 } = options;
      const request = {
        base: folder,
        accelerator,
        hole: { ...box, data: hole },
        photo: { width: photo.width, height: photo.height },
        options: { grow, feather, detail, model },
      };
      worker ??= new Worker(new URL('worker.js', import.meta.url));
      try {
        return await ask(worker, request, photo, signal, onProgress);
      } catch (thrown) {
        const error = toEraseError(thrown);
        if (['no_memory', 'no_runtime', 'failed'].includes(error.code)) {
          worker?.terminate(); // what it holds may be broken
          worker = null;
        }
        throw error;
      }
    },
  };
}

/**
 * @param {Picture} photo
 * @param {Uint8Array} mask
 * @param {EraseOptions} options
 */
function check({ data, width, height }, mask, { grow = 0, feather = 0, detail = 1 }) {
  const pixels = width * height;
  if (!pixels || data.length !== 4 * pixels || mask.length !== pixels) {
    throw new EraseError(
      'wrong_size',
      `photo ${width}x${height}, mask of ${mask.length}`,
    );
  }
  const fits = Number.isInteger(grow) && grow >= 0 && (feather ?? 0) >= 0;
  if (!fits || !(detail >= 0 && detail <= 1)) {
    throw new EraseError('wrong_option', JSON.stringify({ grow, feather, detail }));
  }
}

/**
 * Puts a request to the worker.
 * @param {Worker} worker
 * @param {import('./session.js').Request} request
 * @param {Picture} photo
 * @param {AbortSignal} [signal]
 * @param {(fraction: number) => void} [onProgress]
 * @returns {Promise<Changed>}
 */
function ask(worker, request, photo, signal, onProgress) {
  const { port1: port, port2 } = new MessageChannel();
  const ended = new AbortController();
  /** @type {Promise<Changed>} */
  const answer = new Promise((resolve, reject) => {
    const cancel = () => {
      port.postMessage({ cancel: true });
      reject(new EraseError('cancelled'));
    };
    signal?.addEventListener('abort', cancel, { signal: ended.signal });
    const fail = (/** @type {ErrorEvent} */ event) => {
      reject(new EraseError('failed', event.message));
    };
    worker.addEventListener('error', fail, { signal: ended.signal });
    port.onmessage = ({ data: { fraction, need, result, error } }) => {
      if (signal?.aborted) return;
      if (error) reject(new EraseError(error.code, error.message));
      if (fraction !== undefined) onProgress?.(fraction);
      if (need) {
        const pixels = cutPicture(photo, need);
        port.postMessage({ pixels }, [pixels.data.buffer]);
      }
      if (result) {
        const { left, top, width, height, data } = result;
        onProgress?.(1);
        resolve({ x: left, y: top, width, height, data });
      }
    };
    worker.postMessage(request, [port2, request.hole.data.buffer]);
  });
  return answer.finally(() => ended.abort());
}
