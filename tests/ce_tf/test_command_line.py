import dataclasses
import subprocess
import sys

import pytest

from ce_tf.command_line import flag, parse, run_command
from ce_tf.errors import InputError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    out: str = flag(help="Where it goes.")
    images: tuple[str, ...] = flag((), help="Folders.")
    steps: int = flag(3, help="How many.")
    rate: float | None = flag(None, help="How fast.")
    export: bool = flag(True, help="Whether.")
    kind: str = flag("a", help="Which.", choices=("a", "b"))
    photo: str = flag(help="The photo.", positional=True)


def test_parse_packs_every_type():
    argv = [
        "x",
        "--out=o",
        "p.jpg",
        "--images=a",
        "--images=b",
        "--steps=7",
        "--noexport",
        "--rate=2",
    ]
    assert parse(Config, argv) == Config(
        out="o", images=("a", "b"), steps=7, rate=2.0, export=False, photo="p.jpg"
    )


def test_parse_reads_a_flagfile(tmp_path):
    (tmp_path / "flags").write_text("# a recipe\n--steps=9\n--kind=b\n")
    argv = ["x", f"--flagfile={tmp_path / 'flags'}", "--out=o", "p.jpg"]
    config = parse(Config, argv)
    assert (config.steps, config.kind) == (9, "b")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ("p.jpg", "--out is missing"),
        ("--out=o", "PHOTO is missing"),
        ("--out=o p.jpg --stepz=3", "'stepz'"),
        ("--out=o p.jpg --steps=many", "--steps=many"),
        ("--out=o p.jpg --kind=c", "<a|b>"),
        ("--out=o p.jpg q.jpg", "'q.jpg' is not a flag"),
        ("--out=o p.jpg --flagfile=/none", "/none"),
    ],
)
def test_parse_names_what_is_wrong(argv, words):
    with pytest.raises(InputError) as caught:
        parse(Config, ["x", *argv.split()])
    assert words in str(caught.value)


def test_run_command_prints_one_line_and_exits_with_2(capsys):
    def main(config):
        raise InputError("--out=o is full. Give another.")

    with pytest.raises(SystemExit) as stop:
        run_command(Config, main, "Doc.", ["x", "--out=o", "p.jpg"])
    assert stop.value.code == 2
    assert capsys.readouterr().err == "error: --out=o is full. Give another.\n"


def test_run_command_exits_with_0(capsys):
    with pytest.raises(SystemExit) as stop:
        run_command(Config, print, "Doc.", ["x", "--out=o", "p.jpg"])
    assert not stop.value.code
    assert "p.jpg" in capsys.readouterr().out


@pytest.mark.parametrize(
    "module",
    [
        "ce_tf.train",
        "ce_tf.export",
        "ce_tf.erase",
        "ce_tf.evaluate",
        "tfrecords_builder",
    ],
)
def test_help_lists_flags_without_importing_tensorflow(module):
    code = (
        "import runpy, sys; sys.argv[1:] = ['--help']\n"
        f"try: runpy.run_module('{module}', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as stop: assert not stop.code\n"
        "heavy = {'tensorflow', 'keras', 'cv2', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Flags:" in done.stdout
    # What is evaluated comes from one of two flags, so neither is required; what is
    # exported is what ships, unless a run is named.
    optional = module in ("ce_tf.evaluate", "ce_tf.export")
    assert ("Required." in done.stdout) == (not optional)
