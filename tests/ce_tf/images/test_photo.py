import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from ce_tf.images.photo import read_photo, write_photo
from tests.fakes import make_photo

PHOTO = make_photo(1, 40, 60)
PROFILE = b"profile" * 40


def make_exif() -> bytes:
    exif = Image.Exif()
    exif[271] = "Maker"
    exif[0x0112] = 6
    exif[0x8769] = {0x9003: "2026:01:02 03:04:05"}
    return exif.tobytes()


def save_round_trip(folder, name, pixels, **options):
    """Writes a file, reads and writes it again; returns both files, opened."""
    Image.fromarray(pixels).save(folder / name, **options)
    write_photo(folder / f"again-{name}", read_photo(folder / name))
    return read_file(folder / name), read_file(folder / f"again-{name}")


def read_file(path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_metadata_is_kept_and_the_pixels_are_upright(tmp_path, name):
    before, after = save_round_trip(
        tmp_path, name, PHOTO, exif=make_exif(), icc_profile=PROFILE, dpi=(300, 300)
    )
    exif = after.getexif()
    assert exif[271] == "Maker"
    assert exif.get(0x0112, 1) == 1
    assert exif.get_ifd(0x8769)[0x9003] == "2026:01:02 03:04:05"
    assert after.info["icc_profile"] == PROFILE
    assert after.size == (40, 60)
    if name != "a.webp":  # which has no place for it
        assert [round(float(dots)) for dots in after.info["dpi"]] == [300, 300]
    if name in ("a.png", "a.tif"):
        upright = ImageOps.exif_transpose(before)
        assert (np.asarray(after) == np.asarray(upright)).all()
        assert (np.asarray(upright) == np.rot90(PHOTO, -1)).all()


@pytest.mark.parametrize("quality", [40, 93])
def test_jpeg_quality_is_kept(tmp_path, quality):
    options = {"quality": quality, "subsampling": 1}
    before, after = save_round_trip(tmp_path, "a.jpg", PHOTO, **options)
    assert after.quantization == before.quantization
    assert after.layer == before.layer
    difference = np.asarray(after).astype(int) - np.asarray(before)
    assert np.abs(difference).mean() < 1


def test_the_preview_which_shows_what_was_erased_is_not_kept(tmp_path):
    write_photo(tmp_path / "a.jpg", read_photo(_with_preview(tmp_path / "p.jpg")))
    assert b"PREVIEW" not in (tmp_path / "a.jpg").read_bytes()


def _with_preview(path):
    """A JPEG whose EXIF has a second directory with a preview."""
    entry = bytes.fromhex("0201040001000000") + (44).to_bytes(4, "little")
    length = bytes.fromhex("0202040001000000") + (7).to_bytes(4, "little")
    first = b"\0\0" + (14).to_bytes(4, "little")
    second = b"\2\0" + entry + length + bytes(4)
    tiff = b"II*\0" + (8).to_bytes(4, "little") + first + second
    tiff += bytes(44 - len(tiff)) + b"PREVIEW"
    Image.fromarray(PHOTO).save(path, exif=b"Exif\0\0" + tiff)
    assert b"PREVIEW" in path.read_bytes()
    return path


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bits_stay(tmp_path, channels, suffix):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 65536, (40, 60, channels), dtype=np.uint16).squeeze()
    path, out = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    cv2.imwrite(str(path), pixels)
    photo = read_photo(path)
    image = photo.image.copy()
    image[5:9, 5:9] ^= 255
    write_photo(out, photo.with_image(image))
    again = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert again.dtype == np.uint16
    assert again.shape == pixels.shape
    changed = np.zeros((40, 60), bool)
    changed[5:9, 5:9] = True
    assert (again[~changed] == pixels[~changed]).all()
    assert (again != pixels)[changed].mean() > 0.7


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_metadata_of_16_bits(tmp_path, suffix, channels):
    rng = np.random.default_rng(0)
    # So large that the pixels of a TIFF lie in several strips.
    pixels = rng.integers(0, 65536, (401, 61, channels), dtype=np.uint16).squeeze()
    cv2.imwrite(str(tmp_path / "deep.png"), pixels)
    deep = read_photo(tmp_path / "deep.png")
    deep.options.update(read_photo(_eight_bits(tmp_path / "a.png")).options)
    for name in ("first", "second"):  # and read from there, written once more
        path = tmp_path / f"{name}{suffix}"
        write_photo(path, deep)
        again = read_file(path)
        assert again.info["icc_profile"] == PROFILE
        if suffix == ".tif":
            assert len(again.tag_v2[273]) > 1
        exif = again.getexif()
        assert exif[271] == "Maker"
        assert exif.get_ifd(0x8769)[0x9003] == "2026:01:02 03:04:05"
        assert [round(float(dots)) for dots in again.info["dpi"]] == [300, 300]
        assert (cv2.imread(str(path), cv2.IMREAD_UNCHANGED) == pixels).all()
        deep = read_photo(path)


def _eight_bits(path):
    options = {"exif": make_exif(), "icc_profile": PROFILE, "dpi": (300, 300)}
    Image.fromarray(PHOTO).save(path, **options)
    return path


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA"])
def test_modes_stay_what_they_were(tmp_path, mode):
    pixels = np.asarray(Image.fromarray(PHOTO).convert(mode))
    before, after = save_round_trip(tmp_path, "a.png", pixels)
    # Two levels become grey: a fill has more.
    assert after.mode == ("L" if mode == "1" else mode)
    same = np.asarray(after.convert("RGBA")) == np.asarray(before.convert("RGBA"))
    assert same.all()


def test_a_bmp_of_16_bits_a_pixel_is_read(tmp_path):
    """Five bits of blue, six of green and five of red."""
    masks = struct.pack("<3I", 0xF800, 0x07E0, 0x001F)
    rows = struct.pack("<2H", 0xF800, 0x07E0) + struct.pack("<2H", 0x001F, 0xFFFF)
    info = struct.pack("<I2i2H6I", 40, 2, -2, 1, 16, 3, len(rows), 0, 0, 0, 0)
    start = 14 + len(info) + len(masks)
    header = b"BM" + struct.pack("<I2HI", start + len(rows), 0, 0, start)
    (tmp_path / "a.bmp").write_bytes(header + info + masks + rows)
    pixels = read_photo(tmp_path / "a.bmp").pixels
    assert pixels.dtype == np.uint8
    red, green, blue = np.eye(3, dtype=int) * 255
    assert (pixels == [[red, green], [blue, red + green + blue]]).all()
