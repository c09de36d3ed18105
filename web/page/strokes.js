/** What a stroke on the photo does: brush, lasso, box, or taking marks away. */

import { erase, keepStep, page, refresh, selectIn } from './actions.js';
import { find, input } from './elements.js';
import { watchFingers } from './fingers.js';
import { tellError } from './messages.js';
import { isAtOnce } from './options.js';

/** @typedef {import('./marks.js').Point} Point */
/** @typedef {'brush' | 'lasso' | 'box' | 'unmark'} Tool */

const SHORTEST = 3; // pixels of a box's sides
const SIZE_SHOWN = 900; // milliseconds after it was last changed

/** @type {Point[]} Of the stroke, in pixels of the photo. */
let points = [];
/** Whether what is marked waits for the button: a selection, or a mask from a file. */
let corrected = false;

/** @returns {Tool} */
export function readTool() {
  const checked = document.querySelector('input[name=tool]:checked');
  return /** @type {Tool} */ (/** @type {HTMLInputElement} */ (checked).value);
}

/** @param {Tool} tool */
export function chooseTool(tool) {
  const radio = document.querySelector(`input[name=tool][value=${tool}]`);
  if (radio instanceof HTMLInputElement && radio.offsetParent) radio.click();
}

/** Of the brush, in pixels of the screen. */
export function brushRadius() {
  return Number(input('size').value) / 2;
}

/** @param {Point} at Of the screen. */
export function begin(at) {
  const { session, view } = page;
  if (!session || page.busy) return;
  corrected = session.marks.count > 0;
  points = [view.toPhoto(at)];
  session.beginStroke();
  drawTo(points);
  showRing(at);
}

/** @param {Point[]} path Of the screen. */
export function draw(path) {
  const { session, view } = page;
  if (!session?.before) return;
  const last = points[points.length - 1];
  const now = path.map((point) => view.toPhoto(point));
  points.push(...now);
  drawTo([last, ...now]);
  showRing(path[path.length - 1]);
}

export function abandon() {
  const { session, view } = page;
  if (!session?.before) return;
  session.abandonStroke();
  view.outline = null;
  refresh();
}

export function end() {
  const { session, view } = page;
  if (!session?.before) return;
  const tool = readTool();
  view.outline = null;
  if (tool === 'box') {
    session.abandonStroke();
    selectBox();
    return;
  }
  if (tool === 'lasso') session.touch(session.marks.fillPolygon(points));
  const changed = session.endStroke();
  if (changed) keepStep(session);
  refresh();
  if (changed && tool !== 'unmark' && isAtOnce() && !corrected) {
    erase(true).catch(tellError);
  }
}

/** Shows where the brush is. @param {Point | null} at Of the screen. */
export function showRing(at) {
  const round = readTool() === 'brush' || readTool() === 'unmark';
  page.view.ring = at && round ? { ...at, radius: brushRadius() } : null;
  page.view.draw();
}

/** @param {Point[]} path */
function drawTo(path) {
  const { session, view } = page;
  if (!session) return;
  const tool = readTool();
  if (tool === 'lasso' || tool === 'box') {
    view.outline = { points, kind: tool };
    view.draw();
    return;
  }
  const radius = brushRadius() / view.zoom;
  for (let index = 0; index < path.length; index++) {
    const from = path[Math.max(0, index - 1)];
    session.touch(session.marks.paintLine(from, path[index], radius, tool === 'brush'));
  }
}

function selectBox() {
  const { session } = page;
  if (!session) return;
  const { width, height } = session.picture;
  /** @type {(value: number, most: number) => number} */
  const keep = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
  const [first, last] = [points[0], points[points.length - 1]];
  const [x0, x1] = [keep(first.x, width), keep(last.x, width)].sort((a, b) => a - b);
  const [y0, y1] = [keep(first.y, height), keep(last.y, height)].sort((a, b) => a - b);
  refresh();
  if (x1 - x0 < SHORTEST || y1 - y0 < SHORTEST) return;
  const box = { left: x0, top: y0, width: x1 - x0, height: y1 - y0 };
  selectIn(box).catch(tellError);
}

export function prepareStrokes() {
  const canvas = find('photo', HTMLCanvasElement);
  watchFingers(canvas, {
    begin,
    draw,
    end: () => {
      end();
      if (matchMedia('(pointer: coarse)').matches) showRing(null);
    },
    abandon: () => {
      abandon();
      showRing(null);
    },
    move: (at, factor, by) => page.view.move(at, factor, by),
    hover: showRing,
  });
  const size = input('size');
  const middle = () => ({ x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 });
  let timer = 0;
  size.addEventListener('input', () => {
    showRing(middle());
    clearTimeout(timer);
    timer = window.setTimeout(() => showRing(null), SIZE_SHOWN);
  });
}
