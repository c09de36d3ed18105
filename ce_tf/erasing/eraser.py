"""Erases what a mask marks from a photo of any size."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ce_tf.completion.composition import complete
from ce_tf.completion.runtimes import (
    GeneratorRuntime,
    LaterRuntime,
    Runtime,
    load_runtime,
    load_runtimes,
)
from ce_tf.erasing.blending import (
    continue_rim,
    feather_weights,
    grow_hole,
    match_rim,
)
from ce_tf.erasing.decisions import choose_size
from ce_tf.erasing.edge_drawing import continue_edges, lay_edges
from ce_tf.erasing.looks import fill_view
from ce_tf.erasing.regions import Region, group_hole
from ce_tf.erasing.sharpening import sharpen
from ce_tf.erasing.texture.synthesis import Painted, add_texture, weigh_texture
from ce_tf.erasing.view import Fill, View, cut_tiles, look
from ce_tf.erasing.window import Window, place_window
from ce_tf.errors import InputError
from ce_tf.images.arrays import give_back, take_image, take_mask
from ce_tf.pretrained.files import PRETRAINED, find_models, is_pretrained

if TYPE_CHECKING:
    from typing import TypeAlias

    import keras

    # What one runtime is made of.
    Model: TypeAlias = str | os.PathLike | Runtime | keras.Model


class Eraser:
    """Fills holes with a model that `export.py` wrote.

        completed = Eraser().erase(image, mask)  # with the model that ships
        completed = Eraser("run/export/model.tflite").erase(image, mask)

    Parts of the hole that lie near each other share a square window of twice their
    size, and long thin ones are cut into pieces (see `regions`); the network sees a
    window, and its middle once more, scaled to its own size (see `looks`); the fill is
    scaled back, gets edges and texture of the surroundings, is sharpened, and is pasted
    into the hole alone. Large windows are worked on as smaller pictures (see `view`).
    Safe to use from several threads; can be pickled.

    Args:
        model: a SavedModel folder, a TFLite file, a Keras generator in memory, a
            runtime, several runtimes of one network at different sizes, of which each
            window takes the one that fits it (`decisions.choose_size`), or
            `pretrained`, which ships with the package, as None is.
        threads: that a TFLite file computes with; None is one for each core. Its bytes
            are the same.

    Raises:
        InputError: it is none of these.
    """

    def __init__(
        self,
        model: "Model | Sequence[Runtime] | None" = None,
        threads: int | None = None,
    ):
        runtimes = _load_runtimes(PRETRAINED if model is None else model, threads)
        self._runtimes = {runtime.size: runtime for runtime in runtimes}

    @property
    def size(self) -> int:
        """Side of the squares that its network takes, the smallest, pixels."""
        return min(self._runtimes)

    def erase(
        self,
        image: Any,
        mask: Any,
        *,
        grow: int = 0,
        feather: float | None = None,
        detail: float = 1.0,
    ) -> np.ndarray:
        """Fills the hole.

        Memory and time follow the hole: beside one copy of the image and bytes of its
        masks, work is done in the windows alone.

        Args:
            image: uint8 [H, W, 3], RGB; or what else `arrays.take_image` takes: grey,
                RGBA, 16 bits, a Pillow image, a path.
            mask: [H, W]: bool, float from 0 to 1 (hole from 0.5 on), or uint8: hole
                from 64 on, and where there are 0 and just one other, that other; or
                what else `arrays.take_mask` takes.
            grow: pixels by which the hole is dilated first.
            feather: pixels from the grown hole's rim inward over which the photo goes
                over into the fill; None is as many as the hole grew by.
            detail: how much of the surroundings' texture, and of edges that go on in
                it, the fill gets, 0 to 1.

        Returns:
            As the image, outside the grown hole its own pixels to the bit.

        Raises:
            InputError: the shapes do not fit, the mask marks nothing or everything, or
                an option is out of its range.
        """
        check_options(grow, feather, detail)
        photo = take_image(image)
        pixels = photo.image
        hole = grow_hole(check_pair(pixels, take_mask(mask)), grow)
        if hole.all():
            raise InputError(f"grown by {grow} pixels the hole is the whole photo.")
        feather = grow if feather is None else feather
        completed = pixels.copy()
        known = 1 - hole
        regions, count = group_hole(hole, self.size), int(np.count_nonzero(hole))
        tasks = [
            (region, place_window(region.box, count, hole.shape, self.size))
            for region in regions
        ]
        for region, window in _take_turns(tasks, known):
            view = look(window, completed, known, region, hole)
            _paste(self._fill(view, detail), window, completed, known, region, hole)
        if feather:  # at last, for regions are to see fills, not what shines through
            for region in regions:
                _feather(region, hole, pixels, completed, feather)
        if photo.pixels is pixels and photo.alpha is None:
            return completed
        return give_back(photo.with_image(completed), image)

    def erase_batch(
        self, images: Sequence[Any], masks: Sequence[Any], **options: Any
    ) -> list[np.ndarray]:
        """Fills each image's hole, as `erase`; the images may differ in size.

        Raises:
            InputError: as `erase`, or there are not as many masks as images.
        """
        if len(images) != len(masks):
            raise InputError(f"{len(images)} images need as many masks: {len(masks)}.")
        return [
            self.erase(image, mask, **options)
            for image, mask in zip(images, masks, strict=True)
        ]

    def _fill(self, view: View, detail: float) -> Fill:
        """The network's fill, its seam taken out, with texture."""
        around, known = view.image, view.known
        unknown = 1 - known
        size = choose_size(view.window.side, list(self._runtimes))
        fill = fill_view(self._runtimes[size], view)
        fill = complete(around, unknown[..., np.newaxis], fill)
        fill, painted = match_rim(around, unknown > 0, fill), None
        if detail:
            fill, painted = _add_detail(fill, view, detail)
        fill = sharpen(fill, view.own, painted.share if painted else None)
        return Fill(view, continue_rim(around, unknown > 0, fill), painted)


