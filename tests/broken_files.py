"""Photo and mask files of every format, broken as disks, networks and programs do."""

import io
from collections.abc import Iterator

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
# How Pillow writes each, and the ending; the last are phones' own.
KINDS = {
    "jpeg": (".jpg", {"format": "JPEG", "quality": 90}),
    "progressive": (".jpg", {"format": "JPEG", "progressive": True}),
    "png": (".png", {"format": "PNG"}),
    "webp": (".webp", {"format": "WEBP", "lossless": True}),
    "lossy webp": (".webp", {"format": "WEBP", "quality": 80}),
    "tiff": (".tif", {"format": "TIFF"}),
    "packed tiff": (".tif", {"format": "TIFF", "compression": "tiff_adobe_deflate"}),
    "bmp": (".bmp", {"format": "BMP"}),
    "gif": (".gif", {"format": "GIF"}),
    "heic": (".heic", {"format": "HEIF"}),
    "avif": (".avif", {"format": "AVIF"}),
}
_HEADER = 64  # bytes that say most


def make_file(kind: str, pixels: np.ndarray) -> bytes:
    """A whole file of one of `KINDS`, with EXIF where it takes some."""
    options = dict(KINDS[kind][1])
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "a camera", 1
    if kind not in ("bmp", "gif"):
        options["exif"] = exif
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **options)
    return file.getvalue()


def break_file(whole: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Broken files, the same for the same seed."""
    rng = np.random.default_rng(seed)
    for turn in range(count):
        data = np.frombuffer(whole, np.uint8).copy()
        reach = min(len(data), _HEADER) if turn % 2 else len(data)
        place = int(rng.integers(reach))
        match turn % 7:
            case 0 | 1:  # bytes that flipped
                places = rng.integers(reach, size=rng.integers(1, 8))
                data[places] ^= rng.integers(1, 256, len(places), dtype=np.uint8)
            case 2:  # it ends early
                data = data[: rng.integers(len(data))]
            case 3:  # a length, a width, a count of another size
                number = rng.choice([0, 1, 0x7F, 0xFF], size=4).astype(np.uint8)
                data[place : place + 4] = number[: len(data) - place]
            case 4:  # a hole in a disk
                data[place : place + int(rng.integers(1, 200))] = 0
            case 5:  # a piece twice
                piece = data[place : place + int(rng.integers(1, 100))]
                data = np.concatenate([data[:place], piece, data[place:]])
            case 6:  # another file behind its header
                data = np.concatenate([data[:place], data[rng.integers(len(data)) :]])
        yield data.tobytes()
