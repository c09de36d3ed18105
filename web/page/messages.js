/** What the page tells while and after it works. */

import { button, find } from './elements.js';
import { PageError } from './errors.js';
import { isText, say } from './texts.js';

const VISIBLE = 5000; // milliseconds

const place = find('message', HTMLParagraphElement);
let timer = 0;

/**
 * Tells something for a while.
 * @param {string} words
 * @param {'note' | 'error'} [kind]
 */
export function tell(words, kind = 'note') {
  place.textContent = words;
  place.dataset.kind = kind;
  place.classList.add('visible');
  clearTimeout(timer);
  timer = window.setTimeout(() => place.classList.remove('visible'), VISIBLE);
}

/**
 * Tells what went wrong.
 * @param {unknown} error
 */
export function tellError(error) {
  if (error instanceof PageError) {
    if (error.code === 'cancelled') tell(say('cancelled'));
    else tell(error.words ?? say(error.code, error.values), 'error');
    return;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const full = error instanceof RangeError;
  tell(say(isText(code) ? code : full ? 'no_memory' : 'failed'), 'error');
  if (!isText(code)) console.error(error);
}

/**
 * Shows a bar and seconds while something is done, with a way to cancel it.
 * @template T
 * @param {(signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<T>} work
 * @returns {Promise<{result: T, seconds: string}>}
 */
export async function showWorking(work) {
  const box = find('working', HTMLDivElement);
  const bar = find('progress', HTMLProgressElement);
  const seconds = find('seconds', HTMLSpanElement);
  const control = new AbortController();
  const began = performance.now();
  const count = () => ((performance.now() - began) / 1000).toFixed(1);
  const tick = () => {
    seconds.textContent = `${count()} s`;
  };
  const cancel = () => control.abort();
  bar.removeAttribute('value');
  tick();
  const ticking = setInterval(tick, 100);
  button('cancel').addEventListener('click', cancel);
  place.classList.remove('visible');
  box.hidden = false;
  document.body.dataset.working = '';
  try {
    const result = await work(control.signal, (fraction) => {
      bar.value = fraction;
    });
    return { result, seconds: count() };
  } finally {
    clearInterval(ticking);
    button('cancel').removeEventListener('click', cancel);
    box.hidden = true;
    delete document.body.dataset.working;
  }
}
