"""`model_card.json`: what a model is, where it comes from, what it is worth."""

import dataclasses
import json
import platform
from typing import Any

import ai_edge_litert
import keras
import tensorflow as tf

import ce_tf
from ce_tf.training.weights import Trained

_HOLE_RULE = "mask: 0 is kept, any other value is hole, to be filled"


def make_card(
    trained: Trained,
    size: int,
    data_hash: str,
    metrics: dict[str, Any],
    license: str,
) -> dict[str, Any]:
    """The model card.

    Args:
        trained: the generator, with the settings that made it.
        size: side of the exported network's pictures, in pixels.
        data_hash: sha256 of the shards it was trained on.
        metrics: what it is worth, measured at export.
        license: of the weights.
    """
    return {
        "schema": 1,
        "name": f"{trained.config.model} eraser",
        "trained": trained.description,
        "license": license,
        "size": size,
        "hole_rule": _HOLE_RULE,
        "parameters": trained.generator.count_params(),
        "config": dataclasses.asdict(trained.config),
        "data_manifest_sha256": data_hash,
        "mean_color": list(trained.mean_color),
        "metrics": metrics,
        "versions": {
            "ce_tf": ce_tf.__version__,
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "ai_edge_litert": ai_edge_litert.__version__,
        },
    }


def card_bytes(card: dict[str, Any]) -> bytes:
    """The file's bytes."""
    return (json.dumps(card, indent=1) + "\n").encode()
