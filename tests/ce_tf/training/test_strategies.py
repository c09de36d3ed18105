from pathlib import Path

import pytest
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.training.strategies import describe, is_first_worker, make_strategy


@pytest.fixture
def configure(make_config, tmp_path):
    return lambda **changes: make_config(tmp_path, **changes)


@pytest.mark.parametrize(("name", "devices"), [("mirrored", 2), ("one_device", 1)])
def test_one_machine_keeps_its_run_folder(configure, name, devices):
    strategy = make_strategy(configure(strategy=name))
    assert strategy.num_replicas_in_sync == devices  # of the tests' two logical CPUs
    assert is_first_worker(name)
    assert describe(strategy) == "the CPU"


@pytest.mark.parametrize("name", ["mirrored", "one_device"])
def test_xla_is_refused_without_a_gpu(configure, name):
    with pytest.raises(InputError, match="--xla compiles for one GPU"):
        make_strategy(configure(strategy=name, xla=True))


def test_a_batch_that_devices_cannot_share_is_refused(configure, monkeypatch):
    two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda: two)
    with pytest.raises(InputError, match=r"--batch_size=5 .* by 2 devices; 4 can"):
        make_strategy(configure(batch_size=5, strategy="mirrored"))


@pytest.mark.parametrize(
    ("precision", "flags", "warned"),
    [
        ("float32", "sse2", False),
        ("float16", "avx512_bf16", True),
        ("bfloat16", "avx512_bf16", False),
        ("bfloat16", "sse2", True),
    ],
)
def test_a_slow_precision_is_warned_against(
    configure, monkeypatch, capsys, precision, flags, warned
):
    monkeypatch.setattr(Path, "exists", lambda path: True)
    monkeypatch.setattr(Path, "read_text", lambda path: f"flags : {flags}\n")
    make_strategy(configure(precision=precision, strategy="one_device"))
    output = capsys.readouterr().out
    assert (f"warning: --precision={precision} is" in output) == warned
