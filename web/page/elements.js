/** The parts of the page, by their names. */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function find(id, kind) {
  const part = document.getElementById(id);
  if (!(part instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return part;
}

/** @param {string} id */
export const button = (id) => find(id, HTMLButtonElement);

/** @param {string} id */
export const input = (id) => find(id, HTMLInputElement);

/** @param {string} id */
export const select = (id) => find(id, HTMLSelectElement);
