"""Photos and masks find each other by name; results never replace what is not meant."""

import unicodedata

import pytest

from ce_tf.erasing.batch import PIPE, Job, Request, plan_jobs
from ce_tf.errors import InputError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "masks").mkdir()
    return tmp_path


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def plan(folder, mask="masks", **changes):
    request = {"photos": [str(folder / "photos")], "out": str(folder / "out")}
    mask = None if mask is None else str(folder / mask)
    return plan_jobs(Request(**(request | {"mask": mask} | changes)))


def pairs(found):
    return {job.photo.name: job.mask.name for job in found.jobs}


@pytest.mark.parametrize(
    ("photo", "mask"),
    [
        ("a.jpg", "a.jpg"),
        ("a.jpg", "a.png"),
        ("IMG_1.JPG", "img_1.PNG"),
        ("a.jpg", "a_mask.png"),
        ("a.jpg", "a.mask.png"),
        ("a.jpg", "a-mask.tif"),
        ("a.jpg", "a.jpg.png"),
        ("a.jpg", "a.jpg_mask.png"),
        (unicodedata.normalize("NFC", "é.jpg"), unicodedata.normalize("NFD", "É.png")),
    ],
)
def test_a_mask_is_found_by_its_photos_name(folder, photo, mask):
    touch(folder, f"photos/{photo}", f"masks/{mask}", "masks/b.png", "photos/._a.jpg")
    found = plan(folder)
    assert pairs(found) == {photo: mask}
    assert not found.failures
    assert found.passed_over == "1 ._ files"


def test_of_two_masks_the_one_of_the_very_name_is_taken(folder):
    touch(folder, "photos/a.jpg", "masks/a.jpg", "masks/A.png", "masks/a_mask.png")
    assert pairs(plan(folder)) == {"a.jpg": "a.jpg"}


def test_photos_and_masks_in_one_folder(folder):
    names = ("a.jpg", "a_mask.png", "b.png", "b.mask.jpg", "c.jpg", "d_mask.png")
    touch(folder / "photos", *names)
    found = plan(folder, mask="photos")
    assert pairs(found) == {"a.jpg": "a_mask.png", "b.png": "b.mask.jpg"}
    # What found none is named; a mask without a photo is one of them.
    names = [failure.photo.name for failure in found.failures]
    assert names == ["c.jpg", "d_mask.png"]
    assert all("no mask of its name" in reason for _, reason in found.failures)


def test_one_mask_for_all_is_no_photo(folder):
    touch(folder, "photos/a.jpg", "photos/b.jpg", "photos/all.png")
    assert pairs(plan(folder, mask="photos/all.png")) == {
        "a.jpg": "all.png",
        "b.jpg": "all.png",
    }


def test_what_is_passed_over_is_said(folder):
    touch(folder, "photos/a.jpg", "photos/b.gif", "photos/c.gif", "photos/d.jxl")
    touch(folder, "photos/below/e.jpg", "photos/readme", "masks/a.png")
    found = plan(folder)
    words = set(found.passed_over.split(", "))
    wanted = {"2 .gif", "1 .jxl", "1 folders", "1 files without an ending"}
    assert words == wanted
    assert len(found.jobs) == 1


def test_folders_below_keep_their_place(folder):
    touch(folder, "photos/a.jpg", "photos/x/a.jpg", "masks/a.png", "masks/x/a.png")
    found = plan(folder, recursive=True, save_mask=str(folder / "kept"))
    assert [job.out.relative_to(folder).as_posix() for job in found.jobs] == [
        *("out/a.jpg", "out/x/a.jpg")
    ]
    assert [job.mask.relative_to(folder).as_posix() for job in found.jobs] == [
        *("masks/a.png", "masks/x/a.png")
    ]
    kept = [job.saved_mask.relative_to(folder).as_posix() for job in found.jobs]
    assert kept == ["kept/a.png", "kept/x/a.png"]


def test_two_photos_of_one_name_keep_two_masks(folder):
    touch(folder, "photos/a.jpg", "photos/a.png", "masks/m.png")
    found = plan(folder, mask="masks/m.png", save_mask=str(folder / "kept"))
    assert sorted(job.saved_mask.name for job in found.jobs) == ["a.png", "a.png.png"]
    assert sorted(job.out.name for job in found.jobs) == ["a.jpg", "a.png"]


def test_a_format_that_is_only_read_becomes_a_jpeg(folder):
    touch(folder, "photos/a.heic", "photos/a.jpg", "masks/m.png")
    found = plan(folder, mask="masks/m.png")
    assert sorted(job.out.name for job in found.jobs) == ["a.heic.jpg", "a.jpg"]


def test_done_ones_are_passed_by(folder):
    touch(folder, "photos/a.jpg", "photos/b.jpg", "masks/m.png", "out/a.jpg")
    found = plan(folder, mask="masks/m.png", skip_done=True)
    assert [job.photo.name for job in found.jobs] == ["b.jpg"]
    assert found.done == 1


def test_several_photos_and_one(folder):
    touch(folder, "photos/a.jpg", "photos/b.jpg", "masks/m.png", "masks/a.png")
    photos = [str(folder / "photos" / name) for name in ("a.jpg", "b.jpg")]
    found = plan(folder, mask="masks/m.png", photos=photos)
    assert [job.out.name for job in found.jobs] == ["a.jpg", "b.jpg"]
    one = plan(folder, photos=photos[:1], out=str(folder / "r.png"))
    assert pairs(one) == {"a.jpg": "a.png"}
    piped = plan_jobs(Request(photos=["-"], out="-", mask=str(folder / "masks/m.png")))
    assert piped.jobs == [Job(PIPE, folder / "masks/m.png", PIPE)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"photos": ["-", "-"]}, "with one photo alone"),
        ({"photos": ["-"], "mask": "-", "out": "r.png"}, "both be standard input"),
        ({"out": "photos/a.jpg"}, "is a file; for several photos"),
        ({"save_mask": "photos/a.jpg"}, "is a file; for several photos"),
        ({"out": "none/out"}, "there is no folder"),
        ({"photos": ["photos/a.jpg"], "out": "none/r.png"}, "there is no folder"),
        ({"photos": ["photos/a.jpg"], "out": "photos/a.jpg"}, "is the photo itself"),
        ({"photos": ["photos/a.jpg"], "out": "masks/a.png"}, "is the mask itself"),
        ({"photos": ["photos/b.jpg"], "out": "r.png"}, "has no mask of its name"),
        ({"photos": ["photos/a.jpg"], "out": "r.xyz"}, "is no format"),
        ({"photos": ["photos/a.jpg"], "out": "r.png", "save_mask": "m.jpg"}, "a .png"),
        ({"photos": ["masks/none"]}, "has no mask of its name"),
        (
            {"photos": ["photos/a.jpg"], "out": "r.png", "save_mask": "r.png"},
            "--save_mask=r.png is --out",
        ),
    ],
)
def test_what_cannot_be_is_said(folder, monkeypatch, changes, words):
    touch(folder, "photos/a.jpg", "photos/b.jpg", "masks/a.png")
    monkeypatch.chdir(folder)
    request = {"photos": ["photos"], "out": "out", "mask": "masks"} | changes
    with pytest.raises(InputError, match=words):
        plan_jobs(Request(**request))
