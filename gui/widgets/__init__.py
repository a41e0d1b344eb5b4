"""Widgets for pages and bars."""
