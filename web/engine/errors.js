/**
 * What can go wrong, by short names that a page translates.
 *
 * - `nothing_marked`: the mask has no hole.
 * - `everything_marked`: the hole, grown, is the whole photo.
 * - `wrong_size`: mask and photo differ in size, or the photo has no pixels.
 * - `wrong_option`: an option is out of its range.
 * - `cancelled`: the signal was aborted.
 * - `no_model`: the model is unknown, or its file cannot be fetched or run.
 * - `no_runtime`: LiteRT's files cannot be fetched or started.
 * - `no_memory`: the device has too little memory.
 * - `failed`: anything else; the message tells.
 *
 * @typedef {'nothing_marked' | 'everything_marked' | 'wrong_size' | 'wrong_option' |
 *   'cancelled' | 'no_model' | 'no_runtime' | 'no_memory' | 'failed'} ErrorCode
 */

export class EraseError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [message] For a log; a page shows its own words for the code.
   */
  constructor(code, message = code) {
    super(message);
    this.name = 'EraseError';
    this.code = code;
  }
}

/**
 * The error of a code for whatever was thrown.
 * @param {unknown} thrown
 * @returns {EraseError}
 */
export function toEraseError(thrown) {
  if (thrown instanceof EraseError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // What browsers say of an array, and what WebAssembly says of its heap.
  const memory = /allocation failed|out of memory|memory access out of bounds|OOM/i;
  const full = thrown instanceof RangeError || memory.test(message);
  return new EraseError(full ? 'no_memory' : 'failed', message);
}
