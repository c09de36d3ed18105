"""Makers of small photos and VOC trees, for the tests of both packages."""

import importlib.util
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from ce_tf.images.photo import read_photo

_SAMPLES = ("coffee.png", "chelsea.png", "rocket.jpg", "astronaut.png")


def find_photographs() -> list[Path]:
    """Four photographs that scikit-image ships, from 300x451 to 512x512 pixels."""
    spec = importlib.util.find_spec("skimage")  # does not import it
    return [Path(spec.origin).parent / "data" / name for name in _SAMPLES]


def make_photo(seed: int, height: int = 60, width: int = 80) -> np.ndarray:
    """A smooth random picture, uint8 [height, width, 3], RGB."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def real_photo(seed: int, height: int, width: int) -> np.ndarray:
    """A cut-out of a photograph, uint8 [height, width, 3]; mirrored where it ends."""
    photographs = find_photographs()
    photo = read_photo(photographs[seed % len(photographs)]).image
    rng = np.random.default_rng(seed)
    below, beside = max(0, height - len(photo)), max(0, width - photo.shape[1])
    photo = np.pad(photo, ((0, below), (0, beside), (0, 0)), "symmetric")
    top = rng.integers(photo.shape[0] - height + 1)
    left = rng.integers(photo.shape[1] - width + 1)
    return photo[top : top + height, left : left + width]


def write_photo(path: Path, seed: int, height: int = 60, width: int = 80) -> Path:
    """Writes `make_photo` in the format that the path's ending says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(make_photo(seed, height, width)).save(path)
    return path


def write_photos(folder: Path, count: int, height: int = 60, width: int = 80) -> Path:
    """Writes `count` different JPEG photos; returns the folder."""
    for number in range(count):
        write_photo(folder / f"{number:04d}.jpg", number, height, width)
    return folder


def make_labels(seed: int, height: int = 90, width: int = 120) -> np.ndarray:
    """A VOC label image: two objects of two classes, each within a border of 255.

    Returns:
        uint8 [height, width]: 0, two of the classes 1 to 20, and 255.
    """
    rng = np.random.default_rng(seed)
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    classes = rng.choice(np.arange(1, 21), 2, replace=False)
    for number, value in enumerate(classes):
        radius = float(rng.uniform(0.16, 0.2)) * width
        center = (width * (0.26 + 0.48 * number), height / 2)
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        reach = radius * rng.uniform(0.75, 1, 9)
        corners = np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None]
        points = [tuple(point) for point in corners + center]
        draw.ellipse(_box(center, radius * 0.6), fill=int(value), outline=255, width=3)
        draw.polygon(points, fill=int(value), outline=255, width=3)
    return np.asarray(image)


def write_voc(
    root: Path,
    year: int = 2007,
    train: int = 4,
    val: int = 2,
    objects: bool = True,
    first: int = 0,
) -> Path:
    """Writes a VOC tree of label images; returns the `VOCdevkit` folder.

    Args:
        root: where `VOCdevkit` shall stand.
        train: how many label images its list `train` names, `val` likewise.
        objects: whether it has `SegmentationObject` too.
        first: number of the first label image, which is also its seed.
    """
    folder = root / "VOCdevkit" / f"VOC{year}"
    lists = folder / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    names = [f"{year}_{first + number:06d}" for number in range(train + val)]
    for number, name in enumerate(names):
        labels = make_labels(first + number)
        write_labels(folder / "SegmentationClass" / f"{name}.png", labels)
        if objects:
            values = [v for v in np.unique(labels) if v not in (0, 255)]
            instances = np.where(labels == 255, 255, 0)
            for instance, value in enumerate(values, 1):
                instances[labels == value] = instance
            path = folder / "SegmentationObject" / f"{name}.png"
            write_labels(path, instances.astype(np.uint8))
    splits = {"train": names[:train], "val": names[train:], "trainval": names}
    for split, members in splits.items():
        (lists / f"{split}.txt").write_text("".join(f"{name}\n" for name in members))
    return root / "VOCdevkit"


def write_labels(path: Path, labels: np.ndarray) -> Path:
    """Writes a palette PNG, as VOC does; the palette's colours mean nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(labels).convert("P")
    image.putdata(labels.ravel().tolist())
    image.putpalette([(37 * value) % 256 for value in range(768)])
    image.save(path)
    return path


def _box(center: tuple[float, float], radius: float) -> tuple[float, ...]:
    x, y = center
    return (x - radius, y - radius, x + radius, y + radius)


def hide_packages(monkeypatch, prefix: str) -> None:
    """As if no package whose name begins so were installed, to who looks before use."""
    find_spec = importlib.util.find_spec

    def find(name: str, *rest: str | None):
        return None if name.startswith(prefix) else find_spec(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", find)
