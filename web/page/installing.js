/** Has the browser keep the page, so that it opens and erases without a network. */

import { engine, places } from './engines.js';

const SIDE = 64; // pixels of a picture to erase from, to have all fetched that it takes

/** Where no server takes part in it, whose own version would be another. */
export async function keepPage() {
  if (places.includes('computer') || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('sw.js');
    await controlled();
    const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
    const mask = new Uint8Array(SIDE * SIDE);
    mask[(SIDE * (SIDE + 1)) / 2] = 255;
    await engine().erase({ photo: { data, width: SIDE, height: SIDE }, mask });
    document.body.dataset.kept = '';
  } catch (error) {
    console.warn('The page is not kept for offline use:', error);
  }
}

/** Waits until what the page fetches goes through the service worker, and is kept. */
async function controlled() {
  if (navigator.serviceWorker.controller) return;
  await new Promise((resolve) => {
    const options = { once: true };
    navigator.serviceWorker.addEventListener('controllerchange', resolve, options);
  });
}
