"""Photos and masks between files and arrays; what of their metadata is kept."""
