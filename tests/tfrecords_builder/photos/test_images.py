"""Photos of every make, and how they are cut, scaled and refused."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.fakes import make_photo
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import UnusableError
from tfrecords_builder.photos import images
from tfrecords_builder.photos.headers import read_header
from tfrecords_builder.photos.images import digest_of, pack_photo
from tfrecords_builder.photos.views import choose_views


def config(**changes) -> BuildConfig:
    return BuildConfig(images=("x",), out="y", lossless=True, **{"size": 40, **changes})


def saved(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pack(data: bytes, **changes) -> list[np.ndarray]:
    """The packed pictures, RGB."""
    pictures = pack_photo(data, digest_of(data), config(**changes))
    return [
        cv2.imdecode(np.frombuffer(p.encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
        for p in pictures
    ]


def quadrants(height: int = 160, width: int = 240) -> np.ndarray:
    """Red, green over blue, white."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (255, 0, 0)
    image[: height // 2, width // 2 :] = (0, 255, 0)
    image[height // 2 :, : width // 2] = (0, 0, 255)
    image[height // 2 :, width // 2 :] = (255, 255, 255)
    return image


def corners(image: np.ndarray) -> list[str]:
    """The colours near the corners: top left, top right, bottom left, bottom right."""
    names = {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w"}
    spots = [image[5, 5], image[5, -6], image[-6, 5], image[-6, -6]]
    return [names[tuple(int(v > 127) for v in spot)] for spot in spots]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGB"),
        ("BMP", "RGB"),
        ("TIFF", "RGB"),
    ],
)
def test_every_mode_becomes_rgb(kind, mode):
    data = saved(Image.fromarray(quadrants()).convert(mode), kind)
    (packed,) = pack(data)
    assert packed.shape == (40, 60, 3)
    assert corners(packed) == ["r", "g", "b", "w"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_grey_becomes_rgb(kind):
    data = saved(Image.fromarray(quadrants()).convert("L"), kind)
    (packed,) = pack(data)
    assert packed.shape == (40, 60, 3)
    assert np.ptp(packed.astype(int), axis=-1).max() == 0
    assert np.ptp(packed) > 200


@pytest.mark.parametrize(
    ("orientation", "wanted"),
    [(1, "rgbw"), (3, "wbgr"), (6, "brwg"), (8, "gwrb"), (2, "grwb")],
)
@pytest.mark.parametrize("side", [160, 1600])
def test_exif_orientation_is_applied_at_every_scale(orientation, wanted, side):
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = Image.fromarray(quadrants(side, side * 3 // 2))
    (packed,) = pack(saved(photo, "JPEG", exif=exif))
    assert packed.shape == ((60, 40, 3) if orientation in (6, 8) else (40, 60, 3))
    assert "".join(corners(packed)) == wanted


def test_large_jpegs_are_decoded_at_a_reduced_scale(monkeypatch):
    asked = []
    decode = cv2.imdecode
    monkeypatch.setattr(
        images.cv2,
        "imdecode",
        lambda data, flags: asked.append(flags) or decode(data, flags),
    )
    for side in (60, 90, 180, 400, 4000):
        data = saved(Image.fromarray(make_photo(1, side, side)), "JPEG")
        pack_photo(data, digest_of(data), config())
    assert asked == [
        cv2.IMREAD_COLOR,
        cv2.IMREAD_REDUCED_COLOR_2,
        cv2.IMREAD_REDUCED_COLOR_4,
        cv2.IMREAD_REDUCED_COLOR_8,
        cv2.IMREAD_REDUCED_COLOR_8,
    ]


@pytest.mark.parametrize("side", [90, 170, 400, 700])
def test_reduced_scale_gives_the_same_picture(side):
    photo = make_photo(7, side, side + 61)
    (packed,) = pack(saved(Image.fromarray(photo), "JPEG", quality=95))
    height, width = packed.shape[:2]
    wanted = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(packed.astype(int) - wanted).mean() < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
@pytest.mark.parametrize("crop", ["40,60,0,0", "0.25,0.25,0,0"])
def test_crop_cuts_margins_first(kind, crop):
    image = np.zeros((160, 240, 3), np.uint8)
    image[:40] = image[:, :60] = 255
    (packed,) = pack(saved(Image.fromarray(image), kind), crop=crop)
    assert packed.shape == (40, 60, 3)
    assert packed[3:, 3:].max() < 40


def test_crop_counts_from_the_upright_photo():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = np.zeros((800, 1200, 3), np.uint8)
    image[:, :400] = 255  # the upright photo's top third
    data = saved(Image.fromarray(image), "JPEG", exif=exif)
    (packed,) = pack(data, crop="0.35,0,0,0")
    assert packed.max() < 40


def test_views_are_different_squares_within_the_crop():
    image = np.zeros((300, 400, 3), np.uint8)
    image[100:] = make_photo(3, 200, 400) // 2 + 100
    data = saved(Image.fromarray(image), "PNG")
    whole, *squares = pack(data, views=6, crop="100,0,0,0")
    assert whole.shape == (40, 80, 3)
    assert [square.shape for square in squares] == [(40, 40, 3)] * 5
    assert min(square.min() for square in squares) >= 90
    assert len({square.tobytes() for square in squares}) == 5


def test_views_follow_seed_and_content():
    data = saved(Image.fromarray(make_photo(3, 300, 400)), "PNG")
    first, again, other = (
        pack(data, views=3, seed=seed)[2].tobytes() for seed in (1, 1, 2)
    )
    assert first == again != other


@settings(max_examples=200, deadline=None)
@given(
    height=st.integers(32, 3000),
    width=st.integers(32, 3000),
    size=st.integers(16, 600),
    views=st.integers(1, 5),
    top=st.floats(0, 0.3),
    left=st.floats(0, 0.3),
)
def test_views_lie_within_the_photo_and_cover_the_size(
    height, width, size, views, top, left
):
    settings_ = config(size=size, views=views, crop=f"{top:.3f},{left:.3f},0.1,0.2")
    margins = settings_.margins
    inner_height = height - sum(round(margin * height) for margin in margins[::2])
    inner_width = width - sum(round(margin * width) for margin in margins[1::2])
    if min(inner_height, inner_width) < 32:
        with pytest.raises(UnusableError, match="within --crop"):
            choose_views(height, width, "0123456789abcdef", settings_)
        return
    found = choose_views(height, width, "0123456789abcdef", settings_)
    for view in found:
        assert min(view.packed) == size
        assert 0 <= view.top <= view.top + view.height <= height
        assert 0 <= view.left <= view.left + view.width <= width
        aspect = view.width / view.height
        assert abs(view.packed[1] - view.packed[0] * aspect) <= max(1, aspect)


def png_of_16_bits() -> bytes:
    image = make_photo(1).astype(np.uint16) * 257
    return cv2.imencode(".png", image)[1].tobytes()


def tiff_of_16_bits() -> bytes:
    image = make_photo(1).astype(np.uint16) * 257
    return cv2.imencode(".tiff", image[..., 0])[1].tobytes()


def bomb() -> bytes:
    """A PNG header that says 60,000 x 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(999))), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n"
    for kind, content in chunks:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        data += struct.pack(">I", len(content)) + kind + content + checksum
    return data


def jpeg_bomb() -> bytes:
    data = bytearray(saved(Image.fromarray(make_photo(1)), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(data)


def animated(kind: str) -> bytes:
    frames = [Image.fromarray(make_photo(seed)) for seed in (1, 2)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:])


def cut(kind: str, share: float = 0.6) -> bytes:
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (80, 80, 3), np.uint8))
    data = saved(image, kind)
    return data[: int(len(data) * share)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello, no picture", "no readable picture"),
        (saved(Image.new("RGB", (31, 500)), "PNG"), "smaller than 32 pixels"),
        (saved(Image.new("RGB", (500, 31)), "JPEG"), "smaller than 32 pixels"),
        (png_of_16_bits(), "16 bits a channel"),
        (tiff_of_16_bits(), "16 bits a channel"),
        (bomb(), "decompression bomb"),
        (jpeg_bomb(), "decompression bomb"),
        (animated("WEBP"), "several frames (animated)"),
        (animated("PNG"), "several frames (animated)"),
        (animated("TIFF"), "several frames (animated)"),
        (cut("JPEG"), "truncated or damaged"),
        (cut("PNG"), "truncated or damaged"),
        (cut("WEBP"), "no readable picture"),
        (cut("BMP"), "truncated or damaged"),
        (cut("JPEG", 0.01), "no readable picture"),
    ],
)
def test_unfit_files_are_refused_with_their_reason(data, reason):
    with pytest.raises(UnusableError) as caught:
        pack_photo(data, digest_of(data), config())
    assert str(caught.value) == reason


def test_a_jpeg_with_bytes_after_its_end_is_whole():
    data = saved(Image.fromarray(quadrants()), "JPEG") + b"a phone's own notes" * 9
    (packed,) = pack(data)
    assert corners(packed) == ["r", "g", "b", "w"]


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}])
def test_own_jpeg_header_agrees_with_pillow(mode, options):
    image = Image.fromarray(make_photo(2, 77, 133)).convert(mode)
    header = read_header(saved(image, "JPEG", **options))
    assert (header.kind, header.height, header.width) == ("JPEG", 77, 133)
    assert header.plain


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused_calmly(data, jpeg):
    with pytest.raises(UnusableError):
        pack_photo(b"\xff\xd8\xff" + data if jpeg else data, "0" * 64, config())
