import io
import struct
import sys
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps

from ce_tf.errors import InputError
from ce_tf.images.codec import open_image
from ce_tf.images.photo import (
    Photo,
    decode_photo,
    encode_kept,
    read_photo,
    write_photo,
)
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


XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>equirectangular</x:xmpmeta>"


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp", "a.avif"])
def test_xmp_is_kept(tmp_path, name):
    lost = write_photo(tmp_path / name, Photo(PHOTO, options={"xmp": XMP}))
    assert not lost
    again = read_photo(tmp_path / name)
    assert again.options["xmp"] == XMP
    write_photo(tmp_path / f"again-{name}", again)
    assert read_photo(tmp_path / f"again-{name}").options["xmp"] == XMP


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_xmp_of_16_bits_is_kept(tmp_path, suffix):
    deep = Photo(PHOTO.astype(np.uint16) * 257, options={"xmp": XMP})
    write_photo(tmp_path / f"a{suffix}", deep)
    again = read_photo(tmp_path / f"a{suffix}")
    assert again.options["xmp"] == XMP
    assert (again.pixels == deep.pixels).all()


def test_what_a_format_cannot_hold_is_named(tmp_path):
    options = {"exif": make_exif(), "xmp": XMP, "icc_profile": PROFILE}
    lost = write_photo(tmp_path / "a.bmp", Photo(PHOTO, options=options))
    assert set(lost) == {"EXIF", "XMP", "colour profile"}
    long = {"xmp": XMP + b" " * 70_000}
    assert write_photo(tmp_path / "a.jpg", Photo(PHOTO, options=long)) == ("XMP",)
    assert not write_photo(tmp_path / "a.png", Photo(PHOTO, options=long))


def test_exif_longer_than_a_jpegs_segment_loses_its_longest_tag(tmp_path):
    exif = Image.Exif()
    exif[271], exif[270] = "Maker", "x" * 80_000
    file = io.BytesIO()
    Image.fromarray(PHOTO).save(file, "PNG", exif=exif)
    photo = decode_photo(file.getvalue(), "photo")
    assert write_photo(tmp_path / "a.jpg", photo) == ("ImageDescription",)
    assert dict(read_file(tmp_path / "a.jpg").getexif()) == {271: "Maker"}
    assert not write_photo(tmp_path / "a.png", photo)


def make_phones_exif() -> bytes:
    exif = Image.Exif()
    exif[271], exif[272], exif[282], exif[306] = "Maker", "Model", 72.0, "2026:01:02"
    exif[0x8769] = {0x829A: 0.008, 0x9201: 7.2, 0x927C: b"note" * 30, 0xA002: 4000}
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 1.5), 3: "E", 5: b"\0"}
    return exif.tobytes()


def test_two_thousand_broken_exifs_lose_no_picture(tmp_path):
    """Bytes changed, cut and doubled: what cannot be kept is left out, and named."""
    whole = make_phones_exif()
    rng = np.random.default_rng(0)
    named = 0
    for _ in range(2000):
        broken = bytearray(whole)
        for place in rng.integers(6, len(whole), rng.integers(1, 12)):
            broken[place] = rng.integers(256)
        if rng.random() < 0.2:
            del broken[rng.integers(10, len(broken)) :]
        file = io.BytesIO()
        Image.fromarray(PHOTO[:8, :8]).save(file, "JPEG", exif=bytes(broken))
        photo = decode_photo(file.getvalue(), "photo")
        for suffix in (".jpg", ".png", ".webp", ".tif"):
            data, lost = encode_kept(photo, suffix)
            named += bool(lost)
            assert decode_photo(data, "again").pixels.shape == photo.pixels.shape
    assert named > 20


def test_lab_becomes_srgb(tmp_path):
    lab = np.zeros((2, 2, 3), np.uint8)
    # White, a middle grey (of sRGB 128), a red, a green (a is signed: 200 is -56).
    lab[0], lab[1] = [(255, 0, 0), (137, 0, 0)], [(128, 60, 30), (128, 200, 30)]
    Image.fromarray(lab, "LAB").save(tmp_path / "a.tif")
    photo = read_photo(tmp_path / "a.tif")
    (white, grey), (red, green) = photo.pixels.astype(int)
    assert np.abs(white - 255).max() <= 1
    assert np.abs(grey - 128).max() <= 1
    assert red[0] > red[1] + 60
    assert green[1] > green[0] + 60
    profile = ImageCms.ImageCmsProfile(io.BytesIO(photo.options["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_a_profile_of_rgb_stays(tmp_path):
    _, after = save_round_trip(tmp_path, "a.jpg", PHOTO, icc_profile=PROFILE)
    assert after.info["icc_profile"] == PROFILE


def test_a_broken_profile_of_cmyk_is_not_kept(tmp_path):
    image = Image.fromarray(PHOTO).convert("CMYK")
    image.save(tmp_path / "a.jpg", icc_profile=PROFILE)
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.pixels.shape == PHOTO.shape
    assert "icc_profile" not in photo.options


def test_a_tiff_with_its_preview_is_one_photo(tmp_path):
    small = Image.fromarray(PHOTO[::4, ::4].copy())
    pages = Image.fromarray(PHOTO)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    pages.save(tmp_path / "a.tif", save_all=True, append_images=[small])
    assert (read_photo(tmp_path / "a.tif").pixels == PHOTO).all()


def test_large_photos_are_read_without_a_word_and_bombs_are_refused():
    def header(width, height):
        file = io.BytesIO()
        Image.new("1", (8, 8)).save(file, "PNG")
        data = bytearray(file.getvalue())
        data[16:24] = struct.pack(">II", width, height)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
        return bytes(data)

    assert open_image(header(16_384, 12_288) + bytes(30_000), "photo").size == (
        16_384,
        12_288,
    )
    with pytest.raises(InputError, match="more than 300 million"):
        open_image(header(20_000, 20_000), "photo")
    with pytest.raises(InputError, match="more than 12 million"):
        decode_photo(header(4_000, 4_000), "photo", 12_000_000)


def test_heic_photos_are_read(tmp_path):
    heic = pillow_heif.from_pillow(Image.fromarray(PHOTO))
    heic.save(tmp_path / "a.heic", quality=95, chroma=444)
    photo = read_photo(tmp_path / "a.heic")
    assert photo.pixels.shape == PHOTO.shape
    assert np.abs(photo.pixels.astype(int) - PHOTO).mean() < 3
    assert photo.suffix == ".jpg"


def test_without_its_extra_heic_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    data = b"\0\0\0\x18ftypheic" + bytes(40)
    with pytest.raises(InputError, match=r"ce_tf\[heic\]"):
        decode_photo(data, "photo a.heic")
