"""The page's API, called as a program calls it."""

import io
import re
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image

from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.grabcut import select_object
from tests.browser import PATIENCE
from tests.fakes import make_photo

USERS = 20


@pytest.fixture
def call(server):
    """Sends a form to a call of the API: text, and files as (name, bytes)."""

    def call(name: str, **fields) -> httpx.Response:
        sent = {
            field: value if isinstance(value, tuple) else (None, str(value))
            for field, value in fields.items()
        }
        url = f"{server.url}/api/{name}"
        return httpx.post(url, files=sent, timeout=PATIENCE / 1000)

    return call


def encode(image: np.ndarray, name: str = "photo.png", **options) -> tuple[str, bytes]:
    file = io.BytesIO()
    Image.fromarray(image).save(file, Path(name).suffix[1:], **options)
    return name, file.getvalue()


PHOTO = make_photo(4, 300, 400)
MASK = np.zeros((300, 400), np.uint8)
MASK[100:150, 200:260] = 255


def decode(answer: httpx.Response) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def test_a_program_erases_with_the_same_result(call):
    photo, mask = encode(PHOTO, dpi=(120, 120)), encode(MASK, "mask.png")
    eraser = Eraser()
    for given in ({}, {"grow": 3, "feather": 1, "detail": 0.5}):
        answer = call("erase", photo=photo, mask=mask, **given)
        assert (decode(answer) == eraser.erase(PHOTO, MASK, **given)).all()
        assert answer.headers["content-type"] == "image/png"
        assert "photo-erased.png" in answer.headers["content-disposition"]
        assert round(Image.open(io.BytesIO(answer.content)).info["dpi"][0]) == 120


def test_a_jpeg_comes_back_with_its_metadata_and_a_deep_photo_with_its_bits(call):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6  # stored lying
    photo = encode(make_photo(3, 400, 300), "b e.jpeg", quality=83, exif=exif)
    answer = call("erase", photo=photo, mask=encode(MASK, "mask.png"))
    result = Image.open(io.BytesIO(answer.content))
    assert result.format == "JPEG"
    assert result.size == (400, 300)
    assert result.getexif()[0x010F] == "Maker"
    assert answer.headers["content-disposition"].endswith("b%20e-erased.jpeg")
    deep = PHOTO[..., 0].astype(np.uint16) * 257 + 3
    answer = call("erase", photo=encode(deep), mask=encode(MASK, "mask.png"))
    result = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert (result[MASK == 0] == deep[MASK == 0]).all()
    assert (result[MASK > 0] != deep[MASK > 0]).any()


def test_a_program_selects(call):
    answer = call("select", photo=encode(PHOTO), box="50,40,200,150")
    assert (decode(answer) > 0).astype(np.uint8).tolist() == select_object(
        PHOTO, (50, 40, 200, 150)
    ).tolist()


def test_a_patch_is_laid_over_a_photo_where_it_is_opaque(call):
    deep = PHOTO[..., 0].astype(np.uint16) * 257 + 3
    patch = np.zeros((20, 30, 4), np.uint8)
    patch[5:9, 6:11] = 200, 200, 200, 255
    result = decode(
        call("save", photo=encode(deep), patch=encode(patch, "patch.png"), x=40, y=50)
    )
    changed = result != deep
    assert changed[55:59, 46:51].all()
    assert changed.sum() == 20
    assert (result[changed] == 200 * 257).all()
    far = call("save", photo=encode(PHOTO), patch=encode(patch), x=390, y=0)
    assert far.status_code == 400
    assert "30x20 pixels at 390,0 does not lie" in far.json()["error"]


def test_what_no_browser_reads_is_decoded(call):
    photo = encode(PHOTO, "scan.tiff")
    assert (decode(call("decode", photo=photo)) == PHOTO).all()


def test_wrong_calls_are_told_why(call):
    photo, mask = encode(PHOTO), encode(MASK, "mask.png")
    small = encode(MASK[:30, :40] + 255, "small.png")
    for given, words in (
        ({"mask": small}, "40x30, the photo 400x300"),
        ({"photo": ("broken.png", b"no picture")}, "Broken.png is no picture"),
        ({"photo": ("empty.png", b"")}, "Empty.png is empty"),
        ({"mask": ("torn.png", b"no picture")}, "Torn.png is no picture"),
        ({"mask": encode(MASK * 0, "mask.png")}, "nothing is to be erased"),
        ({"model": "none"}, "no model 'none' here. One of: ['pretrained'"),
        ({"detail": 2}, "Detail is 2"),
        ({"grow": "much"}, "Grow is 'much'; give a whole number"),
        ({"mask": "text"}, "The mask is missing: send it as a file"),
        ({"groww": 3}, "no field 'groww'"),
    ):
        answer = call("erase", **({"photo": photo, "mask": mask} | given))
        assert answer.status_code == 400
        assert words in answer.json()["error"]
    answer = call("select", photo=photo, box="0,0,400,300")
    assert "leave some of it outside" in answer.json()["error"]


