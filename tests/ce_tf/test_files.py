"""Files on this machine, and on ram://, which only TensorFlow knows, as it does gs://."""

import os

import pytest

from ce_tf.errors import InputError
from ce_tf.files import open_binary, read_bytes, read_file, write_bytes, written_whole


@pytest.fixture(params=["", "ram://"])
def folder(tmp_path, request) -> str:
    return f"{request.param}{tmp_path}"


def test_what_is_written_is_read(folder):
    path = f"{folder}/file"
    for data in (b"first", b"", b"third" * 999):
        write_bytes(path, data)
        assert read_file(path) == data
        with open_binary(path) as file:
            assert file.read() == data


def test_a_file_has_the_mode_of_any_other(tmp_path):
    write_bytes(tmp_path / "one", b"x")
    (tmp_path / "other").write_bytes(b"x")
    assert os.stat(tmp_path / "one").st_mode == os.stat(tmp_path / "other").st_mode


def test_what_is_missing_is_an_os_error(folder):
    with pytest.raises(FileNotFoundError):
        read_file(f"{folder}/none")
    with pytest.raises(FileNotFoundError), open_binary(f"{folder}/none") as file:
        file.read()


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*taken: Is a directory. Try"):
        write_bytes(tmp_path / "taken", b"x", advice=" Try another.")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    with pytest.raises(InputError, match="none"):
        write_bytes(tmp_path / "none" / "file", b"x")


def test_a_failure_half_way_keeps_the_file_that_was_there(tmp_path):
    path = tmp_path / "file"
    write_bytes(path, b"before")

    def write_half() -> None:
        with written_whole(path) as temporary, open_binary(temporary, "wb") as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert read_bytes(path, "input") == b"before"


def test_inputs_are_named(tmp_path):
    with pytest.raises(InputError, match=r"mask .*none: No such file"):
        read_bytes(tmp_path / "none", "mask")
    write_bytes(tmp_path / "empty", b"")
    with pytest.raises(InputError, match=r"mask .*empty is empty"):
        read_bytes(tmp_path / "empty", "mask")
