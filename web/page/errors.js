/** What the page tells a person instead of doing what was asked. */

/** @typedef {import('./texts.js').Text} Text */

export class PageError extends Error {
  /**
   * @param {Text} code The text that says it.
   * @param {Record<string, string | number>} [values] What stands in that.
   * @param {string} [words] What a server said, shown in place of the text.
   */
  constructor(code, values = {}, words = undefined) {
    super(words ?? code);
    this.name = 'PageError';
    this.code = code;
    this.values = values;
    this.words = words;
  }
}
