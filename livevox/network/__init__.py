"""The trained network: its timing, its ONNX file, and inference on a stream."""
