"""Gives a smooth fill the texture of the photo's known parts."""
