import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

import ce_tf
from ce_tf.erase import run
from ce_tf.erasing.eraser import Eraser
from ce_tf.errors import InputError
from ce_tf.models.context_encoder import ContextEncoder
from tests.ce_tf.training.states import fixed_order
from tests.fakes import make_photo


@pytest.fixture(params=["saved_model", "float32"])
def model(request, export_of):
    return export_of(request.param)


@pytest.fixture
def tflite(export_of):
    return export_of("float32")


@pytest.fixture
def files(tmp_path):
    """A photo, a mask, and where the result goes."""
    Image.fromarray(make_photo(1, 200, 300)).save(tmp_path / "photo.png")
    mask = np.zeros((200, 300), np.uint8)
    mask[50:120, 220:290] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    return tmp_path


def erase(
    folder, model, photo="photo.png", mask="mask.png", out="result.png", flags=()
) -> int:
    flags = [f"--model={model}", f"--out={folder / out}", *flags]
    if mask:
        flags.append(f"--mask={folder / mask}")
    with pytest.raises(SystemExit) as stop:
        run(["erase", *flags, str(folder / photo)])
    return stop.value.code or 0


def read(path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_the_hole_is_filled_and_the_rest_stays_to_the_bit(files, model):
    assert erase(files, model) == 0
    photo, mask, result = (
        read(files / name) for name in ("photo.png", "mask.png", "result.png")
    )
    hole = mask > 0
    assert (result[~hole] == photo[~hole]).all()
    assert (result[hole] != photo[hole]).any(-1).mean() > 0.9


@pytest.mark.parametrize(
    ("height", "width"), [(40, 60), (128, 128), (90, 700), (1000, 37)]
)
def test_photos_of_any_size(tflite, height, width):
    image = make_photo(2, height, width)
    mask = np.zeros((height, width), bool)
    mask[height // 4 : height // 2, width // 2 :] = True
    result = Eraser(tflite).erase(image, mask)
    assert (result[~mask] == image[~mask]).all()
    assert (result[mask] != image[mask]).any()


def test_the_fill_does_not_depend_on_what_is_hidden(tflite):
    image = make_photo(2, 300, 400)
    mask = np.zeros((300, 400), np.uint8)
    mask[77:133, 51:222] = 1
    other = np.where(mask[..., np.newaxis] == 1, 255 - image, image)
    eraser = Eraser(tflite)
    assert (eraser.erase(image, mask) == eraser.erase(other, mask)).all()


def test_the_eraser_needs_no_tensorflow(files, tflite):
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from ce_tf.erase import run; run()"
    )
    flags = [f"--model={tflite}", f"--mask={files / 'mask.png'}"]
    flags += [f"--out={files / 'result.png'}", str(files / "photo.png")]
    done = subprocess.run([sys.executable, "-c", code, *flags], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert (files / "result.png").exists()


def test_grey_stays_grey_and_alpha_stays(files, tflite):
    photo = make_photo(1, 200, 300)
    Image.fromarray(photo[..., 0]).save(files / "grey.png")
    alpha = np.arange(200 * 300).reshape(200, 300).astype(np.uint8)
    Image.fromarray(np.dstack([photo, alpha])).save(files / "alpha.png")
    hole = read(files / "mask.png") > 0
    for name in ("grey.png", "alpha.png"):
        assert erase(files, tflite, photo=name, out=f"out-{name}") == 0
        before, after = read(files / name), read(files / f"out-{name}")
        assert before.shape == after.shape
        assert (before[~hole] == after[~hole]).all()
        assert (before[hole] != after[hole]).any()
    assert (read(files / "out-alpha.png")[..., 3] == alpha).all()


def test_photo_and_mask_are_turned_upright_alike(files, tflite):
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("photo", "mask"):
        image = Image.open(files / f"{name}.png")
        turned = image.transpose(Image.Transpose.ROTATE_90)
        turned.save(files / f"{name}-turned.png", exif=exif)
    turned = {"photo": "photo-turned.png", "mask": "mask-turned.png"}
    assert erase(files, tflite, **turned, out="turned.png") == 0
    assert erase(files, tflite) == 0
    assert (read(files / "turned.png") == read(files / "result.png")).all()


def make_bad_files(folder):
    """Files that `test_bad_input_is_one_line` names."""
    Image.fromarray(np.zeros((200, 300), np.uint8)).save(folder / "black.png")
    Image.fromarray(np.full((200, 300), 255, np.uint8)).save(folder / "white.png")
    Image.fromarray(np.full((10, 20), 255, np.uint8)).save(folder / "small.png")
    Image.fromarray(np.zeros((200, 300), np.uint16)).save(folder / "deep.png")
    Image.fromarray(np.zeros((200, 300), np.float32)).save(folder / "deeper.tif")
    pages = [Image.fromarray(make_photo(1, 200, 300))] * 2
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:])
    alpha = np.dstack([make_photo(1, 200, 300), np.zeros((200, 300), np.uint8)])
    Image.fromarray(alpha).save(folder / "alpha.png")
    (folder / "text.png").write_text("no picture")
    whole = (folder / "photo.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    # A header of 50,000 x 50,000 pixels over a few bytes.
    sides = (50_000).to_bytes(4, "big") * 2
    header = b"IHDR" + sides + whole[24:29]
    crc = zlib.crc32(header).to_bytes(4, "big")
    (folder / "bomb.png").write_bytes(whole[:12] + header + crc + whole[33:])
    (folder / "empty.png").write_text("")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mask": "black.png"}, "the mask is all black"),
        ({"mask": "white.png"}, "the mask is all white"),
        ({"mask": "small.png"}, "the mask is 20x10, the photo 300x200"),
        ({"mask": "none.png"}, "No such file"),
        ({"mask": "text.png"}, "is no picture"),
        ({"photo": "none.png"}, "No such file"),
        ({"photo": "text.png"}, "is no picture"),
        ({"photo": "empty.png"}, "is empty"),
        ({"photo": "cut.png"}, "cannot be decoded"),
        ({"mask": "cut.png"}, "cannot be decoded"),
        ({"photo": "bomb.png"}, "bomb.png is refused"),
        ({"mask": "bomb.png"}, "is refused"),
        ({"photo": "deep.png", "out": "result.jpg"}, "16 bits"),
        ({"photo": "deeper.tif"}, "32 bits"),
        ({"photo": "pages.tif"}, "2 pages"),
        ({"out": "result.xyz"}, ".xyz is no format"),
        ({"out": "none/result.png"}, "there is no folder"),
        ({"out": "photo.png"}, "is the photo itself"),
        ({"photo": "alpha.png", "out": "result.jpg"}, "transparency"),
        ({"model": "text.png"}, "no TFLite file"),
        ({"model": "none"}, "does not exist"),
        ({"flags": ["--box=1,2,3,4"]}, "give one of --mask"),
        ({"mask": None}, "give one of --mask"),
        ({"mask": None, "flags": ["--box=1,2,3"]}, "is no box"),
        ({"mask": None, "flags": ["--box=290,2,30,40"]}, "within the photo"),
        ({"mask": None, "flags": ["--alpha"]}, "no alpha channel"),
        ({"flags": ["--grow=-1"]}, "grow is -1"),
        ({"flags": ["--feather=-1"]}, "feather is -1"),
        ({"flags": ["--detail=2"]}, "detail is 2"),
        ({"flags": ["--save_mask=mask.jpg"]}, "--save_mask"),
    ],
)
def test_bad_input_is_one_line(files, tflite, capsys, changes, words):
    make_bad_files(files)
    before = sorted(path.name for path in files.iterdir())
    if "model" in changes:
        changes = {"model": files / changes["model"]}
    assert erase(files, **({"model": tflite} | changes)) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert sorted(path.name for path in files.iterdir()) == before


