"""Erases from a photo of any size: regions, windows, fill, seam."""
