"""What a training run is: every setting, once, as flags and as `config.json`."""

import dataclasses

from ce_tf.command_line import flag
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
        128,
        help="Pictures a step, over all GPUs of all machines together; each takes an "
        "equal part.",
    )
    model: str = flag(
        "context_encoder",
        help="The generator: `context_encoder` of the paper; `compact`, small and free "
        "in size; `painter`, for 256 px and more, which draws texture.",
        choices=("context_encoder", "compact", "painter"),
    )
    discriminator: str = flag(
        "context_encoder",
        help="`context_encoder` judges whole pictures; `patch` judges each part of "
        "them (pix2pix), with spectral normalisation; `projected` judges the hole "
        "through fixed features of a classifier.",
        choices=("context_encoder", "patch", "projected"),
    )
    size: int = flag(
        0,
        help="Side of the pictures that it trains on, pixels: the --mask_size of the "
        "shards. 0 is the network's own: 128, of `painter` 256. `compact` and it "
        "take any multiple of 32.",
    )
    zoom: float = flag(
        1.0,
        help="A third of the pictures is enlarged, up to this many times, as the "
        "eraser's closer look at small objects is; 1 enlarges none.",
    )
    width: float = flag(
        1.0,
        help="Multiplies the number of filters of both networks. 1 is the paper's "
        "network of 71 M parameters; 0.5 has a quarter of them.",
    )
    discriminator_width: float = flag(
        0.0, help="The discriminator's own; 0 is that of --width."
    )
    initializer: str = flag(
        "default",
        help="First weights: `default` (Glorot uniform) or `dcgan` (N(0, 0.02)).",
        choices=("default", "dcgan"),
    )
    init_from: str = flag(
        "",
        help="Starts from trained weights: a run folder, a .keras file, or "
        "`pretrained`, weights that ship with the package (those of "
        "`--model=painter`). For fine-tuning on photos of your own.",
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
    look_twice: bool = flag(
        False,
        help="Losses see the mean of two of the eraser's looks at each picture: at the "
        "whole, and at a closer square, mirrored.",
    )
    optimizer: str = flag(
        "adam",
        help="The generator's: `adam`, or `muon`, which makes all directions of a "
        "kernel's step alike; the same rates fit.",
        choices=("adam", "muon"),
    )
    generator_rate: float = flag(1e-3, help="Learning rate, generator.")
    discriminator_rate: float = flag(1e-4, help="Learning rate, discriminator.")
    beta1: float = flag(0.5, help="Adam's first-moment decay, both networks.")
    weight_decay: float = flag(
        0.0,
        help="Decay of the generator's kernels, apart from the gradient (AdamW); "
        "times the learning rate at each step.",
    )
    schedule: str = flag(
        "constant",
        help="Learning rates: `constant`, or `cosine` down to 0 at --steps.",
        choices=("constant", "cosine"),
    )
    warmup_steps: int = flag(
        0, help="With --schedule=cosine: steps in which the rates rise from 0."
    )
    clip_norm: float = flag(
        0.0,
        help="Largest norm of a network's whole gradient; a larger one is scaled down. "
        "0 clips nothing.",
    )
    reconstruction_weight: float = flag(
        0.999, help="Weight of the squared error in the hole."
    )
    l1_weight: float = flag(0.0, help="Weight of the absolute error in the hole.")
    texture_weight: float = flag(
        0.0,
        help="Weight of the difference in strength of local detail in the hole; it "
        "blurs less.",
    )
    perceptual_weight: float = flag(
        0.0,
        help="Weight of the difference in what a classifier sees (EfficientNet-Lite0; "
        "needs the extra `perceptual`).",
    )
    style_weight: float = flag(
        0.0,
        help="Weight of the difference in which edges and grain the classifier sees in "
        "the hole, wherever they lie; it blurs less.",
    )
    feature_size: int = flag(
        0,
        help="Side of the square part round the hole, pixels, that the classifier and "
        "the discriminator look at: a multiple of 32. 0 is the whole picture.",
    )
    adversarial_weight: float = flag(
        0.001,
        help="Weight of the adversarial loss; 0 trains without a discriminator.",
    )
    adversarial_loss: str = flag(
        "gan",
        help="`gan` (cross-entropy, non-saturating) or `hinge`.",
        choices=("gan", "hinge"),
    )
    ema: float = flag(
        0.999,
        help="Decay of the averaged weights, which are validated, sampled and "
        "exported; 0 for none.",
    )
    seed: int = flag(
        0, help="First weights, order, crops, flips and holes follow from it."
    )
    strategy: str = flag(
        "mirrored",
        help="Where it trains: all GPUs of this machine, or its CPU (`mirrored`); one "
        "of them (`one_device`); all machines that TF_CONFIG names (`multi_worker`).",
        choices=("mirrored", "one_device", "multi_worker"),
    )
    precision: str = flag(
        "float32",
        help="What the networks compute in; their variables are float32 anyhow. "
        "`float16` scales the loss.",
        choices=("float32", "bfloat16", "float16"),
    )
    xla: bool = flag(
        False, help="Compile the step with XLA: one GPU, --strategy=one_device."
    )
    steps_per_call: int = flag(
        10, help="Steps that run on the device between two looks at the losses."
    )
    log_every: int = flag(10, help="Steps between two points in TensorBoard.")
    sample_every: int = flag(
        500, help="Steps between two picture grids (masked, completed, real)."
    )
    validate_every: int = flag(
        1000, help="Steps between two measurements on the validation pictures."
    )
    validation_pictures: int = flag(
        256, help="How many of them are measured, always the same; 0 for none."
    )
    best_by: str = flag(
        "psnr",
        help="What makes a checkpoint the best: PSNR in the hole of the validation "
        "pictures, or their `perceptual` distance (EfficientNet-Lite1).",
        choices=("psnr", "perceptual"),
    )
    checkpoint_every: int = flag(1000, help="Steps between two checkpoints.")
    checkpoint_minutes: float = flag(
        10.0, help="Most minutes between two checkpoints; 0 counts steps alone."
    )
    keep_checkpoints: int = flag(
        3, help="How many of the newest checkpoints stay, beside the best."
    )
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
        for name in _BELOW_ONE:
            if not getattr(self, name) < 1:
                raise InputError(f"--{name}={getattr(self, name)} must be below 1.")
        if not any(getattr(self, name) for name in _LOSSES):
            names = ", ".join(f"--{name}" for name in _LOSSES)
            raise InputError(
                f"{names} are all 0: nothing would be trained. The paper's are 0.999 "
                "for the first and 0.001 for the last."
            )
        if not 1 <= self.zoom <= _MOST_ZOOM:
            raise InputError(f"--zoom={self.zoom} must be from 1 to {_MOST_ZOOM}.")
        if self.feature_size % 32:
            raise InputError(
                f"--feature_size={self.feature_size} must be a multiple of 32."
            )
        if self.feature_size and not self.sees_features:
            raise InputError(
                f"--feature_size={self.feature_size} needs something that looks: "
                "--perceptual_weight, --style_weight or --discriminator=projected."
            )
        if self.warmup_steps and self.schedule == "constant":
            raise InputError(
                f"--warmup_steps={self.warmup_steps} needs --schedule=cosine."
            )
        if self.warmup_steps >= self.steps:
            raise InputError(
                f"--warmup_steps={self.warmup_steps} must be below "
                f"--steps={self.steps}."
            )

    @property
    def judge_width(self) -> float:
        """Multiplies the number of the discriminator's filters."""
        return self.discriminator_width or self.width

    @property
    def sees_features(self) -> bool:
        """Whether its losses look through a classifier."""
        return (
            bool(self.perceptual_weight or self.style_weight)
            or self.discriminator == "projected"
        )

    @property
    def measures_distance(self) -> bool:
        """Whether perceptual distance is among what is validated."""
        return self.sees_features or self.best_by == "perceptual"

    @property
    def free_fields(self) -> frozenset[str]:
        """Fields that may change when a run goes on; any other makes it another run."""
        # A falling rate reaches 0 at `steps`.
        return _FREE_FIELDS - ({"steps"} if self.schedule == "cosine" else set())


# `data` may move: its manifest is compared instead.
_FREE_FIELDS = frozenset(
    {
        "data",
        "workdir",
        "steps",
        "strategy",
        "xla",
        "steps_per_call",
        "log_every",
        "sample_every",
        "validate_every",
        "checkpoint_every",
        "checkpoint_minutes",
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
    "validate_every",
    "checkpoint_every",
    "keep_checkpoints",
)
_LOSSES = (
    "reconstruction_weight",
    "l1_weight",
    "texture_weight",
    "perceptual_weight",
    "style_weight",
    "adversarial_weight",
)
_POSITIVE = ("width", "generator_rate", "discriminator_rate")
_NOT_NEGATIVE = (
    "beta1",
    "size",
    "feature_size",
    "discriminator_width",
    "weight_decay",
    "warmup_steps",
    "clip_norm",
    "reconstruction_weight",
    "l1_weight",
    "texture_weight",
    "perceptual_weight",
    "style_weight",
    "adversarial_weight",
    "ema",
    "seed",
    "validation_pictures",
    "checkpoint_minutes",
)
_MOST_ZOOM = 8
_BELOW_ONE = ("beta1", "ema")
