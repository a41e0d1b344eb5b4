"""The commands of `python -m train`, a module for each topic."""
