"""The demo: a song made from nothing, separated and scored."""
