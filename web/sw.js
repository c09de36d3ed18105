/**
 * Keeps the page for when there is no network. `build.js` puts the list of files, and a
 * version made of what is in them, in place of the two words.
 */

const VERSION = 'VERSION';
/** @type {string[]} Fetched when the page is installed. */
const FILES = ['FILES'];

/**
 * @typedef {object} ServiceWorker What the language's types of a page do not hold.
 * @property {(kind: string, hear: (event: LifeEvent & FetchEvent) => void) => void
 *   } addEventListener
 * @property {() => Promise<void>} skipWaiting
 * @property {{claim: () => Promise<void>}} clients
 */
/** @typedef {{waitUntil: (done: Promise<unknown>) => void}} LifeEvent */
/** @typedef {{request: Request, respondWith: (answer: Promise<Response>) => void}
 *   } FetchEvent */

const worker = /** @type {ServiceWorker} */ (/** @type {unknown} */ (globalThis));

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(VERSION)
      .then((cache) => cache.addAll(FILES))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name !== VERSION))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

/**
 * What is kept; else what the network gives, which is kept then: a runtime for another
 * browser, a second model.
 * @param {Request} request
 */
async function answer(request) {
  const cache = await caches.open(VERSION);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const given = await fetch(request);
  if (given.ok) await cache.put(request, given.clone());
  return given;
}
