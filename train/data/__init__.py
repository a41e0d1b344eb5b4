"""Data sets, and the excerpts that trainings draw from them."""
