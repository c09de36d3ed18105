"""One step, what it changes, the loop round it, and what a run keeps."""
