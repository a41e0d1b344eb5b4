"""The trained network: its timing, its ONNX file, and inference on a stream."""

import os

# Before onnxruntime is imported, which happens below this package only: from version 1.32 on it
# writes an identifier and a database under the home folder, and asks the network for a host.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