def test_files_beyond_the_limits_are_refused(call):
    large = ("large.bmp", b"BM" + bytes(4_000_000))
    assert "Large.bmp has more than 3 MB" in call("decode", photo=large).json()["error"]
    wide = encode(np.zeros((2000, 3000), np.uint8), "wide.png")
    assert "6 megapixels; 5 at most" in call("decode", photo=wide).json()["error"]
    huge = ("huge.bmp", b"BM" + bytes(9_000_000))
    answer = call("decode", photo=huge)
    assert answer.status_code == 413
    assert "7 MB" in answer.json()["error"]


def test_other_pages_and_other_names_are_refused(server):
    def get(path: str = "/api/models", **headers):
        return httpx.get(server.url + path, headers=headers)

    own = server.url.removeprefix("http://")
    port = own.rpartition(":")[2]
    assert get().status_code == 200
    assert get(host=f"localhost:{port}").status_code == 200
    assert get(origin=server.url).status_code == 200
    assert get(host="evil.example").status_code == 403
    assert get(host=f"evil.example:{port}").status_code == 403
    assert get(origin="http://evil.example").status_code == 403
    assert get(origin="null").status_code == 403
    assert get("/", host="evil.example").status_code == 403


def test_only_the_page_itself_is_served(server):
    for path in ("/package.json", "/page/../package.json", "/none", "/node_modules/"):
        assert httpx.get(server.url + path).status_code == 404
    answer = httpx.get(f"{server.url}/page/main.js")
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
    for name in ("opener-policy", "embedder-policy"):
        assert f"cross-origin-{name}" in answer.headers
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_the_api_describes_itself(server, call):
    described = httpx.get(f"{server.url}/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    posts = {path for path, ways in described["paths"].items() if "post" in ways}
    assert posts == {f"/api/{name}" for name in ("erase", "select", "decode", "save")}
    for path in described["paths"]:
        assert httpx.get(server.url + path).status_code == (
            405 if path in posts else 200
        )
    # Fields that are described are taken; those that are required are missed.
    for path in posts:
        body = described["paths"][path]["post"]["requestBody"]["content"]
        schema = body["multipart/form-data"]["schema"]
        said = call(path.removeprefix("/api/"), none=1).json()["error"]
        assert all(f"'{name}'" in said for name in schema["properties"])
        assert "is missing" in call(path.removeprefix("/api/")).json()["error"]
        assert set(schema["required"]) <= set(schema["properties"])
    models = httpx.get(f"{server.url}/api/models").json()
    assert [one["name"] for one in models["models"]] == ["pretrained"]
    assert models["limits"] == {"megabytes": 3, "megapixels": 5}


def test_the_documented_commands_work(server, tmp_path):
    """Each curl line of docs/page.md, sent as curl sends it."""
    root = Path(__file__).parents[3]
    text = (root / "docs" / "page.md").read_text()
    lines = re.findall(r"^curl (?:.*\\\n)*.*", text, re.M)
    assert len(lines) >= 4
    (tmp_path / "photo.jpg").write_bytes(encode(PHOTO, "photo.jpeg")[1])
    (tmp_path / "mask.png").write_bytes(encode(MASK, "mask.png")[1])
    for line in lines:
        words = iter(shlex.split(line.replace("\\\n", " "))[1:])
        fields, url, out = {}, None, None
        for word in words:
            if word == "-F":
                name, _, value = next(words).partition("=")
                file = tmp_path / value.removeprefix("@")
                given = (file.name, file.read_bytes()) if value[0] == "@" else value
                fields[name] = given if value[0] == "@" else (None, value)
            elif word == "-o":
                out = next(words)
            else:
                url = word.replace("http://127.0.0.1:7860", server.url)
        method = "POST" if fields else "GET"
        answer = httpx.request(method, url, files=fields or None, timeout=300)
        assert answer.status_code == 200, (line, answer.text)
        if out:
            assert Image.open(io.BytesIO(answer.content)).size == (400, 300)


def test_twenty_users_at_once_memory_comes_back_and_nothing_stays(server, call):
    photo = encode(make_photo(4, 1000, 1500), "photo.jpeg")
    mask = np.zeros((1000, 1500), np.uint8)
    mask[700:760, 900:970] = 255
    mask = encode(mask, "mask.png")

    def use(_: int) -> tuple[int, int]:
        answer = call("erase", photo=photo, mask=mask)
        assert answer.status_code == 200
        return Image.open(io.BytesIO(answer.content)).size

    held = []
    for _ in range(2):
        with ThreadPoolExecutor(USERS) as pool:
            assert set(pool.map(use, range(USERS))) == {(1500, 1000)}
        held.append(psutil.Process(server.pid).memory_info().rss / 1e6)
    # One photo in memory is 4.5 MB: all of a round would be 90.
    assert held[1] - held[0] < 45
    kept = {path.name for path in server.temporary.iterdir() if path.is_file()}
    assert kept == {"outside.txt", "errors.txt"}
