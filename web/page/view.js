/** Where the photo lies on the screen, and how it is drawn there. */

/** @typedef {import('./marks.js').Point} Point */
/** @typedef {import('./shown.js').Shown} Shown */

const MOST_ZOOM = 32; // pixels of the screen for one of the photo
const LEAST_SHARE = 0.5; // of the zoom at which the whole photo is seen
const MARGIN = 12;
/** Pixels that may be looked at closely at once, and how soon after the last move. */
const MOST_CLOSE = 8_000_000;
const SETTLED = 120;

export class View {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {Shown | null} */
    this.shown = null;
    this.colorSpace = 'srgb';
    this.zoom = 1;
    this.left = 0;
    this.top = 0;
    /** Of the screen, 0 to 1: the original on the left of it. */
    this.divider = 0;
    this.marksVisible = true;
    /** @type {{x: number, y: number, radius: number} | null} */
    this.ring = null;
    /** @type {{points: Point[], kind: 'lasso' | 'box'} | null} */
    this.outline = null;
    /** @type {{image: OffscreenCanvas, box: import('./patches.js').Box} | null} */
    this.close = null;
    this.fitted = true;
    this.frame = 0;
    this.timer = 0;
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  /** @param {Shown | null} shown */
  show(shown) {
    this.shown = shown;
    this.fit();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(clientHeight * devicePixelRatio);
    if (this.fitted) this.fit();
    else this.moved();
  }

  /** Shows the whole photo. */
  fit() {
    if (!this.shown) return;
    const { width, height } = this.shown.picture;
    const { clientWidth, clientHeight } = this.canvas;
    this.zoom = this.#whole();
    this.left = (clientWidth - width * this.zoom) / 2;
    this.top = (clientHeight - height * this.zoom) / 2;
    this.fitted = true;
    this.moved();
  }

  /**
   * Zooms about a point of the screen, and moves.
   * @param {Point} at
   * @param {number} factor
   * @param {Point} [by]
   */
  move(at, factor, by = { x: 0, y: 0 }) {
    if (!this.shown) return;
    const least = Math.min(this.#whole() * LEAST_SHARE, 1);
    const zoom = Math.min(MOST_ZOOM, Math.max(least, this.zoom * factor));
    const share = zoom / this.zoom;
    this.left = at.x + (this.left - at.x) * share + by.x;
    this.top = at.y + (this.top - at.y) * share + by.y;
    this.zoom = zoom;
    this.fitted = false;
    this.#keepInSight();
    this.moved();
  }

  /** @param {Point} point Of the screen. @returns {Point} Of the photo. */
  toPhoto({ x, y }) {
    return { x: (x - this.left) / this.zoom, y: (y - this.top) / this.zoom };
  }

  /** Draws soon; closely once nothing has moved for a while. */
  moved() {
    this.close = null;
    this.draw();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.#lookClosely();
      this.draw();
    }, SETTLED);
  }

  /** Draws with the next frame. */
  draw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.#paint();
    });
  }

  #whole() {
    const { clientWidth, clientHeight } = this.canvas;
    const { width, height } = /** @type {Shown} */ (this.shown).picture;
    const zoom = Math.min(
      (clientWidth - 2 * MARGIN) / width,
      (clientHeight - 2 * MARGIN) / height,
    );
    return Math.min(Math.max(zoom, 1e-3), 8);
  }

  #keepInSight() {
    const { width, height } = /** @type {Shown} */ (this.shown).picture;
    const { clientWidth, clientHeight } = this.canvas;
    /** @type {(place: number, length: number, room: number) => number} */
    const keep = (place, length, room) =>
      Math.min(room / 2, Math.max(room / 2 - length, place));
    this.left = keep(this.left, width * this.zoom, clientWidth);
    this.top = keep(this.top, height * this.zoom, clientHeight);
  }

  #lookClosely() {
    const { shown } = this;
    if (!shown || shown.scale === 1 || this.zoom * devicePixelRatio * shown.scale <= 1) {
      return;
    }
    const { width, height } = shown.picture;
    const first = this.toPhoto({ x: 0, y: 0 });
    const { clientWidth: x, clientHeight: y } = this.canvas;
    const last = this.toPhoto({ x, y });
    const left = Math.max(0, Math.floor(first.x));
    const top = Math.max(0, Math.floor(first.y));
    const box = {
      left,
      top,
      width: Math.min(width, Math.ceil(last.x)) - left,
      height: Math.min(height, Math.ceil(last.y)) - top,
    };
    if (box.width <= 0 || box.height <= 0 || box.width * box.height > MOST_CLOSE) return;
    this.close = { image: shown.cut(box), box };
  }

  #paint() {
    const { shown, canvas, zoom } = this;
    const context = canvas.getContext('2d', {
      colorSpace: /** @type {PredefinedColorSpace} */ (this.colorSpace),
    });
    if (!context) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    if (!shown) return;
    context.imageSmoothingEnabled = zoom * devicePixelRatio < 3;
    context.imageSmoothingQuality = 'high';
    /** @param {CanvasImageSource & {width: number, height: number}} image */
    const put = (image) => {
      const side = shown.scale * zoom;
      const [width, height] = [image.width * side, image.height * side];
      context.drawImage(image, this.left, this.top, width, height);
    };
    put(shown.now.canvas);
    if (this.close) {
      const { image, box } = this.close;
      context.drawImage(
        image,
        this.left + box.left * zoom,
        this.top + box.top * zoom,
        box.width * zoom,
        box.height * zoom,
      );
    }
    if (this.divider > 0) {
      const x = this.divider * canvas.clientWidth;
      context.save();
      context.beginPath();
      context.rect(0, 0, x, canvas.clientHeight);
      context.clip();
      context.clearRect(0, 0, x, canvas.clientHeight);
      put(shown.original.canvas);
      context.restore();
      if (this.divider < 1) line(context, [[x, 0], [x, canvas.clientHeight]]);
    }
    if (this.marksVisible && this.divider < 1) put(shown.marks.canvas);
    this.#paintTools(context);
  }

  /** @param {CanvasRenderingContext2D} context */
  #paintTools(context) {
    if (this.outline) {
      const { points, kind } = this.outline;
      const at = points.map(({ x, y }) => [
        this.left + x * this.zoom,
        this.top + y * this.zoom,
      ]);
      const [[x0, y0], [x1, y1]] = [at[0], at[at.length - 1]];
      const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]];
      line(context, kind === 'box' ? corners : at);
    }
    if (this.ring) {
      const { x, y, radius } = this.ring;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      stroke(context);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} points
 */
function line(context, points) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  stroke(context);
}

/** White within black: seen on any photo. @param {CanvasRenderingContext2D} context */
function stroke(context) {
  context.strokeStyle = 'rgb(0 0 0 / 60%)';
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = 'white';
  context.lineWidth = 1.5;
  context.stroke();
}
