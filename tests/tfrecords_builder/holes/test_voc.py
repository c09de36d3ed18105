"""Our TFDS builder of VOC's label images, on a fake archive served on loopback."""

import hashlib
import http.server
import shutil
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest
from tensorflow_datasets.core.download import downloader
from tensorflow_datasets.core.download.checksums import UrlInfo
from tensorflow_datasets.core.utils import Size

from ce_tf.errors import InputError
from tests.fakes import make_labels, write_voc
from tfrecords_builder.config import BuildConfig
from tfrecords_builder.holes import voc as voc_module
from tfrecords_builder.holes.labels import find_labels
from tfrecords_builder.holes.voc import VocSegmentation

NAME = "VOCtrainval_06-Nov-2007.tar"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """TFDS tries 11 times, over three minutes."""
    monkeypatch.setattr(downloader, "MAX_RETRIES", 1)


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    tree = write_voc(folder)
    with tarfile.open(folder / NAME, "w") as tar:
        tar.add(tree, "VOCdevkit")
    return folder / NAME


@pytest.fixture(autouse=True)
def registered(archive, monkeypatch):
    """The fake archive stands where the true one's facts are."""
    data = archive.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    fake = UrlInfo(filename=NAME, size=Size(len(data)), checksum=digest)
    monkeypatch.setitem(voc_module.ARCHIVES, "2007", fake)


@pytest.fixture
def mirror(archive):
    """A server on loopback; its `answer` may be changed. Records what was asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(self.path)
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(server.answer)))
            self.end_headers()
            self.wfile.write(server.answer)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.status, server.answer = [], 200, archive.read_bytes()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def find(mirror, tmp_path: Path) -> list[tuple[str, str]]:
    config = BuildConfig(
        images=("x",),
        out="x",
        voc=("2007",),
        tfds_dir=str(tmp_path / "tfds"),
        voc_mirror=f"http://127.0.0.1:{mirror.server_port}/voc/",
    )
    return list(find_labels(config))


def test_download_extract_and_reuse(mirror, tmp_path):
    found = find(mirror, tmp_path)
    assert mirror.asked == [f"/voc/{NAME}"]
    assert [split for _, split in found].count("train") == 8
    assert [split for _, split in found].count("val") == 4
    decoded = {label.name: voc_module.decode_labels(label.read()) for label, _ in found}
    for number in range(6):
        name = f"classes/2007_{number:06d}"
        np.testing.assert_array_equal(decoded[name], make_labels(number))
    assert set(np.unique(decoded["objects/2007_000000"])) == {0, 1, 2, 255}
    assert find(mirror, tmp_path) == found
    assert mirror.asked == [f"/voc/{NAME}"]


def test_tfds_itself_reads_the_data_set(mirror, tmp_path):
    find(mirror, tmp_path)
    builder = VocSegmentation(
        config="2007", data_dir=str(tmp_path / "tfds"), mirror="unused"
    )
    examples = {
        example["name"].numpy().decode(): example["classes"].numpy()
        for example in builder.as_dataset("val")
    }
    np.testing.assert_array_equal(examples["2007_000005"][..., 0], make_labels(5))


def test_a_build_from_the_mirror(mirror, build_small, tmp_path):
    manifest = build_small(
        voc_dir=None,
        voc=("2007",),
        tfds_dir=str(tmp_path / "tfds"),
        voc_mirror=f"http://127.0.0.1:{mirror.server_port}/",
        holes="silhouette:1",
    )
    assert manifest.holes["kinds"] == {"silhouette": 44}


@pytest.mark.parametrize("harm", ["status", "checksum"])
def test_a_failing_mirror_says_what_to_put_where(mirror, tmp_path, archive, harm):
    if harm == "status":
        mirror.status = 503
    else:
        mirror.answer = archive.read_bytes() + b"changed"
    with pytest.raises(InputError) as caught:
        find(mirror, tmp_path)
    manual = tmp_path / "tfds" / "downloads" / "manual"
    for part in (NAME, str(manual), "sha256", "--voc_dir", "--voc_mirror"):
        assert part in str(caught.value)
    # And what it says works.
    manual.mkdir(parents=True)
    shutil.copy(archive, manual)
    assert len(find(mirror, tmp_path)) == 12


def test_a_wrong_file_in_the_manual_folder_is_refused(mirror, tmp_path):
    manual = tmp_path / "tfds" / "downloads" / "manual"
    manual.mkdir(parents=True)
    (manual / NAME).write_bytes(b"another file")
    with pytest.raises(InputError, match="sha256"):
        find(mirror, tmp_path)
    assert mirror.asked == []
