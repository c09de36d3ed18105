/** Keeps the photo and its steps in the browser, so that a reload loses nothing. */

/** @typedef {import('./history.js').Step} Step */

/**
 * @typedef {object} Kept
 * @property {File} file
 * @property {Step[]} steps
 * @property {number} position
 * @property {number} fixed
 */

const NAME = 'ce_tf-eraser';
const PHOTO = 'photo';
const STEPS = 'steps';

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(PHOTO);
    request.result.createObjectStore(STEPS);
  };
  return settle(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settle(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * One change after the other, each whole or not at all.
 * @param {(photo: IDBObjectStore, steps: IDBObjectStore) => void} change
 * @returns {Promise<void>}
 */
function write(change) {
  const next = last.catch(() => {}).then(async () => {
    const database = await open();
    const transaction = database.transaction([PHOTO, STEPS], 'readwrite');
    try {
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
        change(transaction.objectStore(PHOTO), transaction.objectStore(STEPS));
      });
    } finally {
      database.close();
    }
  });
  last = next;
  return next;
}

/**
 * Keeps a photo that was opened, in place of the one before.
 * @param {File} file
 */
export function keepPhoto(file) {
  return write((photo, steps) => {
    photo.clear();
    steps.clear();
    photo.put(file, 'file');
    photo.put({ position: 0, fixed: 0 }, 'place');
  });
}

/**
 * Keeps where in its steps a photo is.
 * @param {import('./history.js').History} history
 * @param {number} [added] Index of a step that is new.
 */
export function keepSteps({ steps: all, position, fixed }, added = undefined) {
  return write((photo, steps) => {
    photo.put({ position, fixed }, 'place');
    if (added === undefined) return;
    steps.delete(IDBKeyRange.lowerBound(added));
    steps.put(all[added], added);
  });
}

/** @returns {Promise<Kept | null>} What was kept. */
export async function readKept() {
  const database = await open();
  try {
    const transaction = database.transaction([PHOTO, STEPS]);
    const photo = transaction.objectStore(PHOTO);
    const [file, place, steps] = await Promise.all([
      settle(photo.get('file')),
      settle(photo.get('place')),
      settle(transaction.objectStore(STEPS).getAll()),
    ]);
    return file ? { file, steps, ...place } : null;
  } finally {
    database.close();
  }
}
