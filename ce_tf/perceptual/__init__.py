"""What a picture looks like to a network that knows ImageNet: a loss and a measure."""

# What the measure is called in reports and TensorBoard.
DISTANCE = "perceptual_distance"
