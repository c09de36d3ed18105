"""The builder's flags."""

import subprocess
import sys

import pytest

from ce_tf.command_line import parse
from ce_tf.errors import InputError
from tfrecords_builder.__main__ import run
from tfrecords_builder.config import BuildConfig

GIVEN = {"images": ("photos",), "out": "out"}


def test_help_needs_no_tensorflow():
    code = (
        "import sys\n"
        "from tfrecords_builder.__main__ import run\n"
        "try:\n    run(['builder', '--help'])\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "assert 'tensorflow' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in BuildConfig.__dataclass_fields__:
        assert name in done.stdout


def test_flags_reach_the_config():
    flags = ["--images=a", "--images=b/*.png", "--out=o", "--size=64", "--lossless"]
    config = parse(BuildConfig, ["builder", *flags, "--hole_area=0.1,0.2"])
    assert config.images == ("a", "b/*.png")
    assert (config.size, config.lossless, config.hole_areas) == (64, True, (0.1, 0.2))


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ({}, {"block": 0.5, "stroke": 0.5}),
        ({"voc_dir": "v"}, {"silhouette": 0.7, "block": 0.15, "stroke": 0.15}),
        ({"holes": "center:2, block:6"}, {"center": 0.25, "block": 0.75}),
        ({"holes": "center:1,block:0"}, {"center": 1.0}),
    ],
)
def test_hole_shares(changes, shares):
    assert BuildConfig(**GIVEN, **changes).hole_shares == shares


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"images": ()}, "no photos were given"),
        ({"holes": "silhouette:1"}, "need label images"),
        ({"holes": "square:1"}, "'square:1' is not KIND:SHARE"),
        ({"holes": "block:-1"}, "'block:-1'"),
        ({"holes": "block"}, "'block'"),
        ({"holes": "block:1,block:2"}, "each once"),
        ({"holes": "block:0"}, "add up to 0"),
        ({"hole_area": "0.3,0.1"}, "--hole_area=0.3,0.1"),
        ({"hole_area": "0.1"}, "two numbers"),
        ({"hole_area": "a,b"}, "two numbers"),
        ({"crop": "1,2,3"}, "--crop=1,2,3"),
        ({"crop": "1,2,3,x"}, "four numbers"),
        ({"crop": "1.5,0,0,0"}, "whole pixels or a fraction"),
        ({"crop": "-1,0,0,0"}, "--crop"),
        ({"crop": "nan,0,0,0"}, "--crop"),
        ({"tfds": ("flowers",)}, "--tfds=flowers is not NAME:SPLIT"),
        ({"voc": ("2010",)}, "--voc=2010"),
        ({"size": 4}, "--size=4: it must be between 16 and 8192"),
        ({"views": 0}, "--views=0"),
        ({"quality": 101}, "--quality=101"),
        ({"num_masks": 0}, "--num_masks=0: it must be at least 2"),
        ({"val_share": 0.0}, "--val_share=0.0"),
        ({"val_share": 1.0}, "--val_share=1.0"),
        ({"max_bad": 1.5}, "--max_bad=1.5"),
        ({"shard_mb": 0.0}, "--shard_mb=0.0"),
        ({"min_shards": 0}, "--min_shards=0"),
        ({"workers": -1}, "--workers=-1"),
        ({"seed": -1}, "--seed=-1"),
        ({"mask_size": 3}, "--mask_size=3"),
    ],
)
def test_wrong_values_are_named(changes, wanted):
    with pytest.raises(InputError) as caught:
        BuildConfig(**{**GIVEN, **changes})
    assert wanted in str(caught.value)


def test_settings_leave_out_how_the_work_is_done():
    one = BuildConfig(**GIVEN, workers=1, runner="local", max_bad=0.1)
    other = BuildConfig(
        **{**GIVEN, "out": "elsewhere"}, workers=9, runner="DirectRunner"
    )
    assert one.settings() == other.settings()
    assert one.settings() != BuildConfig(**GIVEN, seed=1).settings()


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        (["--images=/nowhere"], "--images=/nowhere: no picture"),
        (["--images=/nowhere/*.jpg"], "no picture with one of the endings"),
        (["--images=."], "--out is missing"),
        (["--images=.", "--sise=3"], "sise"),
    ],
)
def test_mistakes_end_with_one_line_and_status_2(flags, wanted, tmp_path, capsys):
    out = [] if "--out" in wanted else [f"--out={tmp_path / 'out'}"]
    with pytest.raises(SystemExit) as caught:
        run(["builder", *flags, *out])
    assert caught.value.code == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert wanted in error
