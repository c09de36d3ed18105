"""Erasing at real size, beside what a user could install instead.

    python -m benchmarks.peers [--images=DIR] [--voc_dir=VOCdevkit]

Photos at their own size with silhouettes as holes; ours beside OpenCV's methods, G'MIC
and PyPatchMatch in one run: how different the hole looks, how unlike the photos
the fills are as a set, PSNR, seconds, memory. Draws pictures with every method, to be
looked at. Methods that are missing are said, and how each is installed. `--cases`
writes photos and masks, so that other tools can fill them, and `--outputs` enters what
they made.
"""

import dataclasses
import multiprocessing
import resource
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detail_cases import make_hole, photo_paths
from benchmarks.peer_methods import PEERS
from benchmarks.racing import peak_memory
from ce_tf.command_line import flag, run_command
from ce_tf.errors import InputError
from ce_tf.evaluating.cases import draw_cases
from ce_tf.evaluating.config import parse_areas
from ce_tf.evaluating.examples import Example, Source
from ce_tf.evaluating.mask_files import MaskFiles
from ce_tf.evaluating.measuring import Scores, choose_measures, measure
from ce_tf.evaluating.methods import Method
from ce_tf.evaluating.outputs import open_outputs
from ce_tf.evaluating.photos import (
    MakeHole,
    PhotoExamples,
    draw_pictures,
    find_pictures,
)
from ce_tf.evaluating.silhouettes import SilhouetteHoles, find_labels
from ce_tf.files import write_bytes
from ce_tf.images.codec import encode_image
from ce_tf.perceptual import DISTANCE

_ROWS = 8  # of one drawing
# Of the first photo that memory is measured on.
_MEMORY_SIDE = 512


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    images: tuple[str, ...] = flag(
        (),
        help="Folder of photos; given several times, each is a group of its own. By "
        "default the photographs that scikit-image ships.",
    )
    voc_dir: str | None = flag(
        None,
        help="Label images (VOC's SegmentationClass, or a VOCdevkit above it), whose "
        "silhouettes are the holes. By default uneven ellipses.",
    )
    masks: str | None = flag(None, help="Folder of masks with the photos' names.")
    areas: str = flag("0.02,0.15", help="Least and largest share of a silhouette.")
    every: str = flag(
        "1,0", help="N,K: of the sorted photos those whose number leaves K over N."
    )
    pictures: int | None = flag(None, help="At most so many of each group, drawn.")
    methods: str = flag("", help="Only these, by name, with commas. Default: all.")
    outputs: tuple[str, ...] = flag((), help="DIR:NAME of what others completed.")
    cases: str | None = flag(None, help="Folder for photos/ and masks/, to be filled.")
    drawn: int = flag(8, help="How many pictures of each group are drawn.")
    seed: int = flag(0, help="Of the holes.")
    out: str = flag("peers", help="Folder for the drawings.")

    def __post_init__(self):
        if self.pictures is not None and self.pictures < 1:
            raise InputError(f"--pictures={self.pictures} must be at least 1.")
        _ = self.share, self.silhouette_areas
        names = [Path(folder).name for folder in self.images]
        for folder, name in zip(self.images, names, strict=True):
            if names.count(name) > 1:
                raise InputError(
                    f"--images={folder} is not the only folder named {name}: groups "
                    "go by their folders' names. Rename one, or give a folder above "
                    "both."
                )

    @property
    def share(self) -> slice:
        """The photos that `--every` takes of the sorted ones."""
        try:
            step, rest = map(int, self.every.split(","))
        except ValueError:
            step = rest = 0
        if not 0 <= rest < step:
            raise InputError(
                f"--every={self.every} must be N,K, whole numbers with K from 0 to "
                "N - 1: 4,1 say takes every fourth photo from the second on."
            )
        return slice(rest, None, step)

    @property
    def silhouette_areas(self) -> tuple[float, float]:
        """Least and largest share of the picture that a silhouette covers."""
        return parse_areas("areas", self.areas)


def open_group(config: Config, folder: str | None) -> tuple[Source, list[Path]]:
    """The photos of a group with their holes, and their files.

    Raises:
        InputError: there are none, or what the holes come from cannot be used.
    """
    found = find_pictures(folder, "images") if folder else photo_paths()
    if not found[config.share]:
        raise InputError(f"--every={config.every} leaves none of {len(found)} photos.")
    paths = draw_pictures(found[config.share], config.pictures, config.seed)
    holes: MakeHole
    if config.masks is not None:
        kind, holes = "mask", MaskFiles(config.masks, paths, None)
    elif config.voc_dir is not None:
        labels = find_labels(find_label_folder(config.voc_dir), None)
        kind = "silhouette"
        holes = SilhouetteHoles(
            labels, (256, 256), config.silhouette_areas, config.seed
        )
    else:
        kind, holes = "blob", make_blob(config.seed)
    return PhotoExamples(paths, None, kind, holes), paths


def find_label_folder(folder: str) -> str:
    """The folder of label images in a VOCdevkit, or the folder itself."""
    found = sorted(Path(folder).rglob("SegmentationClass"))
    return str(found[0]) if found else folder


def make_blob(seed: int) -> MakeHole:
    """Uneven ellipses, by (seed, index)."""

    def make(index: int, path: Path, shape: tuple[int, int]) -> np.ndarray:
        return make_hole(np.random.default_rng([seed, index]), "blob", *shape)

    return make


