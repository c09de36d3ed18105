/**
 * What of the photo is put on the screen: copies of a few megapixels, so that a large
 * photo's own pixels are kept once.
 */

/** @typedef {import('./patches.js').Box} Box */
/** @typedef {{data: Uint8ClampedArray, width: number, height: number}} Picture RGBA */

/** Pixels of a copy, at most. */
const MOST_PIXELS = 4_000_000;
/** Red, and how much it hides of what lies below. */
const MARK = [255, 45, 85, 150];

export class Shown {
  /**
   * @param {Picture} picture
   * @param {PredefinedColorSpace} colorSpace What its numbers mean.
   */
  constructor(picture, colorSpace) {
    this.picture = picture;
    this.colorSpace = colorSpace;
    /** Pixels of the photo for one of the copy, across. */
    this.scale = Math.ceil(Math.sqrt((picture.width * picture.height) / MOST_PIXELS));
    this.now = this.#makeCanvas();
    this.marks = this.#makeCanvas();
    this.update(this.#whole());
    this.original = this.#makeCanvas();
    this.original.drawImage(this.now.canvas, 0, 0);
  }

  /**
   * Shows what has changed in the photo.
   * @param {Box} box
   */
  update(box) {
    const { left, top, width, height } = this.#reduce(box);
    const { data: from, width: stride } = this.picture;
    const part = new ImageData(width, height, { colorSpace: this.colorSpace });
    const { scale } = this;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const place = 4 * (row * width + column);
        const [x0, y0] = [(left + column) * scale, (top + row) * scale];
        const x1 = Math.min(x0 + scale, stride);
        const y1 = Math.min(y0 + scale, this.picture.height);
        let [red, green, blue, alpha] = [0, 0, 0, 0];
        for (let y = y0; y < y1; y++) {
          for (let at = 4 * (y * stride + x0); at < 4 * (y * stride + x1); at += 4) {
            red += from[at];
            green += from[at + 1];
            blue += from[at + 2];
            alpha += from[at + 3];
          }
        }
        const count = (x1 - x0) * (y1 - y0);
        part.data[place] = red / count;
        part.data[place + 1] = green / count;
        part.data[place + 2] = blue / count;
        part.data[place + 3] = alpha / count;
      }
    }
    this.now.putImageData(part, left, top);
  }

  /**
   * Shows what has changed in the marks.
   * @param {Uint8Array} marks [height, width] of the photo, 0 or 255.
   * @param {Box} box
   */
  updateMarks(marks, box) {
    const { left, top, width, height } = this.#reduce(box);
    const part = new ImageData(width, height);
    const { scale, picture } = this;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [x0, y0] = [(left + column) * scale, (top + row) * scale];
        const x1 = Math.min(x0 + scale, picture.width);
        const y1 = Math.min(y0 + scale, picture.height);
        let marked = 0;
        for (let y = y0; y < y1 && !marked; y++) {
          for (let x = x0; x < x1; x++) marked |= marks[y * picture.width + x];
        }
        if (marked) part.data.set(MARK, 4 * (row * width + column));
      }
    }
    this.marks.putImageData(part, left, top);
  }

  /**
   * The photo's own pixels of a part of it, where it is looked at closely.
   * @param {Box} box
   */
  cut(box) {
    const { data, width, height } = this.picture;
    const part = new OffscreenCanvas(box.width, box.height);
    const context = context2d(part, this.colorSpace);
    const pixels = /** @type {Uint8ClampedArray<ArrayBuffer>} */ (data);
    const whole = new ImageData(pixels, width, height, { colorSpace: this.colorSpace });
    const { left, top } = box;
    context.putImageData(whole, -left, -top, left, top, box.width, box.height);
    return part;
  }

  /** @returns {Box} */
  #whole() {
    return { left: 0, top: 0, width: this.picture.width, height: this.picture.height };
  }

  /**
   * The pixels of the copy that hold any of a box of the photo.
   * @param {Box} box
   * @returns {Box}
   */
  #reduce({ left, top, width, height }) {
    const [x, y] = [Math.floor(left / this.scale), Math.floor(top / this.scale)];
    return {
      left: x,
      top: y,
      width: Math.ceil((left + width) / this.scale) - x,
      height: Math.ceil((top + height) / this.scale) - y,
    };
  }

  #makeCanvas() {
    const width = Math.ceil(this.picture.width / this.scale);
    const height = Math.ceil(this.picture.height / this.scale);
    return context2d(new OffscreenCanvas(width, height), this.colorSpace);
  }
}

/**
 * @param {OffscreenCanvas} canvas
 * @param {PredefinedColorSpace} colorSpace
 */
function context2d(canvas, colorSpace) {
  const context = canvas.getContext('2d', { colorSpace });
  if (!context) throw new RangeError('out of memory: no canvas');
  return context;
}
