"""What a training run is: every setting, once, as flags and as `config.json`."""

import dataclasses

from ce_tf.doors import flag
from ce_tf.errors import InputError

FILLS = ("visible_mean", "dataset_mean")


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """The settings of one run; each field is a flag of `train.py`."""

    data: str = flag(help="Folder of shards that `python -m tfrecords_builder` wrote.")
    workdir: str = flag(
        help="Run folder: config, checkpoints, TensorBoard logs, samples and export. "
        "If it holds a run of the same settings, that run goes on."
    )
    steps: int = flag(100_000, help="Train until this step.")
    batch_size: int = flag(
        128, help="Pictures a step, over all GPUs together; each takes an equal part."
    )
    model: str = flag(
        "context_encoder", help="The generator.", choices=("context_encoder",)
    )
    width: float = flag(
        1.0,
        help="Multiplies the number of filters of both networks. 1 is the paper's "
        "network of 71 M parameters; 0.5 has a quarter of them.",
    )
    initializer: str = flag(
        "default",
        help="First weights: `default` (Glorot uniform) or `dcgan` (N(0, 0.02)).",
        choices=("default", "dcgan"),
    )
    fill: str = flag(
        "visible_mean",
        help="Colour that the generator sees in the hole: the mean of the picture's "
        "visible pixels, or the data set's mean colour.",
        choices=FILLS,
    )
    vary_masks: bool = flag(
        True, help="Flip and move the holes on the device, anew in each step."
    )
    generator_rate: float = flag(1e-3, help="Adam's learning rate, generator.")
    discriminator_rate: float = flag(1e-4, help="Adam's learning rate, discriminator.")
    beta1: float = flag(0.5, help="Adam's first-moment decay, both networks.")
    reconstruction_weight: float = flag(
        0.999, help="Weight of the squared error in the hole."
    )
    adversarial_weight: float = flag(
        0.001,
        help="Weight of the adversarial loss; 0 trains without a discriminator's say.",
    )
    seed: int = flag(
        0, help="First weights, order, crops, flips and holes follow from it."
    )
    steps_per_call: int = flag(
        10, help="Steps that run on the device between two looks at the losses."
    )
    log_every: int = flag(10, help="Steps between two points in TensorBoard.")
    sample_every: int = flag(
        500, help="Steps between two picture grids (masked, completed, real)."
    )
    checkpoint_every: int = flag(1000, help="Steps between two checkpoints.")
    keep_checkpoints: int = flag(3, help="How many of the newest checkpoints stay.")
    export: bool = flag(True, help="Write the SavedModel when training ends.")

    def __post_init__(self):
        for name in _AT_LEAST_ONE:
            if getattr(self, name) < 1:
                raise InputError(f"--{name}={getattr(self, name)} must be at least 1.")
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise InputError(f"--{name}={getattr(self, name)} must be above 0.")
        for name in _NOT_NEGATIVE:
            if not getattr(self, name) >= 0:
                raise InputError(f"--{name}={getattr(self, name)} must be 0 or above.")
        if not self.beta1 < 1:
            raise InputError(f"--beta1={self.beta1} must be below 1.")
        if not self.reconstruction_weight + self.adversarial_weight > 0:
            raise InputError(
                "--reconstruction_weight and --adversarial_weight are both 0: nothing "
                "would be trained. The paper's are 0.999 and 0.001."
            )


# A run may go on with other values of these; any other change makes it another run.
# `data` may move: its manifest is compared instead.
FREE_FIELDS = frozenset(
    {
        "data",
        "workdir",
        "steps",
        "steps_per_call",
        "log_every",
        "sample_every",
        "checkpoint_every",
        "keep_checkpoints",
        "export",
    }
)
_AT_LEAST_ONE = (
    "steps",
    "batch_size",
    "steps_per_call",
    "log_every",
    "sample_every",
    "checkpoint_every",
    "keep_checkpoints",
)
_POSITIVE = ("width", "generator_rate", "discriminator_rate")
_NOT_NEGATIVE = ("beta1", "reconstruction_weight", "adversarial_weight", "seed")
