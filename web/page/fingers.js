/** What fingers, mouse and pen do on the photo: one draws, two zoom and pan. */

/** @typedef {import('./marks.js').Point} Point In pixels of the screen. */

/**
 * @typedef {object} Hands What is called.
 * @property {(at: Point) => void} begin A stroke.
 * @property {(points: Point[]) => void} draw On with it.
 * @property {() => void} end It is done.
 * @property {() => void} abandon It was none: a second finger came.
 * @property {(at: Point, factor: number, by: Point) => void} move Zooms and pans.
 * @property {(at: Point | null) => void} hover A mouse is there, or has left.
 */

const WHEEL = 0.0016; // how much one step of the wheel zooms
const LINE = 16; // pixels, where a wheel tells lines

/**
 * @param {HTMLElement} place
 * @param {Hands} hands
 */
export function watchFingers(place, hands) {
  /** @type {Map<number, Point>} */
  const down = new Map();
  /** @type {'none' | 'draw' | 'move'} */
  let doing = 'none';
  let space = false;

  /** @param {MouseEvent} event @returns {Point} */
  const point = (event) => {
    const { left, top } = place.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  place.addEventListener('pointerdown', (event) => {
    place.focus({ preventScroll: true });
    try {
      place.setPointerCapture(event.pointerId);
    } catch {
      return; // it is up already
    }
    down.set(event.pointerId, point(event));
    if (down.size === 1) {
      doing = event.button === 0 && !space ? 'draw' : 'move';
      if (doing === 'draw') hands.begin(point(event));
    } else {
      if (doing === 'draw') hands.abandon();
      doing = 'move';
    }
    event.preventDefault();
  });

  place.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') hands.hover(point(event));
    const before = down.get(event.pointerId);
    if (!before) return;
    const now = point(event);
    if (doing === 'draw') {
      const all = event.getCoalescedEvents?.() ?? [];
      hands.draw((all.length ? all : [event]).map(point));
    } else if (doing === 'move') {
      const [other] = [...down].filter(([id]) => id !== event.pointerId);
      moveBy(before, now, other?.[1]);
    }
    down.set(event.pointerId, now);
  });

  /**
   * @param {Point} before
   * @param {Point} now
   * @param {Point} [other] The finger that rests.
   */
  const moveBy = (before, now, other) => {
    if (!other) {
      hands.move(now, 1, { x: now.x - before.x, y: now.y - before.y });
      return;
    }
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    const by = { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 };
    hands.move({ x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 }, factor, by);
  };

  /** @param {PointerEvent} event */
  const lift = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (doing === 'draw') {
      if (event.type === 'pointerup') hands.end();
      else hands.abandon();
    }
    // The finger that is left of two neither draws nor jumps.
    if (!down.size || doing === 'draw') doing = 'none';
  };
  place.addEventListener('pointerup', lift);
  place.addEventListener('pointercancel', lift);
  place.addEventListener('pointerleave', () => hands.hover(null));
  place.addEventListener('contextmenu', (event) => event.preventDefault());

  place.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
      const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
      if (event.shiftKey) hands.move(point(event), 1, { x: -(dx || dy), y: dx ? -dy : 0 });
      else hands.move(point(event), Math.exp(-dy * WHEEL), { x: -dx, y: 0 });
    },
    { passive: false },
  );

  addEventListener('keydown', (event) => {
    if (event.code === 'Space' && !event.repeat) space = true;
  });
  addEventListener('keyup', (event) => {
    if (event.code === 'Space') space = false;
  });
  addEventListener('blur', () => {
    space = false;
  });
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
