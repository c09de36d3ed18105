/** The steps that can be taken back, and forward again. */

/** @typedef {import('./patches.js').Patch} Patch */

/**
 * One step: what it changed of the pixels, of the marks, or of both.
 * @typedef {{pixels: Patch | null, marks: Patch | null}} Step
 */

/** Bytes of steps that are kept. */
const MOST_BYTES = 300_000_000;

export class History {
  constructor() {
    /** @type {Step[]} */
    this.steps = [];
    /** How many of them are taken. */
    this.position = 0;
    /** How many of the first cannot be taken back any more. */
    this.fixed = 0;
  }

  get canUndo() {
    return this.position > this.fixed;
  }

  get canRedo() {
    return this.position < this.steps.length;
  }

  /** Those that are taken. */
  get taken() {
    return this.steps.slice(0, this.position);
  }

  /** @param {Step} step */
  add(step) {
    this.steps.length = this.position;
    this.steps.push(step);
    this.position += 1;
    // What is lost is the way back, not what was done.
    let bytes = 0;
    for (let index = this.steps.length - 1; index >= this.fixed; index--) {
      bytes += size(this.steps[index]);
      if (bytes > MOST_BYTES && index < this.steps.length - 1) this.fixed = index + 1;
    }
  }

  /** @returns {Step | null} To be applied; null where there is none. */
  undo() {
    if (!this.canUndo) return null;
    this.position -= 1;
    return this.steps[this.position];
  }

  /** @returns {Step | null} */
  redo() {
    if (!this.canRedo) return null;
    this.position += 1;
    return this.steps[this.position - 1];
  }
}

/** @param {Step} step */
function size({ pixels, marks }) {
  return (pixels?.difference.length ?? 0) + (marks?.difference.length ?? 0);
}
