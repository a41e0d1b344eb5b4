"""Presets and settings on disk."""
