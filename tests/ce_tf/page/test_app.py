import socket
import subprocess
import sys

import pytest

from ce_tf.app import AppConfig, launch_options, make_page, run
from ce_tf.errors import InputError
from ce_tf.images.photo import Photo
from ce_tf.page.files import Limits, check_limits, name_result
from ce_tf.page.models import load_models
from ce_tf.page.samples import find_samples, make_thumbnail
from tests.fakes import make_photo, write_photo


def test_help_needs_no_gradio():
    code = (
        "import sys; sys.modules['gradio'] = sys.modules['tensorflow'] = None\n"
        "from ce_tf.app import run; run(['app', '--help'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--max_megapixels" in done.stdout


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--port=70000"], "--port=70000"),
        (["--jobs=0"], "--jobs=0"),
        (["--model=none.tflite"], "none.tflite does not exist"),
        (["--max_megabytes=none"], "--max_megabytes"),
    ],
)
def test_wrong_flags_are_one_line(capsys, flags, words):
    with pytest.raises(SystemExit) as stop:
        run(["app", *flags])
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert words in error
    assert error.count("\n") == 1


def test_a_port_in_use_is_said(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit) as stop:
            run(["app", f"--port={taken.getsockname()[1]}"])
    assert stop.value.code == 2
    assert "--port=0 takes a free port" in capsys.readouterr().err


def test_flags_reach_the_server(export_of, tmp_path, monkeypatch):
    built = {}

    class Page:
        def queue(self, **options):
            built.update(options)

    def build_page(actions, folder):
        built.update(actions=actions, folder=folder)
        return Page()

    monkeypatch.setattr("ce_tf.page.layout.build_page", build_page)
    model = str(export_of("float32"))
    make_page(AppConfig(model=(model,), jobs=3, queue=7, memory=5), tmp_path)
    assert built["default_concurrency_limit"] == 3
    assert built["max_size"] == 7
    assert built["folder"] == tmp_path
    assert built["actions"].sessions.megabytes == 5
    options = launch_options(AppConfig(host="127.0.0.2", port=7999, max_megabytes=9))
    assert options["server_name"] == "127.0.0.2"
    assert options["server_port"] == 7999
    assert options["max_file_size"] == "9mb"
    assert options["share"] is False
    assert AppConfig().host == "127.0.0.1"


def test_models_of_both_kinds_by_name(export_of):
    model = export_of("float32")
    models = load_models([f"{model},{export_of('saved_model')}"])
    assert list(models) == ["model.tflite", "saved_model"]
    with pytest.raises(InputError, match="given twice"):
        load_models([str(model)] * 2)


def test_the_shipped_model_is_the_default():
    assert list(load_models(())) == ["faithful", "vivid"]


def test_samples_are_photographs():
    samples = find_samples()
    assert len(samples) == 4
    assert all("CC0" in s.credit or "public domain" in s.credit for s in samples)
    assert make_thumbnail(samples[0]).shape == (240, 240, 3)


def test_limits_of_bytes_and_pixels(tmp_path):
    path = write_photo(tmp_path / "photo.bmp", 1, 1000, 1100)  # 3.3 MB
    check_limits(str(path), Limits(4, 2))
    for limits, words in ((Limits(3, 2), "3 MB"), (Limits(4, 1), "1 at most")):
        with pytest.raises(InputError, match=words):
            check_limits(str(path), limits)


@pytest.mark.parametrize(
    ("name", "depth", "result"),
    [
        ("a.JPG", "uint8", "a-erased.JPG"),
        ("a.gif", "uint8", "a-erased.png"),
        ("a.b.webp", "uint8", "a.b-erased.webp"),
        ("a.tif", "uint16", "a-erased.tif"),
        ("image", "uint8", "image-erased.png"),
    ],
)
def test_a_result_keeps_the_format_where_it_can(name, depth, result):
    assert name_result(name, Photo(make_photo(1).astype(depth))) == result
