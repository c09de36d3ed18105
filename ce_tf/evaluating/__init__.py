"""How good fills are: what is measured, on what, and the report."""
