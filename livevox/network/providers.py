"""onnxruntime's execution providers: what runs a network, such as the CPU or CUDA."""

from __future__ import annotations

import io
from contextlib import redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Literal

import onnxruntime

from livevox.errors import LivevoxError

Provider = Literal["auto", "cuda", "tensorrt", "directml", "coreml", "openvino", "cpu"]
PROVIDERS: dict[str, str] = {
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""onnxruntime's names."""
MEMORIES = {
    "CUDAExecutionProvider": "cuda",
    "TensorrtExecutionProvider": "cuda",
    "DmlExecutionProvider": "dml",
}
"""onnxruntime's names of the memory of those that have some of their own."""
SLOW_TO_START = {"tensorrt"}
"""It compiles a network for minutes: used only where it is asked for."""


class ProviderError(LivevoxError):
    """A provider that onnxruntime has, and that does not work here."""

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(
            f"the provider {provider} does not work here ({reason}): install what it needs, see "
            "docs/guide/install.md, or give --provider cpu"
        )


def available() -> list[str]:
    """The providers that this onnxruntime has; whether they work here is not known yet."""
    there = onnxruntime.get_available_providers()
    return [name for name, full in PROVIDERS.items() if full in there]


def check_available(provider: str) -> None:
    """Raise LivevoxError if this onnxruntime does not have the provider."""
    if provider not in available():
        names = ", ".join(available())
        raise LivevoxError(f"provider '{provider}' is not on this machine: choose auto, {names}")


def load_libraries(provider: str) -> None:
    """Load what the provider needs from its packages, where they are installed."""
    if provider in ("cuda", "tensorrt") and hasattr(onnxruntime, "preload_dlls"):
        # It prints what is missing, as the session does later.
        with redirect_stdout(io.StringIO()), suppress(OSError):
            onnxruntime.preload_dlls()


@cache
def fingerprint() -> str:
    """What decides how fast the providers are, but for the network: onnxruntime, the devices and,
    where they can be found, the versions of their drivers."""
    parts = [onnxruntime.__version__, *available()]
    with suppress(OSError):
        names = Path("/proc/cpuinfo").read_text().splitlines()
        parts += [line for line in names if line.startswith("model name")][:1]
    with suppress(OSError):
        parts += Path("/proc/driver/nvidia/version").read_text().splitlines()[:1]
    for device in onnxruntime.get_ep_devices() if hasattr(onnxruntime, "get_ep_devices") else ():
        hardware = device.device
        parts += [device.ep_name, str(hardware.device_id)]
        parts += [f"{key}={value}" for key, value in sorted(device.ep_metadata.items())]
    return "; ".join(parts)