def test_arrays_of_another_kind_are_refused(tflite):
    with pytest.raises(InputError, match="uint8"):
        Eraser(tflite).erase(np.zeros((9, 9, 3)), np.ones((9, 9)))


def test_a_folder_goes_on_after_a_bad_file(files, tflite, capsys):
    (files / "many").mkdir()
    for name in ("a", "b"):
        Image.fromarray(make_photo(1, 200, 300)).save(files / "many" / f"{name}.png")
    (files / "many" / "aa.png").write_text("no picture")
    (files / "masks").mkdir()
    Image.open(files / "mask.png").save(files / "masks" / "a.tif")
    Image.open(files / "mask.png").save(files / "masks" / "aa.png")
    flags = [f"--save_mask={files / 'kept'}"]
    assert erase(files, tflite, "many", "masks", "out", flags) == 1
    assert [path.name for path in (files / "out").iterdir()] == ["a.png"]
    assert (read(files / "kept" / "a.png") == read(files / "mask.png")).all()
    error = capsys.readouterr().err
    assert "aa.png is no picture" in error
    assert "no mask named b" in error
    (files / "many" / "aa.png").unlink()
    assert erase(files, tflite, "many", "mask.png", "out") == 0
    assert len(list((files / "out").iterdir())) == 2


def test_overwrite_replaces_the_photo(files, tflite):
    before = read(files / "photo.png")
    assert erase(files, tflite, out="photo.png", flags=["--overwrite"]) == 0
    assert (read(files / "photo.png") != before).any()


