"""The page as an API, called as a program calls it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from ce_tf.erasing.eraser import Eraser
from tests.fakes import make_photo

USERS = 20


def connect(server, folder) -> Client:
    return Client(
        server.url, verbose=False, analytics_enabled=False, download_files=str(folder)
    )


@pytest.fixture
def files(tmp_path):
    """A photo of 16 bits, its mask, and a mask of another size."""
    photo = make_photo(4, 300, 400)
    Image.fromarray(photo).save(tmp_path / "photo.png", dpi=(120, 120))
    mask = np.zeros((300, 400), np.uint8)
    mask[100:150, 200:260] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.new("L", (40, 30), 255).save(tmp_path / "small.png")
    return tmp_path


def test_a_program_erases_with_the_same_result(server, files, export_of):
    client = connect(server, files)
    photo, mask = (
        np.asarray(Image.open(files / f"{n}.png")) for n in ("photo", "mask")
    )
    sent = [handle_file(files / f"{name}.png") for name in ("photo", "mask")]
    eraser = Eraser(export_of("float32"))
    options = {"grow": 3, "feather": 1, "detail": 0.5}
    for given in ({}, options):
        path = client.predict(*sent, **given, api_name="/erase")
        result = Image.open(path)
        assert Path(path).name == "photo-erased.png"
        assert round(result.info["dpi"][0]) == 120
        expected = eraser.erase(photo, mask, **given)
        assert (np.asarray(result) == expected).all()


def test_a_program_selects(server, files):
    client = connect(server, files)
    photo = handle_file(files / "photo.png")
    path = client.predict(photo, "50,40,200,150", api_name="/select")
    mask = np.asarray(Image.open(path)) > 0
    assert mask.shape == (300, 400)
    assert mask.any()
    assert not mask[:40].any()


def test_wrong_calls_are_told_why(server, files):
    client = connect(server, files)
    (files / "broken.png").write_text("no picture")
    photo, mask, small, broken = (
        handle_file(files / f"{name}.png")
        for name in ("photo", "mask", "small", "broken")
    )
    for given, options, words in (
        ((photo, small), {}, "40x30, the photo 400x300"),
        ((broken, mask), {}, "Broken.png is no picture"),
        ((photo, mask), {"model": "none"}, "no model 'none'"),
        ((photo, mask), {"detail": 2}, "Detail is 2"),
        ((photo, None), {}, "mask is missing"),
    ):
        with pytest.raises(AppError, match=words):
            client.predict(*given, **options, api_name="/erase")


def test_only_the_named_endpoints_are_open(server, files):
    api = connect(server, files).view_api(return_format="dict")
    assert set(api["named_endpoints"]) == {"/erase", "/select"}
    assert api["unnamed_endpoints"] == {}


def test_twenty_users_at_once_and_memory_comes_back(server, tmp_path):
    photo = make_photo(4, 1000, 1500)
    Image.fromarray(photo).save(tmp_path / "photo.jpg")
    mask = np.zeros((1000, 1500), np.uint8)
    mask[700:760, 900:970] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")

    def use(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir(exist_ok=True)
        client = connect(server, folder)
        sent = [handle_file(tmp_path / name) for name in ("photo.jpg", "mask.png")]
        result = client.predict(*sent, api_name="/erase")
        client.close()
        return result

    held = []
    for _ in range(2):
        with ThreadPoolExecutor(USERS) as pool:
            results = list(pool.map(use, range(USERS)))
        assert all(_size(path) == (1500, 1000) for path in results)
        held.append(_resident(server.pid))
    # One photo in memory is 4.5 MB: all of a round would be 90.
    assert held[1] - held[0] < 45


def _size(path: str) -> tuple[int, int]:
    with Image.open(path) as file:
        return file.size


def _resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    return psutil.Process(pid).memory_info().rss / 1e6
