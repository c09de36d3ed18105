import pickle
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
    assert "b.png: " in error
    assert "has no mask of its name" in error
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
        mask[10 * (seed % 8) :, 20:60][:30] = 1
        pairs.append((make_photo(seed, 150, 170), mask))
    # Bits are equal where TensorFlow promises it; LiteRT always does.
    with fixed_order(), ThreadPoolExecutor(8) as pool:
        one_by_one = [eraser.erase(*pair) for pair in pairs]
        together = list(pool.map(lambda pair: eraser.erase(*pair), pairs))
    for expected, found in zip(one_by_one, together, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_without_a_shipped_model_one_must_be_given(monkeypatch, tmp_path):
    monkeypatch.setattr("ce_tf.pretrained.files.FOLDER", tmp_path)
    with pytest.raises(InputError, match="this installation ships no model"):
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


def test_how_much_was_erased_is_said(files, tflite, capsys):
    assert erase(files, tflite) == 0
    assert "result.png, 8.2% of the photo erased" in capsys.readouterr().out
    inverted = 255 - read(files / "mask.png")
    Image.fromarray(inverted).save(files / "inverted.png")
    assert erase(files, tflite, mask="inverted.png", out="most.png") == 0
    said = capsys.readouterr().out
    assert "warning: 92% of the photo was hole" in said
    assert "--invert" in said
    assert "--alpha" in said
    flags = ["--invert"]
    assert erase(files, tflite, mask="inverted.png", out="again.png", flags=flags) == 0
    assert (read(files / "again.png") == read(files / "result.png")).all()


def test_a_photo_is_not_its_own_mask(files, tflite, capsys):
    assert erase(files, tflite, mask="photo.png") == 2
    assert "is the photo itself" in capsys.readouterr().err
    (files / "copy.png").write_bytes((files / "photo.png").read_bytes())
    assert erase(files, tflite, mask="copy.png") == 2
    assert "is the photo itself" in capsys.readouterr().err


def test_it_pipes(files, tflite):
    command = [sys.executable, "-m", "ce_tf.erase", f"--model={tflite}", "-"]
    flags = [f"--mask={files / 'mask.png'}", "--out=-"]
    data = (files / "photo.png").read_bytes()
    done = subprocess.run([*command, *flags], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert erase(files, tflite) == 0
    assert done.stdout == (files / "result.png").read_bytes()
    assert b"% of the photo erased" in done.stderr
    empty = subprocess.run([*command, *flags], input=b"", capture_output=True)
    assert empty.returncode == 2
    assert b"standard input is empty" in empty.stderr


def test_a_stopped_folder_goes_on(files, tflite, capsys):
    (files / "many").mkdir()
    for name in ("a", "b"):
        Image.fromarray(make_photo(1, 200, 300)).save(files / "many" / f"{name}.png")
    (files / "out").mkdir()
    (files / "out" / "a.png").write_text("done before")
    assert erase(files, tflite, "many", out="out", flags=["--skip_done"]) == 0
    assert (files / "out" / "a.png").read_text() == "done before"
    assert "wrote 1 photos" in (said := capsys.readouterr().out)
    assert "1 were there already" in said


def test_any_fault_is_one_bad_photo_of_a_folder(files, tflite, capsys, monkeypatch):
    (files / "many").mkdir()
    for name in ("a", "b", "c"):
        Image.fromarray(make_photo(1, 200, 300)).save(files / "many" / f"{name}.png")
    usual, calls = Eraser.erase, []

    def faulty(self, *args, **options):
        calls.append(1)
        if len(calls) == 2:
            raise ZeroDivisionError("of ours")
        return usual(self, *args, **options)

    monkeypatch.setattr(Eraser, "erase", faulty)
    assert erase(files, tflite, "many", out="out", flags=["--workers=1"]) == 1
    assert sorted(p.name for p in (files / "out").iterdir()) == ["a.png", "c.png"]
    assert "b.png: ZeroDivisionError: of ours" in capsys.readouterr().err


def test_overwriting_keeps_mode_and_link(files, tflite):
    (files / "photo.png").chmod(0o640)
    (files / "link.png").symlink_to(files / "photo.png")
    before = read(files / "photo.png")
    flags = ["--overwrite"]
    assert erase(files, tflite, "link.png", out="link.png", flags=flags) == 0
    assert (files / "link.png").is_symlink()
    assert (read(files / "photo.png") != before).any()
    assert (files / "photo.png").stat().st_mode & 0o777 == 0o640


def test_names_as_long_as_names_can_be(files, tflite):
    name = "x" * 251 + ".png"
    assert erase(files, tflite, out=name) == 0
    assert (files / name).exists()


def test_a_tilde_is_the_home(files, tflite, monkeypatch):
    monkeypatch.setenv("HOME", str(files))
    flags = [f"--model={tflite}", "--mask=~/mask.png", "--out=~/home.png"]
    with pytest.raises(SystemExit) as stop:
        run(["erase", *flags, str(files / "photo.png")])
    assert not stop.value.code
    assert (files / "home.png").exists()


def test_a_limit_of_megapixels(files, tflite, capsys):
    assert erase(files, tflite, flags=["--megapixels=0"]) == 2
    assert "refused: 300x200 pixels are more than" in capsys.readouterr().err


@pytest.mark.parametrize(
    "form",
    [
        lambda image, mask: (image, mask[..., np.newaxis]),
        lambda image, mask: (image, np.dstack([mask] * 3)),
        lambda image, mask: (image, mask.astype(np.float32) / 255),
        lambda image, mask: (image, (mask // 255).astype(np.uint16)),
        lambda image, mask: (image, (mask > 0).tolist()),
        lambda image, mask: (image.tolist(), mask),
        lambda image, mask: (Image.fromarray(image), Image.fromarray(mask)),
    ],
)
def test_arrays_of_every_usual_form(tflite, form):
    image, mask = make_photo(2, 90, 120), np.zeros((90, 120), np.uint8)
    mask[30:60, 40:80] = 255
    eraser = Eraser(tflite)
    found = eraser.erase(*form(image, mask), grow=2)
    assert (found == eraser.erase(image, mask, grow=2)).all()


def test_an_array_comes_back_in_its_form(tflite):
    image, mask = make_photo(2, 90, 120), np.zeros((90, 120), bool)
    mask[30:60, 40:80] = True
    eraser = Eraser(tflite)
    grey, alpha = image[..., 0], image[..., 1]
    deep = image.astype(np.uint16) * 257
    for given in (grey, grey[..., None], np.dstack([image, alpha]), deep, deep[..., 0]):
        found = eraser.erase(given, mask)
        assert found.shape == given.shape
        assert found.dtype == given.dtype
        assert (found[~mask] == given[~mask]).all()
        assert (found[mask] != given[mask]).any()
    assert (eraser.erase(np.dstack([image, alpha]), mask)[..., 3] == alpha).all()


@pytest.mark.parametrize(
    ("image", "mask", "options", "words"),
    [
        (np.zeros((9, 9, 3)), np.eye(9), {}, "image must be uint8 or uint16"),
        (np.zeros((9, 9, 5), np.uint8), np.eye(9), {}, "image must be uint8"),
        (None, np.eye(8), {}, "mask is 8x8, the photo 9x9"),
        (None, np.eye(9) * 7 - 3, {}, "not all from 0 to 1"),
        (None, np.full((9, 9), np.nan), {}, "not all from 0 to 1"),
        (None, np.eye(9, dtype=np.int64) - 1, {}, "is of int64"),
        (None, np.eye(9, dtype=complex), {}, "is of complex128"),
        (None, np.zeros(9), {}, "must be \\[H, W\\]"),
        (None, np.eye(9), {"grow": 2.5}, "grow is 2.5; give 0 or more whole pixels"),
    ],
)
def test_what_is_no_photo_or_mask_is_said(tflite, image, mask, options, words):
    image = np.zeros((9, 9, 3), np.uint8) if image is None else image
    with pytest.raises(InputError, match=words):
        Eraser(tflite).erase(image, mask, **options)


def test_an_eraser_can_be_pickled(model):
    eraser = Eraser(model)
    again = pickle.loads(pickle.dumps(eraser))
    image, mask = make_photo(2, 90, 120), np.zeros((90, 120), bool)
    mask[30:60, 40:80] = True
    assert again.size == eraser.size
    assert (again.erase(image, mask) == eraser.erase(image, mask)).all()
