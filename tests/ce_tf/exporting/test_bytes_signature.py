"""Files in, PNG files out: every kind of file, and every one that is refused."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ce_tf.images.mask import decode_mask as decode_mask_file
from tests.fakes import real_photo

SHAPE = (90, 120)
HOLE = np.zeros(SHAPE, np.uint8)
HOLE[30:60, 40:80] = 255
KEPT = HOLE == 0
PHOTO = real_photo(1, *SHAPE)
ALPHA = real_photo(2, *SHAPE)[..., 0]


@pytest.fixture(scope="module")
def model(export_of):
    return tf.saved_model.load(str(export_of("saved_model")))


@pytest.fixture(scope="module")
def erase(model):
    def run(images, masks):
        outputs = model.signatures["erase_bytes"](
            image_bytes=tf.constant(images), mask_bytes=tf.constant(masks)
        )
        files = outputs["image_bytes"].numpy()
        assert all(Image.open(io.BytesIO(file)).format == "PNG" for file in files)
        return [np.asarray(Image.open(io.BytesIO(file))) for file in files]

    return run


def encode(pixels, form="PNG", mode=None, **options):
    file = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels, mode)
    image.save(file, form, **options)
    return file.getvalue()


MASK = encode(HOLE)


def test_it_is_the_photo_signature_for_files(model, erase):
    (found,) = erase([encode(PHOTO)], [MASK])
    outputs = model.signatures["erase"](
        image=tf.constant(PHOTO), mask=tf.constant(HOLE[..., np.newaxis])
    )
    assert (found == outputs["image"].numpy()).all()
    assert (found[KEPT] == PHOTO[KEPT]).all()
    assert (found[~KEPT] != PHOTO[~KEPT]).any()


@pytest.mark.parametrize("quality", [50, 95])
def test_a_jpeg_comes_back_as_other_decoders_have_it(erase, quality):
    data = encode(PHOTO, "JPEG", quality=quality)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    (found,) = erase([data], [MASK])
    assert (found[KEPT] == decoded[KEPT]).all()


PALETTE = Image.fromarray(PHOTO).quantize(64)
KINDS = {
    "grey": (encode(ALPHA), ALPHA),
    "grey jpeg": (encode(ALPHA, "JPEG", quality=100), None),
    "grey, alpha": (
        encode(np.dstack([ALPHA, PHOTO[..., 1]]), mode="LA"),
        np.dstack([ALPHA, PHOTO[..., 1]]),
    ),
    "rgba": (encode(np.dstack([PHOTO, ALPHA])), np.dstack([PHOTO, ALPHA])),
    "palette": (encode(PALETTE), np.asarray(PALETTE.convert("RGB"))),
    "black and white": (encode(Image.fromarray(HOLE[::-1]).convert("1")), HOLE[::-1]),
}


@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated")
@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_keeps_its_channels(erase, kind):
    data, pixels = KINDS[kind]
    if pixels is None:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    (found,) = erase([data], [MASK])
    assert found.shape == pixels.shape
    assert (found[KEPT] == pixels[KEPT]).all()
    assert (found[~KEPT] != pixels[~KEPT]).any()
    if pixels.shape[2:] in ((2,), (4,)):
        assert (found[..., -1] == pixels[..., -1]).all()


WHITE = np.full(SHAPE, 255, np.uint8)
MASKS = {
    "one": encode(HOLE // 255),
    "1 bit": encode(Image.fromarray(HOLE).convert("1")),
    "red": encode(np.dstack([HOLE, HOLE * 0, HOLE * 0])),
    "16 bits": cv2.imencode(".png", (HOLE > 0).astype(np.uint16))[1].tobytes(),
    "alpha alone": encode(np.dstack([WHITE] * 3 + [HOLE])),
    "colour before alpha": encode(np.dstack([HOLE] * 3 + [WHITE])),
    "jpeg": encode(HOLE, "JPEG", quality=100),
}


@pytest.mark.parametrize("kind", MASKS)
def test_masks_are_read_as_the_command_reads_them(erase, kind):
    hole = decode_mask_file(MASKS[kind]) > 0
    assert (hole >= ~KEPT).all()
    (found,) = erase([encode(PHOTO)], [MASKS[kind]])
    (plain,) = erase([encode(PHOTO)], [encode(hole.astype(np.uint8))])
    assert (found == plain).all()


def test_photos_of_a_batch_differ_in_size_and_kind(erase):
    small, jpeg = encode(PHOTO[:70, :90]), encode(ALPHA, "JPEG")
    cut = encode(HOLE[:70, :90])
    files = ([encode(PHOTO), small, jpeg], [MASK, cut, MASK])
    together = erase(*files)
    assert [part.shape for part in together] == [(90, 120, 3), (70, 90, 3), (90, 120)]
    for part, *pair in zip(together, *files, strict=True):
        assert (erase(*([file] for file in pair))[0] == part).all()


def header(width, height):
    """The beginning of a PNG file that says it has that size."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13)
    return start + chunk + struct.pack(">I", zlib.crc32(chunk))


