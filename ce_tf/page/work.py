"""What the API does with files that were sent: each call by itself, nothing kept."""

import dataclasses

import cv2
import numpy as np

from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.grabcut import parse_box, select_object
from ce_tf.errors import InputError
from ce_tf.images.codec import encode_image
from ce_tf.images.photo import Photo
from ce_tf.page.files import (
    Limits,
    Sent,
    encode_mask,
    encode_result,
    open_mask,
    open_photo,
)
from ce_tf.page.form import Form


@dataclasses.dataclass(frozen=True)
class Work:
    """The calls of the API; each takes a form and gives a file.

    Attributes:
        models: by the names that a form may say; the first is the default.
        limits: of each file.
    """

    models: dict[str, Eraser]
    limits: Limits

    def erase(self, form: Form) -> Sent:
        """`photo` without what `mask` marks: in its own format, with its metadata."""
        form.check_names("photo", "mask", "model", "grow", "feather", "detail")
        sent = form.file("photo")
        eraser = self._model(form.text("model", next(iter(self.models))))
        grow, feather = form.whole_number("grow", 0), form.number("feather")
        detail = form.number("detail")
        detail = 1.0 if detail is None else detail
        photo = open_photo(sent, self.limits)
        hole = open_mask(form.file("mask"), self.limits, photo.pixels.shape[:2])
        completed = eraser.erase(
            photo.image, hole, grow=grow, feather=feather, detail=detail
        )
        return encode_result(sent.name, photo.with_image(completed))

    def select(self, form: Form) -> Sent:
        """The mask of the object in `box`, as a PNG: white is the object."""
        form.check_names("photo", "box")
        sent, box = form.file("photo"), parse_box(form.text("box"))
        photo = open_photo(sent, self.limits)
        return encode_mask(sent.name, select_object(photo.image, box))

    def decode(self, form: Form) -> Sent:
        """`photo` as a PNG, upright and of 8 bits, for browsers that cannot read it."""
        form.check_names("photo")
        sent = form.file("photo")
        photo = open_photo(sent, self.limits)
        pixels = photo.image
        if photo.alpha is not None:
            alpha = photo.alpha
            if alpha.dtype == np.uint16:
                alpha = (alpha >> 8).astype(np.uint8)
            pixels = np.dstack([pixels, alpha])
        return Sent(sent.name, encode_image(pixels, ".png"))

    def save(self, form: Form) -> Sent:
        """`photo` with the opaque pixels of `patch` laid over it at `x`, `y`."""
        form.check_names("photo", "patch", "x", "y")
        sent, x, y = form.file("photo"), form.whole_number("x"), form.whole_number("y")
        photo = open_photo(sent, self.limits)
        patch = open_photo(form.file("patch"), self.limits)
        return encode_result(sent.name, _lay_over(photo, patch, x, y))

    def _model(self, name: str) -> Eraser:
        if name not in self.models:
            raise InputError(
                f"there is no model {name!r} here. One of: {list(self.models)}."
            )
        return self.models[name]


def _lay_over(photo: Photo, patch: Photo, x: int, y: int) -> Photo:
    image = photo.image.copy()
    height, width = patch.pixels.shape[:2]
    place = image[y : y + height, x : x + width]
    if min(x, y) < 0 or place.shape[:2] != (height, width):
        raise InputError(
            f"the patch of {width}x{height} pixels at {x},{y} does not lie in the "
            f"photo of {image.shape[1]}x{image.shape[0]}."
        )
    if patch.alpha is None:
        place[:] = patch.image
    else:
        cv2.copyTo(patch.image, patch.alpha, place)
    return photo.with_image(image)
