"""Is an exported file the model it came from? Both erase the same; outputs compared."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from ce_tf.baselines import mean_fill
from ce_tf.completion import masking
from ce_tf.completion.network import erase_batch
from ce_tf.completion.runtimes import Runtime
from ce_tf.errors import InputError
from ce_tf.exporting.examples import COMPARED, Examples
from ce_tf.exporting.formats import Format
from ce_tf.metrics import hole_psnr

_BATCH = 8


class ExportError(InputError):
    """An exported file does not do what the model does; it has been deleted."""


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How far a file is from the Keras model.

    Attributes:
        largest: difference in the hole, levels of 0 to 255.
        mean: of the same differences. Bytes show small ones too: of values that differ
            by a hundredth of a level, one in a hundred is rounded to another byte.
        psnr: dB in the hole, mean over the pictures.
        loss: dB by which that is below the Keras model's.
    """

    largest: int
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
            images[:_BATCH], masks[:_BATCH], None, fill_color
        )
        fake = generator({"image": masked, "mask": hole}, training=False)
        if not tf.reduce_all(tf.math.is_finite(fake)):
            raise ExportError(
                "the network itself gives NaN or infinity: its weights are broken. "
                "Nothing was exported."
            )
        self.psnr = self._psnr(self.completed)
        pairs = zip(images, masks, strict=True)
        self.mean_fill_psnr = self._psnr(np.stack([mean_fill(*pair) for pair in pairs]))

    def compare(self, format: Format, runtime: Runtime) -> Comparison:
        """Compares an exported file with the model.

        Args:
            format: whose tolerances count.
            runtime: runs the file.

        Raises:
            ExportError: it is beyond tolerance.
        """
        images, masks = self.examples.images, self.examples.masks
        try:
            pairs = zip(images, masks, strict=True)
            found = np.stack([runtime.run(*pair) for pair in pairs])
        except (RuntimeError, tf.errors.OpError) as error:
            reason = str(error).splitlines()[0]
            raise _refuse(format, f"does not run ({reason})") from None
        kept = masks[..., 0] == 0
        if (found[kept] != images[kept]).any():
            raise _refuse(format, "changes pixels outside the hole")
        if (found == images).all():
            raise _refuse(format, "gives back its input")
        difference = np.abs(found.astype(int) - self.completed)[~kept]
        largest, mean = int(difference.max()), float(difference.mean())
        if largest > format.largest or mean > format.mean:
            raise _refuse(
                format,
                f"differs from the Keras model by up to {largest} of 255, {mean:.2g} "
                f"on average (allowed: {format.largest}, {format.mean})",
            )
        psnr = self._psnr(found)
        loss = self.psnr - psnr
        if loss > format.loss:
            raise _refuse(
                format,
                f"loses {loss:.2f} dB of PSNR in the hole against the Keras model "
                f"(allowed: {format.loss})",
            )
        return Comparison(largest, mean, psnr, loss)

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
