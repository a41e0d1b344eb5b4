"""The demo: a synthesised song, separated and scored."""
