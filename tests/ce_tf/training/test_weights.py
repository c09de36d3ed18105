import numpy as np
import pytest

from ce_tf.errors import InputError
from ce_tf.training.fine_tuning import load_initial_weights
from ce_tf.training.state import make_generator, make_state
from ce_tf.training.weights import load_generator, save_model
from tests.ce_tf.training.states import restored


def weights(model) -> list[np.ndarray]:
    return [weight.numpy() for weight in model.weights]


def same(first, second) -> bool:
    return all(
        (a == b).all() for a, b in zip(weights(first), weights(second), strict=True)
    )


def test_a_run_gives_its_averaged_weights(trained_run, make_config):
    trained = load_generator(trained_run)
    state = restored(trained_run, make_config(trained_run))
    assert same(trained.generator, state.averaged_generator)
    assert not same(trained.generator, state.generator)
    assert trained.step == 4
    assert trained.description == "context_encoder, step 4, averaged weights"
    assert trained.fill_color is None


@pytest.mark.parametrize("half", [False, True])
def test_a_weights_file_round_trips(trained_run, tmp_path, half):
    trained = load_generator(trained_run)
    path = tmp_path / "small.keras"
    save_model(path, trained, half=half)
    again = load_generator(path)
    for a, b in zip(weights(trained.generator), weights(again.generator), strict=True):
        assert b.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=1e-3 if half else 0, atol=1e-6)
    assert (again.step, again.description) == (4, trained.description)
    assert again.mean_color == trained.mean_color
    size = trained.generator.count_params() * (2 if half else 4)
    assert path.stat().st_size < size + 100_000
    # Keras itself reads it too.
    plain = make_generator(again.config)
    plain.load_weights(path)
    assert same(plain, again.generator)


def test_an_export_holds_the_weights(trained_run, export_of):
    path = export_of("float32").with_name("generator.keras")
    trained, again = load_generator(trained_run), load_generator(path)
    assert same(trained.generator, again.generator)


@pytest.mark.parametrize("name", ["gone.weights.h5", "text.weights.h5", "folder"])
def test_what_holds_no_weights_is_refused(tmp_path, name):
    (tmp_path / "text.weights.h5").write_text("no weights")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=name):
        load_generator(tmp_path / name)


def test_a_new_run_starts_from_a_run(trained_run, make_config, tmp_path):
    config = make_config(tmp_path, init_from=str(trained_run))
    state = make_state(config)
    words = load_initial_weights(state, config)
    assert words.endswith("and its discriminator")
    old = restored(trained_run, make_config(trained_run))
    for model in (state.generator, state.averaged_generator):
        assert same(model, old.averaged_generator)
    for model in (state.discriminator, state.averaged_discriminator):
        assert same(model, old.averaged_discriminator)
    assert int(state.step) == 0
    assert int(state.generator_optimizer.iterations) == 0


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_new_run_starts_from_an_export(export_of, make_config, tmp_path, what):
    path = export_of("float32").with_name("generator.keras")
    named = path if what == "file" else path.parent
    config = make_config(tmp_path, init_from=str(named))
    state = make_state(config)
    first = weights(state.discriminator)
    assert "discriminator" not in load_initial_weights(state, config)
    assert same(state.generator, load_generator(path).generator)
    for a, b in zip(first, weights(state.discriminator), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "change", [{"discriminator": "patch"}, {"discriminator_width": 1 / 8}]
)
def test_a_discriminator_of_another_kind_is_left_alone(
    trained_run, make_config, tmp_path, change
):
    config = make_config(tmp_path, init_from=str(trained_run), **change)
    words = load_initial_weights(make_state(config), config)
    assert "discriminator" not in words


def test_weights_of_another_network_are_refused(trained_run, make_config, tmp_path):
    config = make_config(tmp_path, init_from=str(trained_run), width=1 / 8)
    with pytest.raises(InputError, match=r"--width=0\.0625, not 0\.125"):
        load_initial_weights(make_state(config), config)
