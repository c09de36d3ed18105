"""What lies in a folder of shards, and its format, written without TensorFlow."""
