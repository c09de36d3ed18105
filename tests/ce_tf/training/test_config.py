import pytest

from ce_tf.command_line import parse
from ce_tf.errors import InputError
from ce_tf.training.config import TrainConfig


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("batch_size", -1),
        ("steps_per_call", 0),
        ("log_every", 0),
        ("sample_every", 0),
        ("checkpoint_every", 0),
        ("keep_checkpoints", 0),
        ("width", 0.0),
        ("generator_rate", float("nan")),
        ("discriminator_rate", 0.0),
        ("beta1", 1.0),
        ("reconstruction_weight", -1.0),
        ("adversarial_weight", -0.1),
        ("seed", -1),
        ("validate_every", 0),
        ("validation_pictures", -1),
        ("checkpoint_minutes", -1.0),
        ("ema", 1.0),
        ("l1_weight", -1.0),
        ("texture_weight", -1.0),
        ("perceptual_weight", -1.0),
        ("style_weight", -1.0),
        ("size", -1),
        ("feature_size", -16),
        ("discriminator_width", -0.5),
        ("clip_norm", -1.0),
        ("weight_decay", -1.0),
        ("warmup_steps", -1),
        ("zoom", 0.5),
        ("zoom", float("nan")),
    ],
)
def test_a_senseless_value_is_refused_by_name(name, value):
    with pytest.raises(InputError) as caught:
        TrainConfig(data="d", workdir="w", **{name: value})
    assert f"--{name}={value}" in str(caught.value)


def test_no_loss_at_all_is_refused():
    with pytest.raises(InputError, match="nothing would be trained"):
        TrainConfig(
            data="d", workdir="w", reconstruction_weight=0.0, adversarial_weight=0.0
        )


def test_a_close_up_fits_the_features_and_is_looked_at():
    with pytest.raises(InputError, match="--feature_size=100 must be a multiple of 32"):
        TrainConfig(data="d", workdir="w", feature_size=100, style_weight=1.0)
    with pytest.raises(InputError, match="--feature_size=96 needs something"):
        TrainConfig(data="d", workdir="w", feature_size=96)
    for looks in ({"style_weight": 1.0}, {"discriminator": "projected"}):
        TrainConfig(data="d", workdir="w", feature_size=96, **looks)


def test_a_warm_up_needs_a_schedule_and_steps_after_it():
    with pytest.raises(InputError, match="needs --schedule=cosine"):
        TrainConfig(data="d", workdir="w", warmup_steps=5)
    with pytest.raises(InputError, match="must be below --steps=5"):
        TrainConfig(data="d", workdir="w", warmup_steps=5, steps=5, schedule="cosine")


def test_a_falling_rate_ties_a_run_to_its_steps():
    config = TrainConfig(data="d", workdir="w")
    assert "steps" in config.free_fields
    falling = TrainConfig(data="d", workdir="w", schedule="cosine")
    assert "steps" not in falling.free_fields


def test_defaults_are_the_papers():
    config = TrainConfig(data="d", workdir="w")
    assert (config.steps, config.batch_size, config.beta1) == (100_000, 128, 0.5)
    assert (config.generator_rate, config.discriminator_rate) == (1e-3, 1e-4)
    assert config.reconstruction_weight == 0.999
    assert config.adversarial_weight == 0.001


def test_the_papers_recipe_is_the_papers():
    """Batch 128, 100,000 iterations, 0.999 and 0.001, 1e-3 and 1e-4, and no more."""
    flags = ["--flagfile=recipes/context_encoder.flags", "--data=d", "--workdir=w"]
    config = parse(TrainConfig, ["train.py", *flags])
    plain = TrainConfig(data="d", workdir="w", ema=0.0)
    assert config == plain
    assert (config.l1_weight, config.weight_decay, config.clip_norm) == (0, 0, 0)
    assert (config.texture_weight, config.judge_width) == (0, 1)
    assert (config.adversarial_loss, config.discriminator) == ("gan", "context_encoder")
