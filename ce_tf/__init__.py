"""Erase an object from a photo: context encoders (Pathak et al. 2016) on TensorFlow."""

__version__ = "0.1.0"
