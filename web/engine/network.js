/** What runs a network: LiteRT in WebAssembly, or on the GPU where that is worth it. */

import { EraseError, toEraseError } from './errors.js';

/** @typedef {import('@litertjs/core').CompiledModel} CompiledModel */
/** @typedef {import('./network_fill.js').Network} Network */
/** @typedef {typeof import('@litertjs/core')} LiteRt */
/** @typedef {'auto' | 'wasm' | 'webgpu'} Accelerator */

/** Side from which on a network is worth the GPU's start. */
const GPU_FROM = 256;

/** @type {Promise<LiteRt> | undefined} */
let runtime;

/**
 * Loads LiteRT from `base`litert/, once; on several threads where the page is isolated.
 * @param {string} base
 * @returns {Promise<LiteRt>}
 */
function loadRuntime(base) {
  runtime ??= (async () => {
    try {
      /** @type {LiteRt} */
      const litert = await import(new URL('litert/index.js', base).href);
      const folder = new URL('litert/', base).href;
      // Read by its loader, which else looks where the worker's own script lies.
      const Module = {
        locateFile: (/** @type {string} */ name) => folder + name,
        mainScriptUrlOrBlob: `${folder}litert_wasm_threaded_internal.js`,
      };
      Object.assign(globalThis, { Module });
      await litert.loadLiteRt(folder, { threads: crossOriginIsolated });
      return litert;
    } catch (error) {
      runtime = undefined;
      throw new EraseError('no_runtime', toEraseError(error).message);
    }
  })();
  return runtime;
}

/**
 * Loads a TFLite file that `export.py` wrote; its size and types are read from it.
 * @param {string} base Where `litert/` lies.
 * @param {string} url Of the file.
 * @param {Accelerator} accelerator
 * @returns {Promise<Network>}
 */
export async function loadNetwork(base, url, accelerator) {
  const litert = await loadRuntime(base);
  const model = await compile(litert, await fetchModel(url), accelerator);
  const details = model.getInputDetails();
  const size = details.find(({ name }) => name === 'image')?.shape[1];
  if (!size) throw new EraseError('no_model', `${url} has no input \`image\`.`);
  // A file takes bytes, or the same numbers as floats.
  const kinds = new Map(
    details.map(({ name, dtype }) => [
      name,
      dtype === 'float32' ? Float32Array : Uint8Array,
    ]),
  );
  return {
    size,
    async run(image, mask) {
      /** @param {string} name @param {Uint8Array} pixels @param {number} channels */
      const enter = (name, pixels, channels) => {
        const values = new (kinds.get(name) ?? Uint8Array)(pixels);
        return new litert.Tensor(values, [1, size, size, channels]);
      };
      const inputs = { image: enter('image', image, 3), mask: enter('mask', mask, 1) };
      const outputs = await model.run(inputs);
      const filled = await outputs.image.data();
      for (const tensor of [...Object.values(inputs), ...Object.values(outputs)])
        tensor.delete();
      return filled instanceof Uint8Array
        ? filled
        : new Uint8Array(
            Uint8ClampedArray.from(/** @type {Float32Array} */ (filled)).buffer,
          );
    },
  };
}

/**
 * @param {string} url
 * @returns {Promise<Uint8Array>}
 */
async function fetchModel(url) {
  try {
    const answer = await fetch(url);
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    throw new Error(`${url}: ${answer.status}`);
  } catch (error) {
    throw new EraseError('no_model', toEraseError(error).message);
  }
}

/**
 * @param {LiteRt} litert
 * @param {Uint8Array} data
 * @param {Accelerator} accelerator
 * @returns {Promise<CompiledModel>}
 */
async function compile(litert, data, accelerator) {
  try {
    if (accelerator === 'webgpu') return await compileForGpu(litert, data);
    const model = await litert.loadAndCompile(data, { accelerator: 'wasm' });
    const large = (model.getInputDetails()[0]?.shape[1] ?? 0) >= GPU_FROM;
    if (accelerator === 'wasm' || !large || !(await hasGpu())) return model;
    try {
      const faster = await compileForGpu(litert, data);
      model.delete();
      return faster;
    } catch {
      return model;
    }
  } catch (error) {
    const { code, message } = toEraseError(error);
    throw new EraseError(code === 'failed' ? 'no_model' : code, message);
  }
}

/**
 * @param {LiteRt} litert
 * @param {Uint8Array} data
 */
async function compileForGpu(litert, data) {
  const model = await litert.loadAndCompile(data, { accelerator: 'webgpu' });
  if (model.isFullyAccelerated) return model;
  model.delete();
  throw new Error('the model has operations that the GPU has not.');
}

/** Whether there is a GPU, and not a processor that acts as one. */
async function hasGpu() {
  const adapter = await navigator.gpu?.requestAdapter();
  return Boolean(adapter && !adapter.info.isFallbackAdapter);
}
