"""A build as jobs: planned, run by workers, gathered."""
