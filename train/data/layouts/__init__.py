"""The layouts in which data sets are published, a module for each family."""
