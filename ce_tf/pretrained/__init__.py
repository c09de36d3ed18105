"""Weights that ship with the package, and how they are found, checked and packed."""
