"""Is an exported file the model it came from? Both erase the same; outputs compared."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from ce_tf.baselines import mean_fill
from ce_tf.completion import masking
from ce_tf.completion.network import erase_batch, predict_levels
from ce_tf.completion.runtimes import Backend
from ce_tf.errors import InputError
from ce_tf.exporting.examples import COMPARED, Examples
from ce_tf.exporting.formats import Format
from ce_tf.metrics import hole_psnr

# Pictures on which the network's output is compared before it is rounded.
_UNROUNDED = 16
_BATCH = 8
# Of what is compared in bytes alone: levels of 0 to 255 by which one may differ, where
# kernels round differently, and the share that may differ at all.
_MAX_LEVELS = 1
_MAX_SHARE = 0.01
# Gives a picture's unrounded levels, float [S, S, 3]; takes what a Backend takes.
Levels = Callable[[np.ndarray, np.ndarray], np.ndarray]


class ExportError(InputError):
    """An exported file does not do what the model does; it has been deleted."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How far a file is from the Keras model.

    Attributes:
        largest: difference of the network's output in the hole, in [-1, 1].
        mean: of the same differences.
        psnr: dB in the hole, mean over the pictures.
        loss: dB by which that is below the Keras model's.
    """

    largest: float
    mean: float
    psnr: float
    loss: float


class Reference:
    """What the Keras model makes of some pictures.

    Args:
        generator: the model.
        fill_color: float [3] in [-1, 1], or None for the visible pixels' mean.
        examples: the pictures; at most `COMPARED` of them are used.

    Raises:
        ExportError: the model gives numbers that are none.
    """

    def __init__(
        self,
        generator: keras.Model,
        fill_color: tf.Tensor | None,
        examples: Examples,
    ):
        self.examples = examples.part(slice(COMPARED))
        erase = tf.function(erase_batch(generator, fill_color), reduce_retracing=True)
        images, masks = self.examples.images, self.examples.masks
        self.completed = np.concatenate(
            [
                erase(*(tf.constant(part[i : i + _BATCH]) for part in (images, masks)))[
                    "image"
                ].numpy()
                for i in range(0, len(images), _BATCH)
            ]
        )
        _, hole, masked = masking.prepare_batch(
            images[:_UNROUNDED], masks[:_UNROUNDED], None, fill_color
        )
        self.levels = predict_levels(generator, masked, hole).numpy()
        if not np.isfinite(self.levels).all():
            raise ExportError(
                "the network itself gives NaN or infinity: its weights are broken. "
                "Nothing was exported."
            )
        self.psnr = self._psnr(self.completed)
        self.mean_fill_psnr = self._psnr(
            [mean_fill(*pair) for pair in zip(images, masks, strict=True)]
        )

    def compare(
        self, format: Format, run: Backend, levels: Levels | None = None
    ) -> Comparison:
        """Compares an exported file with the model.

        Args:
            format: whose tolerances count.
            run: gives the file's output for one picture.
            levels: gives the same before it is rounded; without it the rounded output
                has to be that of the model, but for rare single levels.

        Raises:
            ExportError: it is beyond tolerance.
        """
        images, masks = self.examples.images, self.examples.masks
        try:
            found = np.stack([run(*pair) for pair in zip(images, masks, strict=True)])
        except (RuntimeError, tf.errors.OpError) as error:
            reason = str(error).splitlines()[0]
            raise _refuse(format, f"does not run ({reason})") from None
        kept = masks[..., 0] == 0
        if (found[kept] != images[kept]).any():
            raise _refuse(format, "changes pixels outside the hole")
        if (found == images).all():
            raise _refuse(format, "gives back its input")
        if levels is None:
            difference = np.abs(found.astype(int) - self.completed) / 127.5
            self._check_bytes(format, difference)
        else:
            difference = self._compare_levels(format, levels)
        psnr = self._psnr(found)
        loss = self.psnr - psnr
        if loss > format.loss:
            raise _refuse(
                format,
                f"loses {loss:.2f} dB of PSNR in the hole against the Keras model "
                f"(allowed: {format.loss})",
            )
        return Comparison(float(difference.max()), float(difference.mean()), psnr, loss)

    def _compare_levels(self, format: Format, levels: Levels) -> np.ndarray:
        pairs = zip(self.examples.images, self.examples.masks, strict=True)
        found = np.stack([levels(*pair) for pair, _ in zip(pairs, self.levels)])  # noqa: B905
        if not np.isfinite(found).all():
            raise _refuse(format, "gives NaN or infinity")
        # In the hole: outside it the picture's own pixels are given, and what the
        # network says there is nowhere trained and may be any number.
        hole = self.examples.masks[: len(found), ..., 0] != 0
        difference = np.abs(found - self.levels)[hole] / 127.5
        allowed = format.difference
        if allowed is not None and difference.max() > allowed:
            raise _refuse(
                format,
                f"differs from the Keras model by up to {difference.max():.2g} in "
                f"[-1, 1] (allowed: {allowed})",
            )
        return difference

    def _check_bytes(self, format: Format, difference: np.ndarray) -> None:
        largest, share = difference.max() * 127.5, (difference > 0).mean()
        if largest > _MAX_LEVELS + 1e-6 or share > _MAX_SHARE:
            raise _refuse(
                format,
                f"differs from the Keras model by up to {largest:.0f} of 255, in "
                f"{share:.2%} of the values (allowed: {_MAX_LEVELS}, {_MAX_SHARE:.0%})",
            )

    def _psnr(self, completed: np.ndarray) -> float:
        rows = zip(
            self.examples.images, completed, self.examples.masks[..., 0], strict=True
        )
        return float(np.mean([hole_psnr(*row) for row in rows]))


def _refuse(format: Format, what: str) -> ExportError:
    return ExportError(
        f"{format.file} {what}. It was deleted, and nothing was exported; leave "
        f"{format.name} out of --formats to export the others."
    )
