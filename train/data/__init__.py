"""Data sets and training excerpts."""
