"""A signal sent through another process loses nothing: the basis of all tests of live audio."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from livevox.dsp.stft import Audio
from tests.jack import SHARED_MEMORY, JackServer, needs_jack

pytestmark = needs_jack

COPIER = """
import sys, sounddevice
def copy(inputs, outputs, frames, time, status):
    outputs[:] = inputs
with sounddevice.Stream(device="system", channels=2, dtype="float32", callback=copy):
    sys.stdin.read()
"""


@contextmanager
def copier(server: JackServer) -> Iterator[None]:
    """Another process that copies its two inputs to its two outputs."""
    process = subprocess.Popen(
        [sys.executable, "-c", COPIER], stdin=subprocess.PIPE, env=os.environ | server.environment
    )
    try:
        server.wait_for_client("PortAudio")
        yield
    finally:
        process.communicate()


def noise(samples: int) -> Audio:
    return np.random.default_rng(1).standard_normal((2, samples)).astype(np.float32)


@pytest.mark.real_time
@pytest.mark.parametrize(("rate", "period"), [(44_100, 256), (48_000, 128)])
def test_a_copy_is_the_signal_one_period_later(rate: int, period: int) -> None:
    played = noise(rate // 2 + 77)
    with JackServer(rate, period) as server, copier(server):
        returned = server.probe("PortAudio", played).result()
    assert np.array_equal(returned[:, period:], played[:, :-period])
    assert not returned[:, :period].any()


def test_a_server_that_dies_leaves_nothing_and_comes_back() -> None:
    with JackServer() as server:
        server.kill()
        assert server.ports() == []
        assert not list(SHARED_MEMORY.glob(f"*{server.name}*"))
        server.restart()
        assert "system:playback_2" in server.ports()
    assert server.ports() == []
    assert not list(SHARED_MEMORY.glob(f"*{server.name}*"))


def test_a_probe_whose_server_dies_says_so() -> None:
    with JackServer() as server:
        probe = server.probe("system", noise(10 * server.rate))
        server.wait_for_client("PortAudio")
        server.kill()
        with pytest.raises(RuntimeError, match="the probe failed"):
            probe.result()
