// What tests call: the engine on files that they wrote, its answer as JSON.

import { createDeviceEngine, EraseError } from '/engine/device.js';

window.engine = createDeviceEngine({ base: '/' });

/** Erases; `cancelAt` is the fraction of progress at which it is cancelled. */
window.erase = async ({
  photo,
  mask,
  width,
  height,
  options,
  cancelAt,
  accelerator,
}) => {
  if (accelerator) window.engine = createDeviceEngine({ base: '/', accelerator });
  const [pixels, marked] = await Promise.all([photo, mask].map(read));
  const data = new Uint8ClampedArray(pixels);
  const before = data.slice();
  const control = new AbortController();
  const progress = [];
  const onProgress = (fraction) => {
    progress.push(fraction);
    if (fraction >= cancelAt) control.abort();
  };
  const request = {
    photo: { data, width, height },
    mask: new Uint8Array(marked),
    options,
  };
  const start = performance.now();
  try {
    const signal = control.signal;
    const changed = await window.engine.erase(request, { signal, onProgress });
    const seconds = (performance.now() - start) / 1000;
    const untouched = before.every((value, place) => value === data[place]);
    return { ...changed, data: encode(changed.data), progress, seconds, untouched };
  } catch (error) {
    const known = error instanceof EraseError;
    return { code: known ? error.code : 'unknown', message: error.message, progress };
  }
};

async function read(url) {
  return (await fetch(url)).arrayBuffer();
}

function encode(bytes) {
  let text = '';
  for (let start = 0; start < bytes.length; start += 1 << 15) {
    text += String.fromCharCode(...bytes.subarray(start, start + (1 << 15)));
  }
  return btoa(text);
}
