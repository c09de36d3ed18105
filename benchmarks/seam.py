"""The seam at a hole's rim: ways to join a fill to its photo, on photos with holes.

    python -m benchmarks.seam [--model=model.tflite] [--images=DIR]

Fills seeded holes and joins the same fills in each way. A seam is a step from a pixel
inside the hole to its neighbour outside that the true photo does not have there.
"""

import dataclasses
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from benchmarks.detail_cases import Filled, Filler, make_cases
from ce_tf.command_line import flag, run_command
from ce_tf.erasing.blending import continue_rim, match_rim
from ce_tf.erasing.sharpening import sharpen
from ce_tf.erasing.texture.synthesis import Painted, add_texture, paint_hole

# seamlessClone erodes its mask by so many pixels before it uses it.
_ERODED = 3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    model: str | None = flag(
        None, help="A .tflite file or SavedModel; by default what ships."
    )
    images: str | None = flag(
        None, help="Folder of photos; by default those that scikit-image ships."
    )
    shortest: int = flag(300, help="Smaller photos (shorter side) are left out.")
    holes: int = flag(8, help="Holes a photo.")
    seed: int = flag(0, help="Of the holes.")


def join_rim(filled: Filled) -> np.ndarray:
    """As the eraser does."""
    return match_rim(filled.image, filled.hole, filled.plain)


def clone(filled: Filled) -> np.ndarray:
    """OpenCV's Poisson editing, NORMAL_CLONE; only the hole is taken from it.

    The mask is grown by what OpenCV erodes, so that all of the hole is cloned; and the
    fill goes on outside the hole, or its step at the rim would be cloned with it.
    """
    border = [2 * _ERODED + 2] * 4  # the grown mask must not reach the picture's end
    hole, plain, fill = (
        cv2.copyMakeBorder(pixels, *border, way)
        for pixels, way in (
            (filled.hole.astype(np.uint8), cv2.BORDER_CONSTANT),
            (filled.plain, cv2.BORDER_REPLICATE),
            (extend(filled.fill, filled.hole), cv2.BORDER_REPLICATE),
        )
    )
    grown = np.ones((2 * _ERODED + 1, 2 * _ERODED + 1), np.uint8)
    mask = cv2.dilate(hole, grown) * 255
    left, top, width, height = cv2.boundingRect(mask)
    center = (left + width // 2, top + height // 2)
    joined = cv2.seamlessClone(fill, plain, mask, center, cv2.NORMAL_CLONE)
    inner = joined[border[0] : -border[0], border[0] : -border[0]]
    return np.where(filled.hole[..., np.newaxis], inner, filled.image)


def join_painted(filled: Filled) -> np.ndarray:
    """Texture, the rim not matched again."""
    joined = join_rim(filled)
    painted = paint_hole(joined, filled.hole, ~filled.hole)
    return joined if painted is None else painted.image


def extend(fill: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """The fill in the hole, and outside it that of the nearest pixel of the hole."""
    outside = (~hole).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros((labels.max() + 1, 3), np.uint8)
    values[labels[hole]] = fill[hole]
    return values[labels]


def clone_painted(filled: Filled) -> np.ndarray:
    """Texture, then OpenCV."""
    return clone(dataclasses.replace(filled, fill=join_painted(filled)))


def add_all_texture(filled: Filled) -> Painted:
    """Texture as with `--detail=1`, on the fill whose rim is matched."""
    return add_texture(join_rim(filled), filled.hole, ~filled.hole, 1.0)


def join_with_detail(filled: Filled) -> np.ndarray:
    """As the eraser does with `--detail=1`, before it sharpens."""
    return add_all_texture(filled).image


def join_sharpened(filled: Filled) -> np.ndarray:
    """All that the eraser does with `--detail=1`, with one look."""
    painted = add_all_texture(filled)
    fill = sharpen(painted.image, filled.hole, painted.share)
    return continue_rim(filled.image, filled.hole, fill)


WAYS: dict[str, Callable[[Filled], np.ndarray]] = {
    "plain paste": lambda filled: filled.plain,
    "match_rim": join_rim,
    "seamlessClone": clone,
    "match_rim, texture": join_painted,
    "match_rim, texture, seamlessClone": clone_painted,
    "match_rim, texture, match_rim": join_with_detail,
    "... sharpened, rim continued": join_sharpened,
}


def measure_step(image: np.ndarray, hole: np.ndarray) -> float:
    """Mean absolute difference of a pixel inside and its neighbour (of four) outside.

    Args:
        image: uint8 [h, w, 3].
        hole: bool [h, w].

    Returns:
        Levels of 255.
    """
    steps = []
    for axis in (0, 1):
        across = np.diff(hole.astype(np.int8), axis=axis) != 0
        steps.append(np.abs(np.diff(image.astype(np.int16), axis=axis))[across])
    return float(np.concatenate(steps).mean())


def main(config: Config) -> None:
    """Runs the benchmark and prints its table."""
    filler = Filler(config.model)
    steps: dict[str, list[float]] = {name: [] for name in ("true photo", *WAYS)}
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    names = set()
    for case in make_cases(config.images, config.shortest, config.holes, config.seed):
        names.add(case.name)
        filled = filler.fill(case)
        steps["true photo"].append(measure_step(filled.image, filled.hole))
        for name, way in WAYS.items():
            start = time.perf_counter()
            joined = way(filled)
            seconds[name].append(time.perf_counter() - start)
            steps[name].append(measure_step(joined, filled.hole))
    count = len(steps["true photo"])
    true = np.mean(steps["true photo"])
    print(f"{count} holes in {len(names)} photos, seed {config.seed}\n")
    print("| way | step | of the true photo's | ms |")
    print("| --- | --- | --- | --- |")
    for name, values in steps.items():
        ms = f"{np.median(seconds[name]) * 1000:.1f}" if name in seconds else ""
        mean = np.mean(values)
        print(f"| {name} | {mean:.2f} | {mean / true:.2f} | {ms} |")
    print("\nMean absolute step across the rim in levels of 255; median ms.")


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