def test_grow_and_feather_and_detail(files, tflite):
    flags = ["--grow=6", f"--save_mask={files / 'grown.png'}"]
    hole, photo = read(files / "mask.png") > 0, read(files / "photo.png")
    results = {}
    for name in ("--feather=0", "--feather=6", "--detail=0"):
        assert erase(files, tflite, flags=[*flags, name]) == 0
        results[name] = read(files / "result.png").astype(int)
    grown = read(files / "grown.png") > 0
    assert grown[44:126, 230:280].all()
    assert not grown[:43].any()
    assert hole.sum() < grown.sum()
    for result in results.values():
        assert (result[~grown] == photo[~grown]).all()
        assert (result != results["--feather=0"]).any() or result is results[
            "--feather=0"
        ]
    ring = grown & ~hole
    change = {k: np.abs(v - photo)[ring].mean() for k, v in results.items()}
    assert change["--feather=6"] < change["--feather=0"]


def test_the_object_in_a_box_is_found(files, tflite):
    photo = np.full((200, 300, 3), 90, np.uint8)
    photo += np.random.default_rng(0).integers(0, 20, photo.shape, dtype=np.uint8)
    photo[80:120, 100:150] = 240, 30, 20
    Image.fromarray(photo).save(files / "object.png")
    flags = ["--box=85,65,85,75", f"--save_mask={files / 'found.png'}"]
    assert erase(files, tflite, "object.png", None, flags=flags) == 0
    found = read(files / "found.png") > 0
    assert found[80:120, 100:150].all()
    assert found.sum() < 3200
    result = read(files / "result.png")
    assert (result[~found] == photo[~found]).all()


def test_the_transparent_part_is_erased(files, tflite):
    photo, hole = make_photo(1, 200, 300), read(files / "mask.png") > 0
    alpha = np.where(hole, 0, 255).astype(np.uint8)
    Image.fromarray(np.dstack([photo, alpha])).save(files / "cut.png")
    assert erase(files, tflite, "cut.png", None, flags=["--alpha"]) == 0
    result = read(files / "result.png")
    assert result.shape == photo.shape
    assert (result[~hole] == photo[~hole]).all()
    assert (result[hole] != photo[hole]).any()


@pytest.mark.numeric
def test_threads_get_what_one_gets(model):
    eraser = Eraser(model)
    pairs = []
    for seed in range(16):
        mask = np.zeros((150, 170), np.uint8)
        mask[10 * (seed % 8) :, 20:90][:60] = 1
        pairs.append((make_photo(seed, 150, 170), mask))
    # Bits are equal where TensorFlow promises it; LiteRT always does.
    with fixed_order(), ThreadPoolExecutor(8) as pool:
        one_by_one = [eraser.erase(*pair) for pair in pairs]
        together = list(pool.map(lambda pair: eraser.erase(*pair), pairs))
    for expected, found in zip(one_by_one, together, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_without_a_shipped_model_one_must_be_given(monkeypatch, tmp_path):
    monkeypatch.setattr("ce_tf.pretrained.files.FOLDER", tmp_path)
    with pytest.raises(InputError, match="this installation ships no model pretrained"):
        ce_tf.Eraser()


def test_a_generator_in_memory_erases():
    generator = ContextEncoder(width=1 / 16)
    image, mask = make_photo(2, 150, 170), np.zeros((150, 170), np.uint8)
    mask[50:90, 60:99] = 1
    eraser = ce_tf.Eraser(generator)
    first, second = eraser.erase_batch([image, image], [mask, mask.astype(bool)])
    assert (first == second).all()
    assert (first[mask == 0] == image[mask == 0]).all()
    assert (first[mask == 1] != image[mask == 1]).any()
    with pytest.raises(InputError, match="is no model"):
        ce_tf.Eraser(5)
