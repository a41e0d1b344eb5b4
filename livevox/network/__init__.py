"""The trained network: its timing, its ONNX file, and running it on a stream."""
