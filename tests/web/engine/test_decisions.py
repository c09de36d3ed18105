"""The engine in the browser reproduces the cases of decisions.json."""

import base64
import json

import cv2
import numpy as np
import pytest

from ce_tf.erasing.decisions import SPECIFICATION
from ce_tf.erasing.regions import group_hole
from tests.holes import CUTS, DRAWN, draw_bars, draw_regions, read_drawn

SCRIPTS = {
    "constants": """async () => {
        const module = await import('/engine/decisions.js');
        const names = [
            'CONTEXT', 'CLOSER', 'SPECK', 'CELL', 'SPARSE', 'GROWTH', 'SHRUNK',
            'LARGEST', 'HOLE_FROM'];
        return Object.fromEntries(
            names.map((name) => [name.toLowerCase(), module[name]]));
    }""",
    "mask": """async (values) => {
        const { findHole } = await import('/engine/decisions.js');
        return [...findHole(new Uint8Array(values))];
    }""",
    "window": """async ({ box: [left, top, width, height], ...photo }) => {
        const { placeWindow } = await import('/engine/decisions.js');
        const box = { left, top, width, height };
        return placeWindow(
            box, photo.pixels, photo.height, photo.width, photo.size);
    }""",
    "look": """async ({ box: [left, top, width, height], window, size }) => {
        const { isSeenAgain, lookCloser } = await import('/engine/decisions.js');
        const box = { left, top, width, height };
        const whole = { top: window[0], left: window[1], side: window[2] };
        const closer = lookCloser(box, whole, size);
        return {
            again: isSeenAgain(box, size),
            closer: closer.map(({ top, left, side }) => [top, left, side]),
        };
    }""",
    "size": """async ({ side, sizes }) => {
        const { chooseSize } = await import('/engine/decisions.js');
        return chooseSize(side, sizes);
    }""",
    "hole": """async ({ known, side, size }) => {
        const module = await import('/engine/network_fill.js');
        const area = module.measureKnown(new Uint8Array(known), side, size);
        return [...module.findNetworkHole(area, side)];
    }""",
    "regions": """async ({ hole, box, size }) => {
        const { groupHole } = await import('/engine/regions.js');
        const data = Uint8Array.from(atob(hole), (byte) => byte.charCodeAt(0));
        const regions = groupHole({ ...box, data }, size);
        return regions.map((region) => ({ ...region, starts: [...region.starts] }));
    }""",
}


@pytest.fixture
def run(engine):
    def run(name: str, value=None):
        return engine.page.evaluate(SCRIPTS[name], value)

    return run


def test_constants(run):
    found = run("constants")
    assert found == {name: SPECIFICATION[name] for name in found}


@pytest.mark.parametrize("case", SPECIFICATION["masks"], ids=json.dumps)
def test_masks(run, case):
    assert run("mask", case["values"]) == case["hole"]


@pytest.mark.parametrize("case", SPECIFICATION["windows"], ids=json.dumps)
def test_windows(run, case):
    wanted = {name: case[name] for name in ("top", "left", "side")}
    assert run("window", case) == wanted


@pytest.mark.parametrize("case", SPECIFICATION["looks"], ids=json.dumps)
def test_closer_looks(run, case):
    wanted = {name: case[name] for name in ("again", "closer")}
    assert run("look", case) == wanted


@pytest.mark.parametrize("case", SPECIFICATION["sizes"], ids=json.dumps)
def test_sizes(run, case):
    assert run("size", case) == case["size"]


@pytest.mark.parametrize("case", SPECIFICATION["holes"])
def test_holes(run, case):
    side, size = case["side"], case["size"]
    known = np.ones((side, side), np.uint8)
    for top, left, height, width in case["holes"]:
        known[top : top + height, left : left + width] = 0
    hole = run("hole", {"known": known.ravel().tolist(), "side": side, "size": size})
    rows = np.reshape(hole, (size, size))
    drawn = ["".join(".#"[pixel] for pixel in row) for row in rows]
    assert drawn == case["network"]


def find_regions(run, hole, size):
    """Boxes as [left, top, width, height]; and of each pixel its region, from 1 on."""
    left, top, width, height = cv2.boundingRect(hole)
    box = {"left": left, "top": top, "width": width, "height": height}
    part = hole[top : top + height, left : left + width]
    data = base64.b64encode(part.tobytes()).decode()
    found = run("regions", {"hole": data, "box": box, "size": size})
    owners = np.zeros(hole.shape, int)
    for number, region in enumerate(found, 1):
        for column, row in np.reshape(region["starts"], (-1, 2)):
            cell = np.s_[row : row + region["side"], column : column + region["side"]]
            owners[cell] += number * hole[cell]
    boxes = [[region["box"][name] for name in box] for region in found]
    return boxes, owners


@pytest.mark.parametrize("case", DRAWN)
def test_regions(run, case):
    _, owners = find_regions(run, read_drawn(case["rows"]), case["size"])
    assert draw_regions(owners) == case["rows"]


@pytest.mark.parametrize("case", CUTS)
def test_cuts(run, case):
    boxes, _ = find_regions(run, draw_bars(case), case["size"])
    assert boxes == case["boxes"]


@pytest.mark.parametrize("density", [0.002, 0.01, 0.05, 0.3])
@pytest.mark.parametrize("size", [16, 64])
def test_regions_are_grouped_as_in_python(run, density, size):
    """The same regions, in the same order."""
    rng = np.random.default_rng(size)
    hole = np.zeros((90, 123), np.uint8)
    part = hole[9:80, 5:110]
    part[rng.random(part.shape) < density] = 1
    boxes, owners = find_regions(run, hole, size)
    wanted = group_hole(hole, size)
    assert boxes == [list(region.box) for region in wanted]
    assert ((owners > 0) == hole).all()
    for number, region in enumerate(wanted, 1):
        left, top, width, height = region.box
        part = owners[top : top + height, left : left + width]
        assert ((part == number) == region.find(hole)).all()
