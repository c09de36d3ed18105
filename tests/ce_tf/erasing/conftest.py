"""What tests of erasing share."""

import pytest

from ce_tf.erasing.texture import synthesis
from ce_tf.erasing.texture.mixing import Shares


@pytest.fixture
def all_of_it(monkeypatch):
    """Gives the fill all that was painted; what it gets of it is tested elsewhere."""
    monkeypatch.setattr(
        synthesis,
        "share_texture",
        lambda fill, brought, hole, drawn: Shares(hole.astype("f4"), hole.astype("f4")),
    )
