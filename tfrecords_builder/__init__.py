"""Packs photos and holes into TFRecord shards: `python -m tfrecords_builder`."""
