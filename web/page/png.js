/** Writes PNG files without a canvas: whole, of any size, each pixel to the bit. */

/** Bytes a pixel -> the file's colour type: grey, RGB, RGBA. */
const COLOR_TYPES = /** @type {Record<number, number>} */ ({ 1: 0, 3: 2, 4: 6 });
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const ROWS = 64; // put together at once

const CRC = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/**
 * One chunk, with its length and checksum.
 * @param {string} name Four letters.
 * @param {Uint8Array} data
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function makeChunk(name, data) {
  const chunk = new Uint8Array(data.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let index = 0; index < 4; index++) chunk[4 + index] = name.charCodeAt(index);
  chunk.set(data, 8);
  let crc = -1;
  for (let index = 4; index < data.length + 8; index++) {
    crc = CRC[(crc ^ chunk[index]) & 255] ^ (crc >>> 8);
  }
  view.setUint32(data.length + 8, ~crc >>> 0);
  return chunk;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} channels 1, 3 or 4.
 * @param {(y: number, row: Uint8Array) => void} fillRow Writes a row of pixels.
 * @param {Uint8Array[]} [chunks] What stands before the pixels.
 * @returns {Promise<Blob>}
 */
export async function encodePng(width, height, channels, fillRow, chunks = []) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels]], 8);
  const packer = new CompressionStream('deflate');
  const writer = packer.writable.getWriter();
  const sending = send(writer, width, height, channels, fillRow);
  const packed = new Uint8Array(await new Response(packer.readable).arrayBuffer());
  await sending;
  const parts = [
    Uint8Array.from(SIGNATURE),
    makeChunk('IHDR', header),
    ...chunks,
    makeChunk('IDAT', packed),
    makeChunk('IEND', new Uint8Array(0)),
  ];
  return new Blob(/** @type {BlobPart[]} */ (parts), { type: 'image/png' });
}

/**
 * Sends all rows, each as the difference to its left neighbours: packs better.
 * @param {WritableStreamDefaultWriter} writer
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 * @param {(y: number, row: Uint8Array) => void} fillRow
 */
async function send(writer, width, height, channels, fillRow) {
  const length = width * channels;
  const row = new Uint8Array(length);
  for (let top = 0; top < height; top += ROWS) {
    const count = Math.min(ROWS, height - top);
    const lines = new Uint8Array(count * (length + 1));
    for (let line = 0; line < count; line++) {
      fillRow(top + line, row);
      const start = line * (length + 1);
      lines[start] = 1; // the filter "sub"
      for (let byte = 0; byte < length; byte++) {
        lines[start + 1 + byte] = row[byte] - (byte < channels ? 0 : row[byte - channels]);
      }
    }
    await writer.write(lines);
  }
  await writer.close();
}
