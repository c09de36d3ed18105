import io
import struct
import tracemalloc
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image

from ce_tf.errors import InputError
from ce_tf.images.codec import decode_image, encode_image
from ce_tf.images.mask import decode_mask
from ce_tf.images.photo import decode_photo
from tests.fakes import make_photo
from tfrecords_builder.files import UnusableError
from tfrecords_builder.photos.headers import read_header

PHOTO = make_photo(1, 40, 60)


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def test_decode_image_keeps_rgb():
    assert (decode_image(encoded(Image.fromarray(PHOTO))) == PHOTO).all()


def test_decode_image_turns_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    data = encoded(Image.fromarray(PHOTO), "JPEG", quality=95, exif=exif)
    upright = decode_image(data)
    assert upright.shape == (60, 40, 3)
    difference = upright.astype(int) - np.rot90(PHOTO, -1)
    assert np.abs(difference).mean() < 3


@pytest.mark.parametrize("mode", ["L", "P"])
def test_decode_image_converts_modes(mode):
    image = Image.fromarray(PHOTO).convert(mode)
    expected = np.asarray(image.convert("RGB")).astype(int)
    decoded = decode_image(encoded(image))
    assert decoded.shape == (40, 60, 3)
    assert np.abs(decoded - expected).max() <= 1


def test_decode_image_converts_a_cmyk_jpeg():
    image = Image.fromarray(PHOTO).convert("CMYK")
    decoded = decode_image(encoded(image, "JPEG", quality=95)).astype(int)
    assert np.abs(decoded - np.asarray(image.convert("RGB"))).mean() < 3


def test_decode_image_lays_transparency_over_white():
    alpha = np.zeros(PHOTO.shape[:2], np.uint8)
    alpha[:, 30:] = 255
    decoded = decode_image(encoded(Image.fromarray(np.dstack([PHOTO, alpha]))))
    assert (decoded[:, :30] == 255).all()
    assert (decoded[:, 30:] == PHOTO[:, 30:]).all()


def test_decode_image_brings_16_bits_to_8():
    deep = cv2.imencode(".png", PHOTO[..., ::-1].astype(np.uint16) * 257)[1].tobytes()
    assert (decode_image(deep) == PHOTO).all()


@pytest.mark.parametrize(
    "data", [b"", b"no picture", encoded(Image.fromarray(PHOTO))[:900]]
)
def test_decode_image_names_a_bad_file(data):
    with pytest.raises(InputError, match=r"photo a\.png"):
        decode_image(data, "photo a.png")


def test_a_palette_mask_goes_by_its_colours():
    image = Image.new("P", (30, 20), 0)
    image.putpalette([255, 255, 255, 0, 0, 0])
    image.paste(1, (0, 0, 10, 20))  # index 1 is black: kept
    mask = decode_mask(encoded(image))
    assert not mask[:, :10].any()
    assert mask[:, 10:].all()


def test_alpha_counts_only_where_the_file_has_nothing_else():
    alpha = np.zeros((20, 30), np.uint8)
    alpha[5:9] = 200
    flat = np.dstack([np.full((20, 30, 3), 255, np.uint8), alpha])
    assert (decode_mask(encoded(Image.fromarray(flat))) == (alpha > 0)).all()
    drawn = np.full((20, 30, 4), 255, np.uint8)
    drawn[..., :3] = 0
    drawn[1:3, :, :3] = 255
    mask = decode_mask(encoded(Image.fromarray(drawn)))
    assert mask[1:3].all()
    assert mask.sum() == 60


def test_encode_image_round_trips_png():
    for pixels in (PHOTO, PHOTO[..., 0], np.dstack([PHOTO, PHOTO[..., :1]])):
        decoded = np.asarray(Image.open(io.BytesIO(encode_image(pixels, ".png"))))
        assert (decoded == pixels).all()


def test_encode_image_refuses_an_unknown_ending():
    with pytest.raises(InputError, match=r"\.xyz"):
        encode_image(PHOTO, ".xyz")


def oversized(kind: str) -> bytes:
    """A small file whose header tells of 12,000 x 12,000 pixels."""
    data = bytearray(encoded(Image.new("RGB", (64, 64)), kind))
    if kind == "PNG":
        data[16:24] = struct.pack(">II", 12_000, 12_000)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    elif kind == "JPEG":
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", 12_000, 12_000)
    else:
        data[18:26] = struct.pack("<ii", 12_000, 12_000)
    return bytes(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize(
    ("decode", "refusal"),
    [
        (lambda data: decode_image(data, "it"), InputError),
        (lambda data: decode_mask(data, "it"), InputError),
        (lambda data: decode_photo(data, "it"), InputError),
        (read_header, UnusableError),
    ],
)
def test_a_file_too_short_for_its_size_is_refused_undecoded(kind, decode, refusal):
    tracemalloc.start()
    with pytest.raises(refusal, match="damaged"):
        decode(oversized(kind))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000  # its pixels are 432 MB


def test_a_page_of_one_colour_is_not_too_short():
    white = Image.new("1", (6000, 8000), 1)
    assert decode_mask(encoded(white, "PNG", optimize=True)).all()
    grey = Image.new("L", (6000, 4000), 200)
    small = encoded(grey, "JPEG", quality=1, optimize=True, progressive=True)
    assert decode_image(small).shape == (4000, 6000, 3)


def test_decode_image_reads_heic():
    pillow_heif.register_heif_opener()
    decoded = decode_image(encoded(Image.fromarray(PHOTO), "HEIF", quality=95))
    assert np.abs(decoded.astype(int) - PHOTO).mean() < 6


def test_one_limit_for_photos_masks_and_the_builder():
    header = struct.pack(">IIBBBBB", 20_000, 16_000, 1, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for name, content in ((b"IHDR", header), (b"IDAT", bytes(99_000)), (b"IEND", b"")):
        checksum = struct.pack(">I", zlib.crc32(name + content))
        data += struct.pack(">I", len(content)) + name + content + checksum
    with pytest.raises(UnusableError, match="bomb"):
        read_header(data)
    for decode in (decode_mask, decode_image, lambda data: decode_photo(data, "it")):
        with pytest.raises(InputError, match="300 million"):
            decode(data)
    smaller = data.replace(struct.pack(">I", 16_000), struct.pack(">I", 14_000))
    checksum = struct.pack(">I", zlib.crc32(smaller[12:29]))
    smaller = smaller[:29] + checksum + smaller[33:]
    assert read_header(smaller).width == 20_000  # 280 million
