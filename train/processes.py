"""How the processes of a training part."""

from __future__ import annotations

import gc

from torch import distributed


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
