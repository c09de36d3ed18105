"""A run folder: where each thing of a training run lies, and the settings it holds.

config.json    every setting, and the hash of the data's manifest
checkpoints/   both networks, their averages, both optimizers; `best/` the best one
logs/          TensorBoard
samples/       picture grids: masked, completed, real
export/        saved_model/, model.tflite, ...; report.md
"""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from ce_tf.errors import InputError
from ce_tf.files import write_bytes
from ce_tf.records.manifest import Manifest
from ce_tf.training.config import TrainConfig


@dataclasses.dataclass(frozen=True)
class RunFolder:
    """The paths of one run."""

    path: Path

    @property
    def config(self) -> Path:
        """The settings."""
        return self.path / "config.json"

    @property
    def checkpoints(self) -> Path:
        """The newest checkpoints, and `best/`."""
        return self.path / "checkpoints"

    @property
    def logs(self) -> Path:
        """The TensorBoard log."""
        return self.path / "logs"

    @property
    def samples(self) -> Path:
        """The picture grids."""
        return self.path / "samples"

    @property
    def export(self) -> Path:
        """What the export writes."""
        return self.path / "export"


@dataclasses.dataclass(frozen=True)
class SavedConfig:
    """What `config.json` holds: the settings, and what the export needs of the data.

    Attributes:
        config: the settings.
        data_hash: sha256 of the shards' own hashes, in order.
        mean_color: mean R, G, B of the train pictures, 0 to 255.
    """

    config: TrainConfig
    data_hash: str
    mean_color: tuple[float, float, float]


def enter_run(
    config: TrainConfig, manifest: Manifest, *, writes: bool = True
) -> RunFolder:
    """Makes the run folder, or takes up the run that it holds.

    A run that saved no checkpoint bars no other settings, however it ended.

    Args:
        config: of the run.
        manifest: of its data.
        writes: whether this process keeps the folder; of several workers one does.

    Raises:
        InputError: it holds a run of other settings or data (each one is named), or it
            cannot be written.
    """
    run = RunFolder(Path(config.workdir))
    saved = SavedConfig(config, _hash(manifest), manifest.mean_color)
    if run.config.exists() and any(run.checkpoints.rglob("step-*.index")):
        _require_same(run, read_config(run), saved)
    if not writes:
        return run
    try:
        for folder in (run.checkpoints, run.logs, run.samples):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"--workdir={config.workdir} cannot be written: {error.strerror}."
        ) from None
    text = json.dumps(dataclasses.asdict(saved), indent=1) + "\n"
    write_bytes(run.config, text.encode())
    return run


def read_config(run: RunFolder) -> SavedConfig:
    """Reads `config.json`.

    Raises:
        InputError: it is missing or damaged.
    """
    try:
        fields: dict[str, Any] = json.loads(run.config.read_text())
        # Of an earlier version; a run with `--cache=ram` goes on in another order.
        fields["config"].pop("cache", None)
        return SavedConfig(
            TrainConfig(**fields["config"]),
            fields["data_hash"],
            tuple(fields["mean_color"]),
        )
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            f"{run.path} holds no {run.config.name}, so it is no run folder. "
            "`train.py --workdir=DIR` makes one."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{run.config} is damaged: {error}.") from None


def _require_same(run: RunFolder, old: SavedConfig, new: SavedConfig) -> None:
    differences = [
        f"--{field.name} was {getattr(old.config, field.name)}, "
        f"is {getattr(new.config, field.name)}"
        for field in dataclasses.fields(TrainConfig)
        if field.name not in new.config.free_fields
        and getattr(old.config, field.name) != getattr(new.config, field.name)
    ]
    if old.data_hash != new.data_hash:
        differences.append(f"the shards in {new.config.data} are other ones")
    if differences:
        raise InputError(
            f"{run.path} holds a run of other settings: {'; '.join(differences)}. "
            "Give those settings to go on with it, or another --workdir."
        )


def _hash(manifest: Manifest) -> str:
    digest = hashlib.sha256()
    for _, split in sorted(manifest.splits.items()):
        for shard in (*split.images, *split.masks):
            digest.update(shard.sha256.encode())
    return digest.hexdigest()
