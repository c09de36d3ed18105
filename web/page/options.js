/** What stands behind "More". */

import { find, input, select } from './elements.js';
import { choosePlace, chosenPlace, engine, places } from './engines.js';
import { tellError } from './messages.js';
import { say } from './texts.js';

// Growth by default, over the photo's longer side: a brush seldom covers a thing's rim.
const GROWTH = 1 / 250;
const LEAST_GROWTH = 2;
const SLIDERS = ['grow', 'feather', 'detail'];
const AT_ONCE = 'at-once';
const MODEL = 'model';

/** @returns {import('../engine/device.js').EraseOptions} */
export function readOptions() {
  const model = select('model').value;
  return {
    grow: Number(input('grow').value),
    feather: Number(input('feather').value),
    detail: Number(input('detail').value) / 100,
    ...(model ? { model } : {}),
  };
}

/** Whether lifting the finger erases. */
export function isAtOnce() {
  return input(AT_ONCE).checked;
}

/**
 * Sets growth and feather to what suits a photo.
 * @param {number} width
 * @param {number} height
 */
export function proposeGrowth(width, height) {
  const growth = Math.max(LEAST_GROWTH, Math.round(Math.max(width, height) * GROWTH));
  for (const id of ['grow', 'feather']) {
    input(id).value = String(growth);
    showValue(id);
  }
}

export function prepareOptions() {
  for (const id of SLIDERS) {
    input(id).addEventListener('input', () => showValue(id));
    showValue(id);
  }
  const atOnce = input(AT_ONCE);
  atOnce.checked = localStorage.getItem(AT_ONCE) !== 'no';
  atOnce.addEventListener('change', () => {
    localStorage.setItem(AT_ONCE, atOnce.checked ? 'yes' : 'no');
  });
  const engines = select('engine');
  engines.append(...places.map((place) => new Option(say(`engine_${place}`), place)));
  engines.value = chosenPlace();
  find('engine-row', HTMLLabelElement).hidden = places.length < 2;
  engines.addEventListener('change', () => {
    choosePlace(engines.value);
    showPlace();
  });
  const models = select('model');
  models.addEventListener('change', () => localStorage.setItem(MODEL, models.value));
  showPlace();
}

/** Shows what the chosen engine has. */
function showPlace() {
  const place = chosenPlace();
  document.body.dataset.engine = place;
  const box = input('box-input');
  if (place === 'device' && box.checked) input('brush-input').checked = true;
  const promise = find('promise', HTMLParagraphElement);
  promise.textContent = say(`promise_${place}`);
  showModels().catch(tellError);
}

async function showModels() {
  const models = select('model');
  const offered = await engine().models();
  models.replaceChildren(...offered.map(({ name, title }) => new Option(title, name)));
  const before = localStorage.getItem(MODEL);
  if (offered.some(({ name }) => name === before)) models.value = String(before);
  /** @type {HTMLElement} */ (models.closest('.row')).hidden = offered.length < 2;
}

/** @param {string} id */
function showValue(id) {
  const shown = document.querySelector(`output[for=${id}]`);
  if (shown) shown.textContent = input(id).value + (id === 'detail' ? ' %' : '');
}
