/** The models that lie beside the page: `models/models.json` lists them. */

import { EraseError, toEraseError } from './errors.js';

/**
 * A model: the name that options take, what a menu shows, and its file in `models/`.
 * @typedef {{name: string, title: string, file: string}} Model
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
 * The address of a model's file.
 * @param {string} base
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function findModel(base, name) {
  const model = (await listModels(base)).find((one) => one.name === name);
  if (!model) throw new EraseError('no_model', `there is no model ${name}.`);
  return new URL(`models/${model.file}`, base).href;
}
