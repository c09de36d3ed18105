"""From a trained generator to the files that servers and phones load."""
