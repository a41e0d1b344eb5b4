"""Hardware of a training: devices, precision, memory format, and the end of its process group."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import distributed


def bfloat16_is_fast() -> bool:
    """Whether this machine trains faster in bfloat16 than in float32. Accelerators do, and CPUs
    with AVX-512 (1.6 times as fast); on other CPUs bfloat16 takes eight times as long."""
    capability = torch.backends.cpu.get_cpu_capability()
    return torch.accelerator.is_available() or capability.startswith("AVX512")


def memory_format() -> torch.memory_format:
    """The network's memory format that is faster on this machine; on CPUs ``channels_last`` takes
    twice as long in float32."""
    return torch.channels_last if bfloat16_is_fast() else torch.contiguous_format


@dataclass
class Hardware:
    """The hardware of a training, in Lightning Fabric's terms."""

    devices: int = 1
    num_nodes: int = 1
    accelerator: str = "auto"
    precision: Any = field(
        default_factory=lambda: "bf16-mixed" if bfloat16_is_fast() else "32-true"
    )
    strategy: str = "auto"


def end_process_group() -> None:
    """End this process's part of the group, if there is one.

    If it is left to the interpreter's exit, a thread of the group that releases a Python object
    aborts the process (https://github.com/pytorch/pytorch/issues/190489). Delete the network first:
    its gradient averaging holds the group, and as the last owner would deadlock with those threads.
    """
    if distributed.is_available() and distributed.is_initialized():
        gc.collect()
        distributed.destroy_process_group()
