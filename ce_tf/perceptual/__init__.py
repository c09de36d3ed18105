"""What a picture looks like to a network that knows ImageNet: a loss and a measure."""
