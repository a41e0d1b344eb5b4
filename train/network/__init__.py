"""The network in torch, its checkpoints, and its export to ONNX."""
