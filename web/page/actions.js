/** What is done with the photo: opened, erased from, stepped back, saved. */

import { decodeMask, decodePhoto } from './decoding.js';
import { button, find } from './elements.js';
import { chosenComputer, engine, limits } from './engines.js';
import { PageError } from './errors.js';
import { showWorking, tell, tellError } from './messages.js';
import { proposeGrowth, readOptions } from './options.js';
import { encodeChanges, encodeMask, encodePhoto, giveFile } from './saving.js';
import { Session } from './session.js';
import { keepPhoto, keepSteps, readKept } from './storage.js';
import { say } from './texts.js';
import { View } from './view.js';

/** @typedef {import('./patches.js').Box} Box */

const MEGA = 1e6;

/** What is on the page. */
export const page = {
  view: new View(find('photo', HTMLCanvasElement)),
  /** @type {Session | null} */
  session: null,
  busy: false,
};

/**
 * Opens a photo, in place of the one before.
 * @param {File} file
 */
export async function openFile(file) {
  if (page.busy) return;
  tell(say('opening'));
  await start(await decode(file), file);
  await keepPhoto(file).catch(() => tell(say('not_kept'), 'error'));
}

/** Goes on with the photo that was kept. */
export async function reopen() {
  const kept = await readKept();
  if (!kept) return;
  await start(await decode(kept.file), kept.file);
  page.session?.restore(kept);
  refresh();
}

/** @param {File} file */
async function decode(file) {
  const { megabytes, megapixels } = await limits();
  if (file.size > megabytes * MEGA) {
    throw new PageError('too_large', { name: file.name, limit: megabytes });
  }
  return decodePhoto(file, chosenComputer()?.convert ?? null, megapixels);
}

/**
 * @param {import('./decoding.js').Decoded} decoded
 * @param {File} file
 */
async function start(decoded, file) {
  page.session = null; // its memory is needed
  page.view.show(null);
  page.session = new Session(file, decoded);
  const { width, height } = decoded.picture;
  proposeGrowth(width, height);
  document.body.dataset.state = 'photo';
  find('name', HTMLSpanElement).textContent = file.name;
  find('size-of-photo', HTMLElement).textContent = `${width} × ${height}`;
  page.view.colorSpace = decoded.colorSpace;
  page.view.show(page.session.shown);
  tell(say('opened', { name: file.name, width, height }));
  refresh();
}

/** Shows what can be done now, and the photo as it is. */
export function refresh() {
  const { session, busy } = page;
  button('undo').disabled = busy || !session?.history.canUndo;
  button('redo').disabled = busy || !session?.history.canRedo;
  const marked = Boolean(session?.marks.count);
  find('pending', HTMLDivElement).hidden = busy || !marked;
  page.view.moved();
}

/**
 * Erases what is marked.
 * @param {boolean} [atOnce] Whether a stroke has just marked it: they are one step.
 */
export async function erase(atOnce = false) {
  const { session } = page;
  if (!session || page.busy) return;
  if (!session.marks.count) throw new PageError('nothing_marked');
  const request = {
    photo: session.picture,
    mask: session.marks.data,
    options: readOptions(),
  };
  await work(async () => {
    const { result, seconds } = await showWorking((signal, onProgress) =>
      engine().erase(request, { signal, onProgress }),
    );
    session.apply(result, atOnce);
    keepStep(session);
    tell(say('erased', { seconds }));
  });
}

/**
 * Marks the thing in a box.
 * @param {Box} box
 */
export async function selectIn(box) {
  const { session } = page;
  const computer = chosenComputer();
  if (!session || !computer || page.busy) return;
  const { width, height } = session.picture;
  if (box.width === width && box.height === height) {
    throw new PageError('everything_marked');
  }
  await work(async () => {
    tell(say('selecting'));
    const found = await showWorking((signal) =>
      computer.select(session.picture, box, signal),
    );
    const { box: part, mask } = found.result;
    change(session, (marks) => {
      for (let y = 0; y < part.height; y++) {
        for (let x = 0; x < part.width; x++) {
          if (mask[y * part.width + x]) {
            marks[(part.top + y) * width + part.left + x] = 255;
          }
        }
      }
    });
    tell(say('selected'));
  });
}

/** @param {File} file */
export async function openMask(file) {
  const { session } = page;
  if (!session || page.busy) return;
  find('options', HTMLDialogElement).close();
  const { data, width, height } = await decodeMask(file);
  const { width: photoWidth, height: photoHeight } = session.picture;
  if (width !== photoWidth || height !== photoHeight) {
    const photo = { photo_width: photoWidth, photo_height: photoHeight };
    throw new PageError('mask_size', { width, height, ...photo });
  }
  if (!data.includes(255)) throw new PageError('mask_empty');
  change(session, (marks) => marks.set(data));
  refresh();
}

export function clearMarks() {
  const { session } = page;
  if (!session || page.busy) return;
  change(session, (marks) => marks.fill(0));
  refresh();
}

export function undo() {
  step((session) => session.undo());
}

export function redo() {
  step((session) => session.redo());
}

/** Gives the photo as it is now, in the format that it came in. */
export async function savePhoto() {
  const { session } = page;
  if (!session || page.busy) return;
  await work(async () => {
    tell(say('saving'));
    const { picture, patches, file: source } = session;
    const computer = chosenComputer();
    if (computer) {
      const file = await computer.save(source, await encodeChanges(picture, patches));
      giveFile(file);
      tell(say('saved', { name: file.name }));
      return;
    }
    const { file, png } = await encodePhoto(picture, source);
    giveFile(file);
    const format = source.type.replace('image/', '').toUpperCase();
    tell(png ? say('as_png', { format }) : say('saved', { name: file.name }));
  });
}

export async function saveMask() {
  const { session } = page;
  if (!session) return;
  find('options', HTMLDialogElement).close();
  if (!session.marks.count) throw new PageError('nothing_marked');
  const file = await encodeMask(session.marks, session.file);
  giveFile(file);
  tell(say('saved', { name: file.name }));
}

/** Keeps the step that was added last. @param {Session} session */
export function keepStep(session) {
  keepSteps(session.history, session.history.position - 1).catch(() => {
    tell(say('not_kept'), 'error');
  });
}

/**
 * @param {Session} session
 * @param {(marks: Uint8Array) => void} marking
 */
function change(session, marking) {
  if (session.changeMarks(marking)) keepStep(session);
}

/** @param {(session: Session) => boolean} take */
function step(take) {
  const { session } = page;
  if (!session || page.busy || !take(session)) return;
  keepSteps(session.history).catch(tellError);
  refresh();
}

/** One piece of work at a time. @param {() => Promise<void>} task */
async function work(task) {
  page.busy = true;
  refresh();
  try {
    await task();
  } finally {
    page.busy = false;
    refresh();
  }
}
