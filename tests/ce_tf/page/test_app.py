import asyncio
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import ClientDisconnect

from ce_tf import app
from ce_tf.app import AppConfig, run
from ce_tf.errors import InputError
from ce_tf.images.photo import Photo
from ce_tf.page.files import Limits, Sent, check_limits, encode_result
from ce_tf.page.models import load_models
from ce_tf.page.turns import Turns
from tests.fakes import make_photo, write_photo


def test_help_needs_no_server():
    code = (
        "import sys; sys.modules['uvicorn'] = sys.modules['starlette'] = None\n"
        "sys.modules['tensorflow'] = None\n"
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


def test_flags_reach_the_server(export_of, monkeypatch):
    made = {}

    def make_app(models, limits, turns, hosts):
        made.update(models=models, limits=limits, turns=turns, hosts=hosts)

    monkeypatch.setattr("ce_tf.page.server.make_app", make_app)
    model = str(export_of("float32"))
    app.make_app(
        AppConfig(model=(model,), jobs=3, queue=7, max_megabytes=9, max_megapixels=8)
    )
    assert list(made["models"]) == ["model.tflite"]
    assert made["limits"] == Limits(9, 8)
    assert (made["turns"].jobs, made["turns"].queue) == (3, 7)
    assert made["hosts"] == {"127.0.0.1", "localhost", "::1"}
    app.make_app(AppConfig(model=(model,), host="0.0.0.0"))
    assert made["hosts"] is None
    assert AppConfig().host == "127.0.0.1"


def run_apart(use):
    """Runs a coroutine in a thread: Playwright has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(use())).result()


def test_jobs_run_at_once_others_wait_and_more_are_refused():
    async def use() -> tuple[int, list[int]]:
        turns, most, running = Turns(jobs=2, queue=3), 0, 0

        async def work() -> int:
            nonlocal most, running
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1
            return 200

        async def stays() -> bool:
            return False

        asked = (turns.take(work, stays) for _ in range(7))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        codes = [getattr(answer, "status_code", answer) for answer in answers]
        return most, codes

    most, codes = run_apart(use)
    assert most == 2
    assert codes == [200] * 5 + [503] * 2


def test_who_has_left_is_not_worked_for():
    async def use() -> None:
        async def work() -> None:
            raise AssertionError("worked")

        async def left() -> bool:
            return True

        await Turns(jobs=1, queue=1).take(work, left)

    with pytest.raises(ClientDisconnect):
        run_apart(use)


def test_models_of_both_kinds_by_name(export_of):
    model = export_of("float32")
    models = load_models([f"{model},{export_of('saved_model')}"])
    assert list(models) == ["model.tflite", "saved_model"]
    with pytest.raises(InputError, match="given twice"):
        load_models([str(model)] * 2)


def test_the_shipped_model_is_the_default():
    assert list(load_models(())) == ["pretrained"]


def test_limits_of_bytes_and_pixels(tmp_path):
    path = write_photo(tmp_path / "photo.bmp", 1, 1000, 1100)  # 3.3 MB
    sent = Sent(path.name, path.read_bytes())
    check_limits(sent, Limits(4, 2))
    for limits, words in ((Limits(3, 2), "3 MB"), (Limits(4, 1), "1 at most")):
        with pytest.raises(InputError, match=words):
            check_limits(sent, limits)


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
    assert encode_result(name, Photo(make_photo(1).astype(depth))).name == result
