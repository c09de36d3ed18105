"""The page of `python -m ce_tf.app`: what the command does, in a browser."""
