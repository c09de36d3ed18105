"""What all generators share: the side of their pictures, which a file keeps."""

from typing import Any

import keras


class Generator(keras.Model):
    """A network that fills a picture's hole; the contract is `ce_tf.models`'.

    Attributes:
        size: side in pixels that it is trained at.
        multiple: its sides are multiples of that; None takes no side but `size`.
    """

    size: int
    multiple: int | None

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Builds what a `.keras` file holds, for the side that it was built with."""
        super().build_from_config(config)
        self.size = config["input_shape"]["image"][1]
