/** The page: what its parts do. */

import {
  clearMarks,
  erase,
  openFile,
  openMask,
  page,
  redo,
  reopen,
  saveMask,
  savePhoto,
  undo,
} from './actions.js';
import { button, find, input } from './elements.js';
import { keepPage } from './installing.js';
import { watchKeys } from './keys.js';
import { tellError } from './messages.js';
import { prepareOptions } from './options.js';
import { prepareStrokes } from './strokes.js';
import { translate } from './texts.js';

/**
 * @param {string} id
 * @param {() => unknown} action
 */
function press(id, action) {
  button(id).addEventListener('click', () => {
    Promise.resolve(action()).catch(tellError);
  });
}

/**
 * Has buttons open a file.
 * @param {string[]} buttons
 * @param {string} chooser
 * @param {(file: File) => Promise<void>} open
 */
function choose(buttons, chooser, open) {
  const files = input(chooser);
  for (const id of buttons) press(id, () => files.click());
  files.addEventListener('change', () => {
    const [file] = files.files ?? [];
    if (file) open(file).catch(tellError);
    files.value = '';
  });
}

/** @param {DataTransfer | null} data */
function take(data) {
  const file = [...(data?.files ?? [])].find((one) => one.type.startsWith('image/'));
  const any = file ?? data?.files[0];
  if (any) openFile(any).catch(tellError);
  return Boolean(any);
}

translate();
prepareOptions();
prepareStrokes();
watchKeys();
keepPage();

choose(['open', 'choose'], 'photo-file', openFile);
choose(['camera'], 'camera-file', openFile);
choose(['mask-in'], 'mask-file', openMask);
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  take(event.dataTransfer);
});
addEventListener('paste', (event) => {
  if (take(event.clipboardData)) event.preventDefault();
});

press('undo', undo);
press('redo', redo);
press('download', savePhoto);
press('mask-out', saveMask);
press('erase', () => erase());
press('clear', clearMarks);
press('fit', () => page.view.fit());

const original = button('original');
/** @param {boolean} on */
const showOriginal = (on) => {
  original.classList.toggle('held', on);
  page.view.divider = on ? 1 : divided();
  page.view.draw();
};
const divider = input('divider');
const divided = () => (divider.hidden ? 0 : Number(divider.value) / 1000);
original.addEventListener('pointerdown', (event) => {
  original.setPointerCapture(event.pointerId);
  showOriginal(true);
});
for (const kind of ['pointerup', 'pointercancel', 'blur', 'keyup']) {
  original.addEventListener(kind, () => showOriginal(false));
}
original.addEventListener('keydown', ({ key }) => {
  if (key === ' ' || key === 'Enter') showOriginal(true);
});
original.addEventListener('contextmenu', (event) => event.preventDefault());
press('divide', () => {
  divider.hidden = !divider.hidden;
  button('divide').setAttribute('aria-pressed', String(!divider.hidden));
  showOriginal(false);
});
divider.addEventListener('input', () => showOriginal(false));

const options = find('options', HTMLDialogElement);
press('more', () => options.showModal());
options.addEventListener('click', ({ target }) => {
  if (target === options) options.close(); // beside it
});

document.body.dataset.ready = '';
reopen().catch(tellError);