def _add_detail(
    fill: np.ndarray, view: View, detail: float
) -> tuple[np.ndarray, Painted]:
    """The fill with the edges that go on in it, and with texture."""
    known = view.known > 0
    weight = detail * weigh_texture(known)
    drawn = continue_edges(fill, view.own, known) if weight else None
    if drawn is None:
        painted = add_texture(fill, view.own, known, detail)
        return painted.image, painted
    painted = add_texture(drawn.image, view.own, known, detail, drawn.share > 0)
    return lay_edges(drawn, fill, painted.image, weight), painted


def _load_runtimes(model: Any, threads: int | None) -> Sequence[Runtime]:
    if isinstance(model, str | os.PathLike):
        if not is_pretrained(model):
            return load_runtimes(Path(model), threads)
        (_, first), *larger = find_models().items()
        later = (LaterRuntime(path, size, threads) for size, path in larger)
        return [load_runtime(first, threads), *later]
    if isinstance(model, Runtime):
        return [model]
    if isinstance(model, Sequence):
        return model
    return [GeneratorRuntime(model)]


def _take_turns(
    tasks: Sequence[tuple[Region, Window]], known: np.ndarray
) -> Iterator[tuple[Region, Window]]:
    """Each region and its window, in order, when the window shows something known.

    Of a hole that is longer than a narrow photo is wide, pieces in the middle may see
    hole alone: they wait until those beside them are filled, and known.
    """
    waiting = list(tasks)
    while waiting:
        seeing = (
            turn
            for turn, (_, window) in enumerate(waiting)
            if window.inside(known).any()
        )
        yield waiting.pop(next(seeing, 0))


def _paste(
    fill: Fill,
    window: Window,
    completed: np.ndarray,
    known: np.ndarray,
    region: Region,
    hole: np.ndarray,
) -> None:
    """Puts a fill into the region's pixels, in `completed`; they are known then."""
    left, top, _, _ = region.box
    around, around_known = window.inside(completed), window.inside(known)
    first, start = top - window.rows.start, left - window.columns.start
    for rows, columns in cut_tiles(region):
        own = region.find(hole, rows, columns)
        if own.any():
            part = _move(rows, first), _move(columns, start)
            around[part][own] = fill.read(around, around_known, *part)[own]
    for rows, columns in cut_tiles(region):
        own = region.find(hole, rows, columns)
        around_known[_move(rows, first), _move(columns, start)][own] = 1


def _feather(
    region: Region,
    hole: np.ndarray,
    image: np.ndarray,
    completed: np.ndarray,
    feather: float,
) -> None:
    """Lets the photo go over into the fill, in `completed`, in the region's pixels.

    By the way to the whole hole's rim: where a region ends within it is no rim.
    """
    left, top, _, _ = region.box
    reach = int(np.ceil(feather)) + 2
    for rows, columns in cut_tiles(region):
        own = region.find(hole, rows, columns)
        place = _move(rows, top), _move(columns, left)
        down, right = (part.start - max(0, part.start - reach) for part in place)
        around = hole[
            place[0].start - down : place[0].stop + reach,
            place[1].start - right : place[1].stop + reach,
        ]
        weights = feather_weights(around > 0, feather)
        weights = weights[down:, right:][: own.shape[0], : own.shape[1]]
        before = image[place][own].astype(np.float32)
        mixed = complete(before, weights[own][:, np.newaxis], completed[place][own])
        completed[place][own] = np.round(mixed).astype(np.uint8)


def _move(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def check_pair(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Checks that the mask, uint8 0 or 1, can be erased from the image; returns it.

    Raises:
        InputError: the shapes do not fit, or the mask marks nothing or everything.
    """
    if mask.shape != image.shape[:2]:
        raise InputError(
            f"the mask is {_size(mask)}, the photo {_size(image)} pixels (width x "
            "height, upright). Make them the same size."
        )
    if not mask.any():
        raise InputError(
            "the mask is all black: nothing is to be erased. White marks the hole "
            "(values from 64 of 255 on)."
        )
    if mask.all():
        raise InputError(
            "the mask is all white: nothing is left to fill from. White marks the "
            "hole, black what stays."
        )
    return mask


def check_options(grow: int, feather: float | None, detail: float) -> None:
    """Checks the options of `Eraser.erase`.

    Raises:
        InputError: one is out of its range.
    """
    if not isinstance(grow, int | np.integer) or grow < 0:
        raise InputError(f"grow is {grow}; give 0 or more whole pixels.")
    if feather is not None and feather < 0:
        raise InputError(f"feather is {feather}; give 0 or more pixels.")
    if not 0 <= detail <= 1:
        raise InputError(f"detail is {detail}; give 0 (none) to 1.")


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"
