"""The real benchmark, small: its table, its drawing, what it misses and refuses."""

import cv2
import numpy as np
import pytest

from benchmarks.peers import run

# Of what is drawn, pixels: a row's name, a cell with its gap, a line above, one below.
_SIDE, _CELL, _HEAD, _FOOT = 70, 326, 22, 18


def call(capsys, *flags) -> tuple[int, str, str]:
    """Exit code and what was written to stdout and stderr."""
    with pytest.raises(SystemExit) as stop:
        run(["peers", *map(str, flags)])
    return stop.value.code or 0, *capsys.readouterr()


def test_methods_stand_side_by_side(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")  # so that no G'MIC is found
    out = tmp_path / "drawn"
    methods = "--methods=OpenCV Telea,G'MIC matchpatch,ours"
    code, text, _ = call(capsys, methods, "--pictures=2", f"--out={out}")
    assert code == 0
    assert "missing: G'MIC matchpatch. apt-get install gmic." in text
    assert "Photos: 2 of scikit-image; holes " in text
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if "|" in line]
    names, figures = zip(*((row[0], row[1:]) for row in rows[2:]), strict=True)
    assert names == ("OpenCV Telea", "ours")
    assert rows[0] == [
        *("distance", "Fréchet", "PSNR, dB", "SSIM", "gradient energy", "s", "MB"),
    ]
    for row in figures:
        distance, frechet, psnr, ssim, energy, seconds, memory = map(float, row)
        assert 0 < distance < 2
        assert 0 < frechet < 20
        assert 8 < psnr < 40
        assert 0 < ssim < 1
        assert 0 < energy < 2
        assert 0 <= seconds < 60
        assert 0 < memory < 4000
    # Telea's streaks are unlike the photos.
    assert float(figures[1][1]) < float(figures[0][1])
    # A network takes more than Telea's loop does.
    assert float(figures[1][-1]) > float(figures[0][-1])

    picture = cv2.imread(str(out / "scikit-image_1.png"))
    assert [path.name for path in out.iterdir()] == ["scikit-image_1.png"]
    assert picture.shape == (_HEAD + 2 * (320 + _FOOT), _SIDE + 4 * _CELL, 3)
    for row in range(2):
        original, hole, *fills = (
            cell_of(picture, row, column).astype(int) for column in range(4)
        )
        changed = np.abs(hole - original).max(-1) > 0
        assert 0.01 < changed.mean() < 0.5
        for fill in fills:
            np.testing.assert_array_equal(fill[~changed], original[~changed])
            assert (fill != hole)[changed].mean() > 0.5
        assert (fills[0] != fills[1])[changed].mean() > 0.5


def cell_of(picture: np.ndarray, row: int, column: int) -> np.ndarray:
    """The left upper part of one cell, which every photo covers: uint8 [h, w, 3]."""
    top, left = _HEAD + row * (320 + _FOOT), _SIDE + column * _CELL
    return picture[top : top + 200, left : left + 200]


@pytest.mark.parametrize(
    ("flag", "right"),
    [
        *((f"--every={text}", "must be N,K") for text in ("x", "4", "4,4", "0,0")),
        ("--every=1000,999", "leaves none of"),
        *((f"--areas={text}", "must be LEAST,LARGEST") for text in ("1", "0.2,0.1")),
        ("--pictures=0", "must be at least 1"),
        ("--methods=telea", "is none of OpenCV Telea, "),
    ],
)
def test_wrong_flags_are_said_first(flag, right, tmp_path, capsys):
    code, out, err = call(capsys, flag, f"--out={tmp_path / 'drawn'}")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {flag} {right}")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_groups_of_one_name_are_refused(tmp_path, capsys):
    flags = [f"--images={tmp_path / parent / 'photos'}" for parent in "ab"]
    code, out, err = call(capsys, *flags, f"--out={tmp_path / 'drawn'}")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {flags[0]} is not the only folder named photos")
    assert err.count("\n") == 1
