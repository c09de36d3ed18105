"""The same shards from Apache Beam."""

import pytest

from ce_tf.errors import InputError
from tests.fakes import write_photo
from tests.tfrecords_builder.conftest import hashes


def test_beam_writes_the_same_bytes(build_small, tmp_path):
    build_small(out=str(tmp_path / "local"))
    build_small(
        out=str(tmp_path / "beam"),
        runner="DirectRunner",
        beam_args=("--direct_num_workers=2", "--direct_running_mode=multi_threading"),
    )
    assert hashes(tmp_path / "local") == hashes(tmp_path / "beam")


def test_an_unknown_runner_is_a_clear_error(build_small):
    with pytest.raises(InputError, match="--runner=NoSuchRunner"):
        build_small(runner="NoSuchRunner")


def test_a_jobs_error_comes_through_beam(build_small, tmp_path):
    for number in range(2):
        write_photo(tmp_path / "few" / f"{number}.png", number)
    with pytest.raises(InputError, match="no block hole came out"):
        build_small(
            images=(str(tmp_path / "few"),),
            runner="DirectRunner",
            holes="block:1",
            hole_area="0.8,0.80001",
        )
