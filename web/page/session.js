/** One photo in a person's hands: its pixels, what is marked, and the steps. */

import { History } from './history.js';
import { Marks } from './marks.js';
import { putPixels, togglePatch } from './patches.js';
import { Shown } from './shown.js';

/** @typedef {import('./decoding.js').Decoded} Decoded */
/** @typedef {import('./history.js').Step} Step */
/** @typedef {import('./patches.js').Box} Box */
/** @typedef {import('./storage.js').Kept} Kept */

export class Session {
  /**
   * @param {File} file
   * @param {Decoded} decoded
   */
  constructor(file, { picture, colorSpace }) {
    this.file = file;
    this.picture = picture;
    this.shown = new Shown(picture, colorSpace);
    this.marks = new Marks(picture.width, picture.height);
    this.history = new History();
    /** @type {Uint8Array | null} The marks before the stroke that is being drawn. */
    this.before = null;
    /** @type {Box[]} Where that has changed them. */
    this.touched = [];
  }

  /**
   * Takes up what was kept of it.
   * @param {Kept} kept
   */
  restore({ steps, position, fixed }) {
    this.history.steps = steps;
    this.history.position = position;
    this.history.fixed = fixed;
    for (const step of this.history.taken) this.#toggle(step, false);
    this.#showAll();
  }

  /** Begins a stroke, which may be abandoned. */
  beginStroke() {
    this.before = this.marks.data.slice();
    this.touched = [];
  }

  /** @param {Box | null} box Where the stroke has changed the marks. */
  touch(box) {
    if (!box) return;
    this.touched.push(box);
    this.shown.updateMarks(this.marks.data, box);
  }

  abandonStroke() {
    if (this.before) this.marks.data = this.before;
    this.before = null;
    this.marks.recount();
    for (const box of this.touched) this.shown.updateMarks(this.marks.data, box);
  }

  /** Makes a step of the stroke. @returns {boolean} Whether it changed anything. */
  endStroke() {
    const { before } = this;
    this.before = null;
    const marks = before && this.#differ(before);
    if (!marks) return false;
    this.history.add({ pixels: null, marks });
    return true;
  }

  /**
   * Marks something else, as one step.
   * @param {(data: Uint8Array) => void} change
   */
  changeMarks(change) {
    this.beginStroke();
    change(this.marks.data);
    this.marks.recount();
    this.touch(this.#whole());
    return this.endStroke();
  }

  /**
   * Puts in what an engine gave, and unmarks all: one step.
   * @param {import('../engine/device.js').Changed} changed
   * @param {boolean} withStroke Whether the last step, a stroke, is part of it.
   */
  apply({ x: left, y: top, width, height, data }, withStroke) {
    const { picture, marks, history } = this;
    const box = { left, top, width, height };
    const pixels = putPixels(picture.data, picture.width, 4, box, data);
    this.shown.update(box);
    const hole = marks.bound();
    let unmarked = null;
    if (hole) {
      const none = new Uint8Array(hole.width * hole.height);
      unmarked = putPixels(marks.data, marks.width, 1, hole, none);
      marks.count = 0;
      this.shown.updateMarks(marks.data, hole);
    }
    if (withStroke) {
      history.steps.length = history.position;
      history.steps.pop();
      history.position -= 1;
      unmarked = null; // marked and unmarked: nothing of that is left
    }
    history.add({ pixels, marks: unmarked });
  }

  /** @returns {boolean} Whether there was a step to take back. */
  undo() {
    const step = this.history.undo();
    if (step) this.#toggle(step, true);
    return step !== null;
  }

  /** @returns {boolean} */
  redo() {
    const step = this.history.redo();
    if (step) this.#toggle(step, true);
    return step !== null;
  }

  /** What was changed of the pixels since the file. */
  get patches() {
    return this.history.taken.flatMap(({ pixels }) => (pixels ? [pixels] : []));
  }

  /**
   * @param {Step} step
   * @param {boolean} show
   */
  #toggle({ pixels, marks }, show) {
    if (pixels) {
      togglePatch(this.picture.data, this.picture.width, pixels);
      if (show) this.shown.update(pixels.box);
    }
    if (marks) {
      togglePatch(this.marks.data, this.marks.width, marks);
      this.marks.recount();
      if (show) this.shown.updateMarks(this.marks.data, marks.box);
    }
  }

  #showAll() {
    this.shown.update(this.#whole());
    this.shown.updateMarks(this.marks.data, this.#whole());
  }

  #whole() {
    return { left: 0, top: 0, width: this.picture.width, height: this.picture.height };
  }

  /**
   * What is another in the marks than before.
   * @param {Uint8Array} before
   */
  #differ(before) {
    const { data, width, height } = this.marks;
    const changed = new Marks(width, height);
    for (const box of this.touched) {
      for (let y = box.top; y < box.top + box.height; y++) {
        for (let x = box.left; x < box.left + box.width; x++) {
          const pixel = y * width + x;
          if (data[pixel] !== before[pixel]) changed.data[pixel] = 255;
        }
      }
    }
    changed.recount();
    const box = changed.bound();
    if (!box) return null;
    const after = new Uint8Array(box.width * box.height);
    for (let y = 0; y < box.height; y++) {
      const start = (box.top + y) * width + box.left;
      after.set(data.subarray(start, start + box.width), y * box.width);
    }
    return putPixels(before, width, 1, box, after);
  }
}
