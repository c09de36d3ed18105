"""The host half of the input: shards to shuffled batches of uint8."""
