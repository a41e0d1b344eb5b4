"""A microphone whose device has another clock than the output's is heard, and no gap is silent.

The microphone is ALSA's, of a PipeWire session, which runs by the system's clock; the output is a
JACK server, whose clock is slower.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from livevox.live.mic_setup import JACK_CLIENT as MIC_CLIENT
from tests.jack import JackServer, needs_jack
from tests.live import LiveProcess, delay, noise
from tests.microphones import PLAIN_OPTIONS, RATE
from tests.pipewire import PipewireServer, needs_pipewire

# Slow: what the session loses without real-time priority is not livevox's fault.
pytestmark = [needs_jack, needs_pipewire, pytest.mark.real_time, pytest.mark.slow]

PERIOD = 1024
SLOWER_PPM = 300
PART = 16_384
BEGUN = 3 * RATE
"""What is sung from then on is recorded."""
STOPPED_SECONDS = 0.5
HEARD = 0.7
"""Correlation of what is sung and heard."""


@contextmanager
def microphone(folder: Path) -> Iterator[tuple[PipewireServer, JackServer, LiveProcess]]:
    song = folder / "silence.wav"
    soundfile.write(song, np.zeros((60 * RATE, 2)), RATE)
    arguments = ("--input", str(song), "--output", "system", "--mic", "1", "--mic-input")
    with PipewireServer(alsa=True) as card, JackServer(RATE, PERIOD, SLOWER_PPM) as server:
        # The settings are found in the folder, not where the session keeps its own.
        variables = card.environment | {"XDG_CONFIG_HOME": str(folder)}
        with LiveProcess(
            server, folder, *arguments, "pipewire", *PLAIN_OPTIONS, variables=variables
        ) as live:
            live.wait_until_running()
            live.wait(lambda line: line["mic"] is not None)
            server.wait_for_client(MIC_CLIENT)
            yield card, server, live


def dull_noise(seconds: int) -> Audio:
    """Noise without treble, which the drift within a part would blur, alike in both channels."""
    return np.repeat(noise(seconds * RATE // 20)[[0, 0]], 20, axis=1)


def heard_through(card: PipewireServer, server: JackServer, sung: Audio) -> Audio:
    """What comes from the microphone's process, (1, samples), while ``sung`` is played."""
    probe = server.probe(MIC_CLIENT, np.zeros((1, sung.shape[1] + 3 * RATE), np.float32))
    card.play(sung)
    return probe.result()


def places(heard: Audio, sung: Audio) -> list[int]:
    """How many samples later the parts of ``sung`` are heard; at least half of them are.

    Not all need be: nobody gives the session's threads real-time priority, so samples get lost on
    the way to the microphone.
    """
    starts = range(BEGUN, sung.shape[1] - PART, RATE // 2)
    found = []
    for start in starts:
        part = sung[:1, start : start + PART]
        late = delay(heard, part)
        same = heard[0, late : late + PART]
        size = np.sqrt(np.sum(part[0] ** 2) * np.sum(same**2)) + 1e-9
        if np.sum(same * part[0, : len(same)]) / size > HEARD:
            found.append(late - start)
    assert len(found) >= len(starts) / 2
    return found


def test_it_stays_in_its_place_and_what_is_lost_is_counted(tmp_path: Path) -> None:
    with microphone(tmp_path) as (card, server, live):
        sung = dull_noise(8)
        # A queue that runs empty or full again and again moves it by thousands.
        assert np.ptp(places(heard_through(card, server, sung), sung)) < 2 * PERIOD

        before = live.newest()["mic_dropouts"]
        card.send(signal.SIGSTOP)
        time.sleep(STOPPED_SECONDS)
        card.send(signal.SIGCONT)
        live.wait(lambda line: line["mic_dropouts"] > before)
        sung = dull_noise(6)
        assert places(heard_through(card, server, sung), sung)
        live.end()
