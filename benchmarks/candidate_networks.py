"""Other shapes of our generators, each with one thing changed."""

import keras
from keras import KerasTensor, ops

from ce_tf.models import Compact, Painter
from ce_tf.models.normalization import batch_normalization
from ce_tf.models.residual import NormalizedConv2D, ResidualBlock


class Unfilled(keras.layers.Layer):
    """The picture as it comes, its hole of one colour."""

    def call(self, image: KerasTensor, mask: KerasTensor) -> KerasTensor:
        return image


class OneColor(Compact):
    """Starts from the mean of the visible pixels."""

    def make_smooth(self) -> keras.layers.Layer:
        return Unfilled()


class SeparableBlock(keras.layers.Layer):
    """5x5 depthwise, then three times as many filters and back, as MI-GAN's."""

    def __init__(self, filters: int, **kwargs):
        super().__init__(**kwargs)
        self.depthwise = keras.layers.DepthwiseConv2D(5, padding="same", use_bias=False)
        self.norm = batch_normalization("norm")
        self.expand = NormalizedConv2D(3 * filters, 1, name="expand")
        self.project = NormalizedConv2D(
            filters, 1, activate=False, gamma="zeros", name="project"
        )

    def build(self, shape: tuple) -> None:
        self.depthwise.build(shape)
        self.norm.build(shape)
        self.expand.build(shape)
        self.project.build((*shape[:3], 3 * shape[3]))
        super().build(shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = self.norm(self.depthwise(inputs), training=training)
        x = self.expand(x, training=training)
        return inputs + self.project(x, training=training)


class Separable(Compact):
    """Depthwise blocks, twice as many."""

    down = (0, 0, 1, 1, 0)
    up = (0, 2, 2, 2, 2)

    def make_block(self, filters: int, name: str) -> keras.layers.Layer:
        return SeparableBlock(filters, name=name)


class GatedBlock(ResidualBlock):
    """Its first convolution gated by another (Yu et al. 2019, arXiv 1806.03589)."""

    def __init__(self, filters: int, **kwargs):
        super().__init__(filters, **kwargs)
        self.gate = keras.layers.Conv2D(
            filters, 3, padding="same", activation="sigmoid"
        )

    def build(self, shape: tuple) -> None:
        self.gate.build(shape)
        super().build(shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = self.conv1(inputs, training=training) * self.gate(inputs)
        return ops.relu(inputs + self.conv2(x, training=training))


class Gated(Compact):
    """Gated convolutions in the blocks."""

    def make_block(self, filters: int, name: str) -> keras.layers.Layer:
        return GatedBlock(filters, name=name)


class ExcitedBlock(ResidualBlock):
    """Its filters weighed by their means (Hu et al. 2018, arXiv 1709.01507)."""

    def __init__(self, filters: int, **kwargs):
        super().__init__(filters, **kwargs)
        self.squeeze = keras.layers.Dense(max(8, filters // 4), activation="relu")
        self.excite = keras.layers.Dense(filters, activation="sigmoid")

    def build(self, shape: tuple) -> None:
        self.squeeze.build((shape[0], 1, 1, self.filters))
        self.excite.build((shape[0], 1, 1, self.squeeze.units))
        super().build(shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = self.conv1(inputs, training=training)
        x = self.conv2(x, training=training)
        mean = ops.mean(x, (1, 2), keepdims=True)
        return ops.relu(inputs + x * self.excite(self.squeeze(mean)))


class Excited(Compact):
    """Squeeze and excitation in the blocks."""

    def make_block(self, filters: int, name: str) -> keras.layers.Layer:
        return ExcitedBlock(filters, name=name)


class MixedBlock(ResidualBlock):
    """And each filter mixed over a 7x7 place of its own map, then over filters.

    The paper's channel-wise fully-connected layer and its convolution (arXiv
    1604.07379, section 3.1), cut to a size that any picture has.
    """

    def __init__(self, filters: int, **kwargs):
        super().__init__(filters, **kwargs)
        self.mix = keras.layers.DepthwiseConv2D(7, padding="same")
        self.across = NormalizedConv2D(
            filters, 1, activate=False, gamma="zeros", name="across"
        )

    def build(self, shape: tuple) -> None:
        self.mix.build(shape)
        self.across.build(shape)
        super().build(shape)

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        x = super().call(inputs, training=training)
        return ops.relu(x + self.across(self.mix(x), training=training))


class Mixed(Compact):
    """Channel-wise mixing at the smallest size."""

    def make_block(self, filters: int, name: str) -> keras.layers.Layer:
        smallest = filters == round(self.widths[-1] * self.width)
        return (MixedBlock if smallest else ResidualBlock)(filters, name=name)


class DilatedBlock(ResidualBlock):
    """Its first convolution dilated (Iizuka et al. 2017, section 3.2)."""

    def __init__(self, filters: int, dilation: int, **kwargs):
        super().__init__(filters, **kwargs)
        self.conv1.convolution.dilation_rate = (dilation, dilation)


class Dilated(Compact):
    """Context by dilation at 1/8 of the side in place of 1/16 and 1/32."""

    widths = (16, 32, 96)
    down = (0, 0, 0)
    up = (0, 1, 4)

    def make_block(self, filters: int, name: str) -> keras.layers.Layer:
        if not name.startswith("up3"):
            return ResidualBlock(filters, name=name)
        return DilatedBlock(filters, 2 ** int(name[-1]), name=name)


class Deep(Compact):
    """More blocks, most of them at 1/8 and 1/16 of the side."""

    widths = (24, 48, 96, 160, 224)
    down = (0, 0, 1, 1, 1)
    up = (0, 1, 2, 2, 2)


# By the name in the table: the class and `--width`.
CANDIDATES = {
    "compact": (Compact, 1.0),
    "half as wide": (Compact, 0.5),
    "1.5 times as wide": (Compact, 1.5),
    "deep": (Deep, 1.0),
    "from one colour": (OneColor, 1.0),
    "separable": (Separable, 1.0),
    "gated": (Gated, 1.0),
    "squeeze-excite": (Excited, 1.0),
    "channel-wise mixing": (Mixed, 1.0),
    "dilated": (Dilated, 1.0),
}


class Unattended(keras.layers.Layer):
    """Takes nothing from what is known."""

    def call(self, x: KerasTensor, known: KerasTensor) -> KerasTensor:
        return x


class WithoutAttention(Painter):
    """Sees the whole picture through frequencies alone."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.attention = Unattended()


class WithoutFourier(Painter):
    """Sees the whole picture through attention alone."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fourier_blocks = []


class WithoutBoth(WithoutAttention, WithoutFourier):
    """Sees the whole picture at 1/32 of the side, as the compact generator does."""


class DilatedPainter(Painter):
    """Large dilations at 1/16 of the side in place of frequencies."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fourier_blocks = [
            DilatedBlock(block.filters, dilation)
            for block, dilation in zip(self.fourier_blocks, (4, 8), strict=True)
        ]


# What reaches across the picture, by the name in the table of `reach.py`.
REACHING = {
    "painter": Painter,
    "without attention": WithoutAttention,
    "without Fourier": WithoutFourier,
    "dilated for Fourier": DilatedPainter,
    "without both": WithoutBoth,
    "compact": Compact,
}
