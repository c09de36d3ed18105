"""Where silhouettes come from, and how holes are drawn of them."""
