"""Training: the loop, losses, optimiser, validation, and what is shown meanwhile."""
