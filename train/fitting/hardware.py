"""What a training runs on: processors, how they compute, and how its processes part."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import distributed


def bfloat16_is_fast() -> bool:
    """Whether this machine trains faster in bfloat16 than in float32: accelerators do, and
    processors with vectors of 512 bits (1.6 times as fast). On others bfloat16 takes eight times
    as long."""
    capability = torch.backends.cpu.get_cpu_capability()
    return torch.accelerator.is_available() or capability.startswith("AVX512")


def memory_format() -> torch.memory_format:
    """That of the network in which this machine is faster; ``channels_last`` takes a processor
    twice as long in float32."""
    return torch.channels_last if bfloat16_is_fast() else torch.contiguous_format


@dataclass
class Hardware:
    """What the training runs on, as Lightning Fabric names it."""

    devices: int = 1
    num_nodes: int = 1
    accelerator: str = "auto"
    precision: Any = field(
        default_factory=lambda: "bf16-mixed" if bfloat16_is_fast() else "32-true"
    )
    strategy: str = "auto"


def end_process_group() -> None:
    """End this process's part of the group, if there is one.

    Left to the interpreter's exit, a thread of the group that lets go of a Python object then
    aborts the process, its work done (https://github.com/pytorch/pytorch/issues/190489). No network
    may be in use any more: what averages its gradients would be the last to hold the group, and
    would wait for those threads without letting them run.
    """
    if distributed.is_available() and distributed.is_initialized():
        gc.collect()
        distributed.destroy_process_group()
