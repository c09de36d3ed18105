"""A run that looks through a classifier, at a size of its own."""

from pathlib import Path

import pytest
import tensorflow as tf

from ce_tf.errors import InputError
from ce_tf.training.checkpoints import find_checkpoint
from ce_tf.training.run import train
from ce_tf.training.state import make_state, picture_size
from ce_tf.training.weights import load_generator, save_model
from tests.ce_tf.training.states import restored
from tests.fakes import hide_packages, write_photos
from tfrecords_builder.building import build
from tfrecords_builder.config import BuildConfig

SETTINGS = {
    "model": "compact",
    "size": 64,
    "discriminator": "projected",
    "adversarial_loss": "hinge",
    "adversarial_weight": 1.0,
    "perceptual_weight": 2.0,
    "style_weight": 1.0,
    "feature_size": 32,
    "best_by": "perceptual",
    "validate_every": 2,
}


@pytest.fixture(scope="module")
def config(make_config, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    photos = write_photos(folder / "photos", 12, 70, 80)
    settings = BuildConfig(
        images=(str(photos),),
        out=str(folder / "shards"),
        size=66,
        mask_size=64,
        num_masks=20,
        val_share=0.3,
        min_shards=1,
    )
    build(settings)
    return make_config(folder / "run", data=settings.out, **SETTINGS)


@pytest.fixture(scope="module")
def run(config) -> Path:
    train(config)
    return Path(config.workdir)


def test_the_best_checkpoint_has_the_least_distance(run, config):
    measured = {}
    for path in (run / "logs").glob("events*"):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            event = tf.compat.v1.Event.FromString(record)
            for value in event.summary.value:
                if value.tag == "validation/perceptual_distance":
                    measured[event.step] = float(tf.make_ndarray(value.tensor))
    assert list(measured) == [2, 4]
    best = min(measured, key=measured.get)
    assert find_checkpoint(run / "checkpoints", "best").endswith(f"step-{best}")
    assert float(restored(run, config).best) == pytest.approx(-measured[best])


def test_checkpoints_hold_the_projections_and_nothing_of_what_sees(run, config):
    state = restored(run, config)
    saved = tf.train.list_variables(find_checkpoint(run / "checkpoints"))
    counts = [name for name, _ in saved if name.startswith("discriminator/")]
    assert len(counts) == len(state.discriminator.variables)
    assert not [name for name, _ in saved if "features" in name]


def test_the_result_is_of_the_size_that_it_was_trained_at(run, tmp_path):
    trained = load_generator(run)
    assert trained.generator.size == 64
    save_model(tmp_path / "net.keras", trained)
    assert load_generator(tmp_path / "net.keras").generator.size == 64


def test_a_size_that_does_not_fit_is_refused(make_config, tmp_path):
    wrong = make_config(tmp_path, model="compact", size=100)
    with pytest.raises(
        InputError, match=r"--size=100: --model=compact.*multiples of 32"
    ):
        picture_size(wrong)
    with pytest.raises(InputError, match="judges pictures of 128 alone, not of --size"):
        make_state(make_config(tmp_path, model="compact", size=256))
    with pytest.raises(InputError, match="judges pictures of 128 alone, not of --feat"):
        make_state(make_config(tmp_path, perceptual_weight=1.0, feature_size=64))
    with pytest.raises(InputError, match=r"--feature_size=160 is more than .* 128"):
        train(make_config(tmp_path, perceptual_weight=1.0, feature_size=160))
    with pytest.raises(InputError, match="takes 128 alone"):
        train(make_config(tmp_path, size=256))
    with pytest.raises(InputError, match="--mask_size=64"):
        train(make_config(tmp_path, **SETTINGS))


def test_what_is_missing_is_said_before_the_first_step(config, monkeypatch, tmp_path):
    hide_packages(monkeypatch, "efficientnet")
    with pytest.raises(InputError, match=r"ce_tf\[perceptual\]"):
        train(config)


def test_the_patch_discriminator_judges_any_size(make_config, tmp_path):
    patch = {"model": "compact", "size": 64, "discriminator": "patch"}
    judge = make_state(make_config(tmp_path, **patch)).discriminator
    shown = {"image": tf.ones([1, 64, 64, 3]), "mask": tf.ones([1, 64, 64, 1])}
    assert judge(shown).shape == (1, 8, 8, 1)