def take_methods(config: Config) -> list[Method]:
    """The methods that are asked for and installed; says which are not.

    Raises:
        InputError: a name is of none.
    """
    wanted = config.methods.split(",") if config.methods else list(PEERS)
    methods = []
    for name in wanted:
        if name not in PEERS:
            raise InputError(f"--methods={name} is none of {', '.join(PEERS)}.")
        fill = PEERS[name].load()
        if fill is None:
            print(f"missing: {name}. {PEERS[name].install}")
        else:
            methods.append(Method(name, fill, "", None if name != "ours" else "ours"))
    return methods


def measure_memory(name: str) -> float:
    """Peak memory of a fill, and of the programs that it starts, beside what the
    process had before, MB: a photo of 512 pixels, a hole of 150."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (64, 64, 3), np.uint8)
    image = cv2.resize(small, (_MEMORY_SIDE,) * 2, interpolation=cv2.INTER_CUBIC)
    mask = np.zeros((*image.shape[:2], 1), np.uint8)
    mask[150:300, 200:350] = 1
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_fill_alone, name, image, mask).result()


def _fill_alone(name: str, image: np.ndarray, mask: np.ndarray) -> float:
    fill = PEERS[name].load()
    assert fill is not None  # it was loaded before
    before = peak_memory()
    fill(Example(0, "", image, mask, "square"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return max(peak_memory() - before, children)


def write_cases(folder: str, sources: Sequence[Source]) -> None:
    """Photos and masks under the photos' names."""
    for source in sources:
        for example in source.examples():
            name = f"{Path(example.name).stem}.png"
            for part, pixels in (
                ("photos", example.image),
                ("masks", example.mask.repeat(3, -1) * 255),
            ):
                path = Path(folder) / part / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_bytes(path, encode_image(pixels, ".png"))


def format_table(
    groups: dict[str, Scores], frechet: Mapping[str, float], memory: dict[str, float]
) -> str:
    """Means over all pictures; distance of each group too."""
    names = next(iter(groups.values())).methods
    several = list(groups) if len(groups) > 1 else []
    heads = ["distance", *several, "Fréchet", "PSNR, dB", "SSIM"]
    heads += ["gradient energy", "s", "MB"]
    lines = [f"| | {' | '.join(heads)} |", f"| --- |{' ---: |' * len(heads)}"]
    for number, name in enumerate(names):

        def of(metric: str, number: int = number) -> np.ndarray:
            return np.concatenate([s.of(metric)[:, number] for s in groups.values()])

        seconds = np.concatenate(
            [scores.milliseconds[:, number] / 1000 for scores in groups.values()]
        )
        cells = [f"{of(DISTANCE).mean():.3f}"]
        cells += [f"{groups[k].of(DISTANCE)[:, number].mean():.3f}" for k in several]
        cells += [f"{frechet[name]:.3f}" if np.isfinite(frechet[name]) else "-"]
        cells += [f"{of('psnr').mean():.2f}", f"{of('ssim').mean():.3f}"]
        cells += [f"{np.median(of('gradient_energy')):.2f}"]
        cells += [f"{seconds.mean():.2f}" if np.isfinite(seconds).all() else "-"]
        cells += [f"{memory[name]:.0f}" if name in memory else "-"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(config: Config) -> None:
    """Runs the benchmark, prints its table and writes its drawings."""
    folders = config.images or (None,)
    opened = {
        Path(f).name if f else "scikit-image": open_group(config, f) for f in folders
    }
    methods = take_methods(config)
    if config.cases is not None:
        write_cases(config.cases, [source for source, _ in opened.values()])
    metrics, sets = choose_measures(perceptual=True)
    groups = {}
    for name, (source, paths) in opened.items():
        rows = [*methods, *open_outputs(config.outputs, paths)]
        groups[name] = measure(rows, source, (256, 256), metrics, sets)
        shown = list(groups[name].indices[: config.drawn])
        for start in range(0, len(shown), _ROWS):
            part = source.examples(shown[start : start + _ROWS])
            grid = draw_cases([(name[:8], example) for example in part], rows)
            path = Path(config.out) / f"{name}_{start // _ROWS + 1}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, encode_image(grid, ".png"))
            print(f"wrote {path}")
    counts = ", ".join(f"{len(s.indices)} of {name}" for name, s in groups.items())
    shares = np.concatenate([scores.areas for scores in groups.values()])
    memory = {method.name: measure_memory(method.name) for method in methods}
    print(f"\nPhotos: {counts}; holes {shares.min():.1%} to {shares.max():.1%}\n")
    frechet = {name: fills.result() for name, fills in sets.items()}
    print(format_table(groups, frechet, memory))
    print(
        "\nMeans over the photos, in the hole; of gradient energy, as a share of the "
        "true one's, the\nmedian. Distance: ce_tf/perceptual/distance.py, and Fréchet, "
        "of all fills as a set:\nfrechet.py beside it; less is better. MB: peak beside "
        "the process, or of the program that is\nstarted, for a hole of 150 pixels in "
        "a photo of 512."
    )


def run(argv: Sequence[str] | None = None) -> None:
    """The command; exits with its status."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
