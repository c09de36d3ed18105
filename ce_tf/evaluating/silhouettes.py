"""Holes of the shape of real objects, from label images."""

from pathlib import Path

import cv2
import numpy as np

from ce_tf.errors import InputError
from ce_tf.evaluating.photos import find_pictures
from ce_tf.files import read_bytes
from ce_tf.images.silhouettes import ENDINGS, decode_silhouettes

_TRIES = 200


class SilhouetteHoles:
    """Draws a hole for each picture: an object's silhouette, scaled and placed.

    Silhouettes are those that the builder makes holes of; label images that give none
    are passed over. Which one, whether mirrored, which share of the picture it covers
    (evenly from `areas`) and where it lies, wholly inside: all follow from (seed,
    index).

    Args:
        paths: label images.
        shape: height and width of a picture, for a first try.
        areas: least and largest share of the picture.
        seed: of the draws.

    Raises:
        InputError: no such hole comes out.
    """

    def __init__(
        self,
        paths: list[Path],
        shape: tuple[int, int],
        areas: tuple[float, float],
        seed: int,
    ):
        self._paths, self._areas, self._seed = paths, areas, seed
        self(0, paths[0], shape)  # So that what cannot be fails before any work.

    def __call__(self, index: int, path: Path, shape: tuple[int, int]) -> np.ndarray:
        """The hole of the index-th picture, uint8 [H, W], 1 = hole."""
        rng = np.random.default_rng([self._seed, index])
        unusable = ""
        for _ in range(_TRIES):
            try:
                shapes = read_silhouettes(self._paths[rng.integers(len(self._paths))])
            except InputError as error:
                unusable, shapes = f" Unusable, for one: {error}", ()
            if not shapes:
                continue
            silhouette = shapes[rng.integers(len(shapes))]
            silhouette = silhouette[:, ::-1] if rng.random() < 0.5 else silhouette
            mask = _place(rng, silhouette, rng.uniform(*self._areas), shape)
            if self._areas[0] <= mask.mean() <= self._areas[1]:
                return mask
        raise InputError(
            f"no silhouette of {self._areas[0]} to {self._areas[1]} of the picture "
            f"came out in {_TRIES} tries; give other --labels or a wider --hole_area."
            f"{unusable}"
        )


def _place(
    rng: np.random.Generator,
    silhouette: np.ndarray,
    area: float,
    shape: tuple[int, int],
) -> np.ndarray:
    """The silhouette at a share of the picture, or the most that fits, somewhere."""
    scale = np.sqrt(area / np.count_nonzero(silhouette > 127)) * np.sqrt(np.prod(shape))
    scale = min(scale, *np.divide(shape, silhouette.shape))
    height, width = (max(int(side * scale), 1) for side in silhouette.shape)
    scaled = cv2.resize(silhouette, (width, height), interpolation=cv2.INTER_LINEAR)
    top = rng.integers(shape[0] - height + 1)
    left = rng.integers(shape[1] - width + 1)
    mask = np.zeros(shape, np.uint8)
    mask[top : top + height, left : left + width] = scaled > 127
    return mask


def read_silhouettes(path: Path) -> tuple[np.ndarray, ...]:
    """The silhouettes of a label image; see `decode_silhouettes`. May be none.

    Raises:
        InputError: it cannot be read, or is no label image.
    """
    data = read_bytes(path, "label image")
    try:
        return decode_silhouettes(data)
    except ValueError as error:
        raise InputError(f"label image {path}: {error}.") from None


def find_labels(folder: str, label_list: str | None) -> list[Path]:
    """The label images of a folder, or those that a list names.

    Raises:
        InputError: there are none, or one is missing.
    """
    paths = find_pictures(folder, "labels", ENDINGS)
    if label_list is not None:
        found = {path.stem: path for path in paths}
        text = read_bytes(label_list, "--label_list").decode(errors="replace")
        names = [line.split()[0] for line in text.splitlines() if line.strip()]
        missing = [name for name in names if name not in found]
        if missing or not names:
            lack = f"{len(missing)} that {folder} lacks, {missing[0]}" if names else ""
            raise InputError(
                f"--label_list={label_list} names {lack or 'no label image'}."
            )
        paths = [found[name] for name in names]
    return paths
