"""Broken files at every door that decodes: our error, or a picture that is right.

The same files in each run. A library's exception, or its warning, is a failure.
"""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ce_tf.erase import run
from ce_tf.errors import InputError
from ce_tf.images.codec import decode_image
from ce_tf.images.mask import decode_mask, find_hole
from ce_tf.images.photo import Photo, decode_photo
from tests.broken_files import KINDS, break_file, make_file
from tests.what_people_bring import encode
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.files import UnusableError
from tfrecords_builder.photos.images import pack_photo

HEIGHT, WIDTH = 36, 48
PIXELS = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
HOLE = np.zeros((HEIGHT, WIDTH), np.uint8)
HOLE[12:22, 15:30] = 255
CONFIG = BuildConfig(images="photos", out="shards")
MANY, SOME = 300, 24  # files of each kind


def check_picture(decoded) -> None:
    pixels = decoded.pixels if isinstance(decoded, Photo) else decoded
    assert isinstance(pixels, np.ndarray | list)
    assert len(pixels) > 0


def pack(data: bytes):
    return pack_photo(data, "0" * 64, CONFIG)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("decode", "refusal"),
    [
        pytest.param(lambda data: decode_photo(data, "it"), InputError, id="photo"),
        pytest.param(lambda data: decode_mask(data, "it"), InputError, id="mask"),
        pytest.param(lambda data: decode_image(data, "it"), InputError, id="image"),
        pytest.param(pack, UnusableError, id="builder"),
    ],
)
def test_decoders_refuse_or_decode(kind, decode, refusal):
    whole, refused = make_file(kind, PIXELS), 0
    for data in break_file(whole, 1, MANY):
        try:
            check_picture(decode(data))
            continue
        except refusal as error:
            line = str(error)
        refused += 1
        assert "\n" not in line
    assert refused > MANY / 10
    if refusal is InputError:
        check_picture(decode(whole))


def test_a_folder_of_broken_photos_is_gone_through(tmp_path, capsys):
    """Each has a result whose kept pixels are its own, or its name is told."""
    photos, results = tmp_path / "photos", tmp_path / "results"
    photos.mkdir()
    mask = tmp_path / "mask.png"
    mask.write_bytes(encode(Image.fromarray(HOLE), "PNG"))
    for kind in sorted(set(KINDS) - {"gif"}):
        suffix, _ = KINDS[kind]
        for number, data in enumerate(break_file(make_file(kind, PIXELS), 2, SOME)):
            name = f"{kind.replace(' ', '_')}_{number}{suffix}"
            (photos / name).write_bytes(data)
            (tmp_path / "masks").mkdir(exist_ok=True)
            (tmp_path / "masks" / f"{name.split('.')[0]}.png").write_bytes(
                mask.read_bytes()
            )
    flags = [f"--mask={tmp_path / 'masks'}", f"--out={results}", "--detail=0"]
    with pytest.raises(SystemExit) as stop:
        run(["erase", str(photos), *flags])
    told = "".join(capsys.readouterr())
    assert stop.value.code not in (None, 0)
    assert "Traceback" not in told
    done = {path.name.split(".")[0]: path for path in results.iterdir()}
    right = 0
    for photo in sorted(photos.iterdir()):
        if photo.stem not in done:
            assert photo.name in told
            continue
        before = decode_photo(photo.read_bytes(), "before").image
        after = decode_photo(done[photo.stem].read_bytes(), "after").image
        assert after.shape == before.shape
        if photo.suffix in (".png", ".bmp", ".tif"):
            assert (after[HOLE == 0] == before[HOLE == 0]).all()
            right += 1
    assert right > 10
    assert len(done) < len(list(photos.iterdir()))


def decode_served(data: bytes) -> np.ndarray:
    """With the accurate transform of JPEG's, which every decoder of it can do."""
    if data[:2] != b"\xff\xd8":
        return tf.io.decode_png(data).numpy()
    return tf.io.decode_jpeg(data, dct_method="INTEGER_ACCURATE").numpy()


@pytest.mark.parametrize("kind", ["png", "jpeg", "progressive"])
def test_the_served_signature_refuses_or_erases(export_of, kind):
    model = tf.saved_model.load(str(export_of("saved_model")))
    whole, mask = make_file(kind, PIXELS), encode(Image.fromarray(HOLE), "PNG")
    outcomes = []
    for data in break_file(whole, 3, SOME):
        for pair in ((data, mask), (whole, data)):
            files = [tf.constant([part]) for part in pair]
            try:
                answer = model.signatures["erase_bytes"](
                    image_bytes=files[0], mask_bytes=files[1]
                )
            except tf.errors.InvalidArgumentError as error:
                message = str(error)
            else:
                message = ""
            outcomes.append(not message)
            if message:
                assert "_bytes" in message or "mask" in message
                continue
            completed = tf.io.decode_png(answer["image_bytes"][0]).numpy()
            before, values = (decode_served(part) for part in pair)
            hole = find_hole(values.max(-1)) > 0
            assert (completed[~hole] == before[~hole]).all()
    assert set(outcomes) == {False, True}
