/** What the worker does for each request: one after the other, through a port. */

import { erase } from './eraser.js';
import { EraseError, toEraseError } from './errors.js';
import { findModel } from './models.js';
import { loadNetwork } from './network.js';

/** @typedef {import('./eraser.js').Options} Options */
/** @typedef {import('./network.js').Accelerator} Accelerator */
/** @typedef {import('./photo.js').Picture} Picture */
/** @typedef {import('./network_fill.js').Network} Network */
/** @typedef {import('./cells.js').Hole} Hole */

/**
 * @typedef {object} Request
 * @property {string} base
 * @property {Accelerator} accelerator
 * @property {Hole} hole
 * @property {{width: number, height: number}} photo
 * @property {Options & {model: string}} options
 */

/** The networks of the model that was used last, by their addresses. */
const loaded = /** @type {Map<string, Promise<Network>>} */ (new Map());
/** The end of the work so far. */
let before = Promise.resolve();

/**
 * Serves a request: the port hears `{need}`, `{fraction}` and, at last, `{result}` or
 * `{error}`; it says `{pixels}` and `{cancel}`.
 * @param {Request} request
 * @param {MessagePort} port
 */
export function serve(request, port) {
  before = before.then(() => work(request, port));
}

/**
 * @param {Request} request
 * @param {MessagePort} port
 */
async function work({ base, accelerator, hole, photo, options }, port) {
  let wanted = true;
  /** @type {Promise<Picture>} */
  const pixels = new Promise((resolve, reject) => {
    port.onmessage = ({ data }) => {
      if (data.pixels) resolve(data.pixels);
      if (!data.cancel) return;
      wanted = false;
      reject(new EraseError('cancelled'));
    };
  });
  pixels.catch(() => {}); // where nobody waits for them
  /** @param {number} fraction */
  const report = async (fraction) => {
    port.postMessage({ fraction });
    await letOthersWork();
    if (!wanted) throw new EraseError('cancelled');
  };
  try {
    await report(0);
    const urls = await findModel(base, options.model);
    const wantedUrls = new Set(urls.values());
    for (const url of loaded.keys()) if (!wantedUrls.has(url)) loaded.delete(url);
    const sizes = [...urls.keys()];
    const smallest = Math.min(...sizes);
    /** @param {number} size */
    const open = (size) =>
      openNetwork(base, /** @type {string} */ (urls.get(size)), accelerator);
    const result = await erase(hole, photo, options, {
      sizes,
      // A larger one may be out of reach: without a network, or in too little memory.
      openNetwork: (size) =>
        size === smallest ? open(size) : open(size).catch(() => open(smallest)),
      report,
      readPixels: (need) => {
        port.postMessage({ need });
        return pixels;
      },
    });
    port.postMessage({ result }, [result.data.buffer]);
  } catch (thrown) {
    const { code, message } = toEraseError(thrown);
    port.postMessage({ error: { code, message } });
  }
}

/**
 * @param {string} base
 * @param {string} url
 * @param {Accelerator} accelerator
 * @returns {Promise<Network>}
 */
function openNetwork(base, url, accelerator) {
  let network = loaded.get(url);
  if (!network) {
    network = loadNetwork(base, url, accelerator);
    loaded.set(url, network);
    network.catch(() => loaded.delete(url));
  }
  return network;
}

/** Lets messages in: a task of its own, without the rest that a timer takes. */
function letOthersWork() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(null);
  });
}
