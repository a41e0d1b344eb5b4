"""What `livevox bench` measures with PyTorch: other separators, and the training."""
