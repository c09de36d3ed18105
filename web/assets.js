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
/** Names, what a menu shows, and files in `PRETRAINED` by size; the default first. */
const MODELS = [
  {
    name: 'pretrained',
    title: 'Pretrained',
    files: { 256: 'eraser.tflite', 512: 'eraser_512.tflite' },
  },
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
  for (const file of MODELS.flatMap(({ files }) => Object.values(files))) {
    await copyFile(join(PRETRAINED, file), join(folder, file));
  }
  await writeFile(join(folder, 'models.json'), JSON.stringify(MODELS, null, 1));
}

const target = process.argv[2] ?? HERE;
await gatherRuntime(join(target, 'litert'));
await gatherModels(join(target, 'models'));