def bomb():
    """A whole PNG file of 300 kB whose picture has 50,000 x 50,000 pixels of 1 bit."""
    row = bytes(1 + 50_000 // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row * 500) for _ in range(100)) + packer.flush()
    parts = b"\x89PNG\r\n\x1a\n"
    size = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    for name, content in ((b"IHDR", size), (b"IDAT", data), (b"IEND", b"")):
        chunk = name + content
        parts += struct.pack(">I", len(content)) + chunk
        parts += struct.pack(">I", zlib.crc32(chunk))
    return parts


PNG, JPEG = encode(PHOTO), encode(PHOTO, "JPEG")
LARGE_JPEG = JPEG.replace(struct.pack(">HH", *SHAPE), struct.pack(">HH", 50000, 50000))
NONE = "is no JPEG or PNG file, or ends early"
REFUSED = {
    "text": (b"hello", MASK, f"image_bytes {NONE}"),
    "nothing": (b"", MASK, f"image_bytes {NONE}"),
    "mask of text": (PNG, b"hello", f"mask_bytes {NONE}"),
    "another format": (encode(PHOTO, "GIF"), MASK, f"image_bytes {NONE}"),
    "half a png": (PNG[: len(PNG) // 2], MASK, "image_bytes"),
    "half a jpeg": (JPEG[: len(JPEG) // 2], MASK, "image_bytes"),
    "start of a jpeg": (JPEG[:100], MASK, "image_bytes"),
    "half a mask": (PNG, MASK[: len(MASK) // 2], "mask_bytes"),
    "bomb": (bomb(), MASK, r"image_bytes has no size from 1 to.*\[50000 50000\]"),
    "jpeg bomb": (LARGE_JPEG, MASK, "image_bytes has no size from 1 to 100000000"),
    "mask of a bomb": (PNG, bomb(), "mask_bytes has no size from 1 to 100000000"),
    "no size": (header(0, 9), MASK, "image_bytes has no size"),
    "beyond 32 bits": (header(2**31 + 1, 2**31 + 1), MASK, "image_bytes has no size"),
    "16 bits": (
        cv2.imencode(".png", PHOTO.astype(np.uint16))[1].tobytes(),
        MASK,
        "image_bytes has 16 bits a channel; give 8",
    ),
    "another size": (PNG, encode(HOLE[:80]), "mask and image differ in height"),
    "black": (PNG, encode(HOLE * 0), "mask is all black"),
    "white": (PNG, encode(WHITE), "mask is all white"),
    "one pixel": (encode(PHOTO[:1, :1]), encode(WHITE[:1, :1]), "mask is all white"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_named(erase, case):
    image, mask, words = REFUSED[case]
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        erase([image], [mask])
    assert len(erase([PNG], [MASK])) == 1  # and the graph lives on


def test_as_many_masks_as_photos(erase):
    with pytest.raises(tf.errors.InvalidArgumentError, match="as many files as mask_"):
        erase([PNG, PNG], [MASK])
