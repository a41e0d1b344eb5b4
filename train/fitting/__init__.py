"""Training: the loop, losses, optimiser, validation and progress."""
