/**
 * Gathers what the engine needs and this folder does not hold: LiteRT from
 * node_modules, and the models that ship with the Python package.
 *
 *     npm run assets            # into this folder
 *     npm run assets -- FOLDER  # into another, for example dist
 */

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const NODE_MODULES = join(HERE, 'node_modules', '@litertjs');
const PRETRAINED = join(HERE, '..', 'ce_tf', 'pretrained');
/** Name, what a menu shows, and the file in `PRETRAINED`; the default first. */
const MODELS = [
  ['pretrained', 'Pretrained', 'eraser.tflite'],
];
// With and without threads, and for browsers without relaxed SIMD.
const RUNTIMES = [
  'litert_wasm_internal',
  'litert_wasm_threaded_internal',
  'litert_wasm_compat_internal',
];

/** @param {string} folder */
async function gatherRuntime(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of RUNTIMES.flatMap((name) => [`${name}.js`, `${name}.wasm`])) {
    await copyFile(join(NODE_MODULES, 'core', 'wasm', name), join(folder, name));
  }
  // A worker has no import map: the one bare name becomes a place.
  const script = await readFile(join(NODE_MODULES, 'core', 'dist', 'index.js'), 'utf8');
  const placed = script.replace(
    'from "@litertjs/wasm-utils"',
    'from "./wasm-utils.js"',
  );
  if (placed === script) throw new Error('LiteRT no longer imports its wasm-utils so.');
  await writeFile(join(folder, 'index.js'), placed);
  const utils = join(NODE_MODULES, 'wasm-utils', 'dist', 'index.js');
  await copyFile(utils, join(folder, 'wasm-utils.js'));
}

/** @param {string} folder */
async function gatherModels(folder) {
  await mkdir(folder, { recursive: true });
  const models = MODELS.map(([name, title]) => ({
    name,
    title,
    file: `${name}.tflite`,
  }));
  for (const [name, , file] of MODELS) {
    await copyFile(join(PRETRAINED, file), join(folder, `${name}.tflite`));
  }
  await writeFile(join(folder, 'models.json'), JSON.stringify(models, null, 1));
}

const target = process.argv[2] ?? HERE;
await gatherRuntime(join(target, 'litert'));
await gatherModels(join(target, 'models'));
