"""Themes, colours, symbols and icons."""
