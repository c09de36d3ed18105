"""What happens when a user opens, selects, erases, steps back or downloads."""

import dataclasses
import functools
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import gradio as gr
import numpy as np

from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.grabcut import select_object
from ce_tf.errors import InputError
from ce_tf.images.codec import encode_image
from ce_tf.page import editor, files
from ce_tf.page.allocator import return_freed_memory
from ce_tf.page.samples import Sample
from ce_tf.page.sessions import Session, Sessions

# Growth by default, over the photo's longer side: a brush seldom covers a thing's rim.
_GROWTH = 1 / 250


def fail(action: Callable) -> Callable:
    """Makes of an InputError the failure that a program's call gets."""

    @functools.wraps(action)
    def failing(*args):
        try:
            return action(*args)
        except InputError as error:
            raise gr.Error(_sentence(error), print_exception=False) from None
        finally:
            return_freed_memory()

    return failing


def tell(action: Callable) -> Callable:
    """Makes of an InputError a message on the page, which stays as it is."""

    @functools.wraps(action)
    def telling(*args):
        try:
            return action(*args)
        except InputError as error:
            gr.Warning(_sentence(error))
            return gr.skip()
        finally:
            return_freed_memory()

    return telling


def _key(request: gr.Request) -> str:
    """Names the user's session."""
    return str(request.session_hash)


@dataclasses.dataclass(frozen=True)
class Actions:
    """The page's actions; each takes the editor's value and tells what to show.

    What is shown is (editor, before and after, status, button that steps back).
    """

    models: dict[str, Eraser]
    samples: list[Sample]
    sessions: Sessions
    limits: files.Limits

    def open_file(self, path: str, request: gr.Request) -> tuple:
        """Starts with a photo that was sent; also gives the sliders' values for it."""
        if path is None:
            raise InputError("there is no file.")
        began = time.perf_counter()
        photo = files.open_photo(path, self.limits)
        return self._open(Path(path).name, photo, began, request)

    def open_sample(self, event: gr.SelectData, request: gr.Request) -> tuple:
        """Starts with a sample; otherwise as `open_file`."""
        began = time.perf_counter()
        sample = self.samples[event.index]
        photo = files.open_photo(str(sample.path), self.limits)
        shown = self._open(sample.path.name, photo, began, request)
        return *shown[:2], f"{shown[2]} {sample.credit}.", *shown[3:]

    def _open(
        self, name: str, photo: files.Photo, began: float, request: gr.Request
    ) -> tuple:
        if max(photo.pixels.shape[:2]) < 2:
            raise InputError(f"{name} is a single pixel.")
        session = self.sessions.open(_key(request), name, photo)
        (session.folder / "original.jpg").write_bytes(_encode_shown(photo))
        height, width = session.size
        growth = max(2, round(max(height, width) * _GROWTH))
        seconds = time.perf_counter() - began
        status = f"{name}: {width} x {height} pixels, opened in {seconds:.2f} s."
        return *_show(session, status), growth, growth

    def select(self, value: dict, request: gr.Request) -> tuple:
        """Finds the thing in the box that is drawn."""
        began = time.perf_counter()
        session = self.sessions.get(_key(request))
        hole = session.read_mask(_read_painted(value, session))
        left, top, width, height = cv2.boundingRect(hole)
        if (height, width) == session.size:
            raise InputError("the box is the whole photo. Leave some of it outside.")
        found = select_object(session.photo.image, (left, top, width, height))
        session.set_mask(found > 0)
        seconds = time.perf_counter() - began
        text = f"Found in {seconds:.2f} s, marked in red: correct it, then press Erase."
        return _show(session, text)

    def erase(
        self,
        value: dict,
        model: str,
        grow: float,
        feather: float,
        detail: float,
        request: gr.Request,
    ) -> tuple:
        """Erases what is painted."""
        began = time.perf_counter()
        session = self.sessions.get(_key(request))
        hole = session.read_mask(_read_painted(value, session))
        session.erase(
            self.models[model],
            hole,
            grow=round(grow),
            feather=round(feather),
            detail=detail,
        )
        seconds = time.perf_counter() - began
        status = f"Erased {hole.mean():.1%} of the photo in {seconds:.2f} s ({model})."
        return _show(session, status)

    def step_back(self, request: gr.Request) -> tuple:
        """Takes the last erasing back."""
        session = self.sessions.get(_key(request))
        session.step_back()
        return _show(session, "One step back.")

    def clear(self, request: gr.Request) -> tuple:
        """Shows the photo with nothing painted on it."""
        session = self.sessions.get(_key(request))
        session.set_mask(np.zeros(session.size, bool))
        return _show(session, "Nothing is painted.")

    def open_mask(self, path: str, request: gr.Request) -> tuple:
        """Shows a mask that was sent, to be corrected with the brush."""
        session = self.sessions.get(_key(request))
        mask = files.open_mask(path, self.limits, session.size)
        if not mask.any():
            raise InputError("the mask is all black. White marks what goes.")
        session.set_mask(mask > 0)
        return _show(session, f"Mask {Path(path).name}: {mask.mean():.1%} marked.")

    def write_mask(self, value: dict, request: gr.Request) -> str:
        """Writes what is marked as a mask file; returns where."""
        session = self.sessions.get(_key(request))
        hole = session.read_mask(_read_painted(value, session))
        return str(files.write_mask(session.folder, session.name, hole))

    def write_result(self, request: gr.Request) -> str:
        """Writes the photo as it is now; returns where."""
        session = self.sessions.get(_key(request))
        path = files.write_result(session.folder, session.name, session.photo)
        return str(path)

    def close(self, request: gr.Request) -> None:
        """Forgets the photo of a user who left."""
        self.sessions.close(_key(request))


def _sentence(error: InputError) -> str:
    text = str(error)
    return text[0].upper() + text[1:]


def _read_painted(value: dict, session: Session) -> np.ndarray:
    return editor.read_painted(value, editor.shown_size(*session.size))


def _show(session: Session, status: str) -> tuple:
    now = session.folder / f"now-{len(session.steps)}.jpg"
    now.write_bytes(_encode_shown(session.photo))
    # With a layer, be it an empty one, the editor forgets its own history: its Undo
    # would else show an earlier photo, of which the server knows nothing.
    layer = editor.make_layer(session.shown)
    value = {"background": str(now), "layers": [layer], "composite": None}
    count = len(session.steps)
    pair = (str(session.folder / "original.jpg"), str(now)) if count else None
    back = gr.Button(f"Back ({count})", interactive=bool(count))
    return value, pair, status, back


def _encode_shown(photo: files.Photo) -> bytes:
    return encode_image(editor.shrink(photo.image), ".jpg")
