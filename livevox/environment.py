"""The environment of the processes that this one starts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def added(variables: Mapping[str, str]) -> Iterator[None]:
    """This process' environment with ``variables``, which processes that start meanwhile inherit:
    multiprocessing has no other way."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
