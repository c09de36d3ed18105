/** The models that lie beside the page: `models/models.json` lists them. */

import { EraseError, toEraseError } from './errors.js';

/**
 * A model: the name that options take, what a menu shows, and its files in `models/`,
 * by the side of the squares that each takes.
 * @typedef {{name: string, title: string, files: Record<string, string>}} Model
 */

/**
 * @param {string} base
 * @returns {Promise<Model[]>} The first is the default.
 */
export async function listModels(base) {
  const url = new URL('models/models.json', base);
  try {
    const answer = await fetch(url);
    if (answer.ok) return await answer.json();
    throw new Error(`${url}: ${answer.status}`);
  } catch (error) {
    throw new EraseError('no_model', toEraseError(error).message);
  }
}

/**
 * The addresses of a model's files, by size.
 * @param {string} base
 * @param {string} name
 * @returns {Promise<Map<number, string>>}
 */
export async function findModel(base, name) {
  const model = (await listModels(base)).find((one) => one.name === name);
  if (!model) throw new EraseError('no_model', `there is no model ${name}.`);
  return new Map(
    Object.entries(model.files).map(([size, file]) => [
      Number(size),
      new URL(`models/${file}`, base).href,
    ]),
  );
}
