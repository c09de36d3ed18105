"""From a picture and its hole to the completed picture: the mask rule, the network."""
