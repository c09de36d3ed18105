/** The keyboard: shortcuts everywhere, and the brush moved by arrows on the photo. */

import { clearMarks, erase, page, redo, savePhoto, undo } from './actions.js';
import { button, find, input } from './elements.js';
import { tellError } from './messages.js';
import * as strokes from './strokes.js';

const SIZE_STEP = 4;
const ZOOM_STEP = 1.25;
const MOVE = 8; // pixels of the screen; with the shift key so many times more
const FAST = 5;

/** @type {Record<string, [number, number]>} */
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** @type {Record<string, import('./strokes.js').Tool>} */
const TOOLS = { b: 'brush', l: 'lasso', s: 'box', u: 'unmark' };

const canvas = find('photo', HTMLCanvasElement);
/** @type {import('./marks.js').Point | null} Where the arrows have brought the brush. */
let place = null;
let marking = false;

export function watchKeys() {
  addEventListener('keydown', (event) => {
    const { target } = event;
    const dialog = document.querySelector('dialog[open]');
    const text = target instanceof HTMLSelectElement;
    if (event.key === 'Tab') document.body.dataset.keys = '';
    if (dialog || text || !page.session) return;
    if (handle(event)) event.preventDefault();
  });
  addEventListener('pointerdown', () => delete document.body.dataset.keys);
  canvas.addEventListener('blur', () => {
    if (marking) strokes.abandon();
    marking = false;
    place = null;
  });
}

/** @param {KeyboardEvent} event @returns {boolean} Whether it meant something. */
function handle(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return handleCommand(key, event.shiftKey);
  if (event.altKey) return false;
  if (document.activeElement === canvas && handleBrush(event)) return true;
  if (key === '[' || key === ']') {
    const size = input('size');
    size.value = String(Number(size.value) + (key === ']' ? SIZE_STEP : -SIZE_STEP));
    strokes.showRing(page.view.ring ?? middle());
  } else if (key === '+' || key === '=') page.view.move(middle(), ZOOM_STEP);
  else if (key === '-') page.view.move(middle(), 1 / ZOOM_STEP);
  else if (key === '0') page.view.fit();
  else if (key === 'Escape') {
    if (page.busy) button('cancel').click();
    else clearMarks();
  } else if (key in TOOLS) strokes.chooseTool(TOOLS[key]);
  else return false;
  return true;
}

/**
 * @param {string} key
 * @param {boolean} shift
 */
function handleCommand(key, shift) {
  if (key === 'z' && !shift) undo();
  else if (key === 'y' || key === 'z') redo();
  else if (key === 's') savePhoto().catch(tellError);
  else if (key === 'o') button('open').click();
  else return false;
  return true;
}

/** @param {KeyboardEvent} event */
function handleBrush({ key, shiftKey, repeat }) {
  if (key in ARROWS) {
    const [x, y] = ARROWS[key];
    const step = MOVE * (shiftKey ? FAST : 1);
    const from = place ?? middle();
    place = {
      x: Math.min(canvas.clientWidth, Math.max(0, from.x + x * step)),
      y: Math.min(canvas.clientHeight, Math.max(0, from.y + y * step)),
    };
    if (marking) strokes.draw([place]);
    strokes.showRing(place);
    return true;
  }
  if (key === ' ') {
    if (repeat) return true;
    place ??= middle();
    if (marking) strokes.end();
    else strokes.begin(place);
    marking = !marking;
    return true;
  }
  if (key === 'Enter') {
    if (marking) strokes.end();
    else erase().catch(tellError);
    marking = false;
    return true;
  }
  return false;
}

function middle() {
  return { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
}
