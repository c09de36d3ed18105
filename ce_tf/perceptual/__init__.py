"""What a picture looks like to a network that knows ImageNet: losses and measures."""

# What the measures are called in reports and TensorBoard.
DISTANCE = "perceptual_distance"
FRECHET = "frechet_distance"
