"""Shared fixtures: networks of all three geometries with random weights, songs, and servers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from livevox.demo.song import demo_song
from livevox.dsp.stft import Audio
from livevox.media.transport import Transport
from livevox.network.model import Model, load_model
from tests import small_models
from tests.jack import JackServer
from tests.made_once import made_once
from tests.midi_peer import Peer, environment
from tests.repeats import Repeats
from tests.small_models import GEOMETRIES, random_net
from tests.transports import RATE, Open
from train.data.datasets import load
from train.data.synthetic import write_corpus
from train.data.tracks import Track
from train.network.model import Net

if TYPE_CHECKING:
    from tests.gui_harness import LiveWindow

# These networks are too small for several threads. This also holds for processes that tests start.
torch.set_num_threads(1)
os.environ["OMP_NUM_THREADS"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Repeats())


@pytest.fixture(scope="session")
def nets() -> dict[str, Net]:
    return {name: random_net(geometry) for name, geometry in GEOMETRIES.items()}


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def model_files() -> dict[str, Path]:
    return small_models.model_files()


@pytest.fixture(scope="session")
def models(model_files: dict[str, Path]) -> dict[str, Model]:
    return {name: load_model(file) for name, file in model_files.items()}


@pytest.fixture(params=GEOMETRIES)
def model(request: pytest.FixtureRequest, models: dict[str, Model]) -> Model:
    """Each of the three geometries in turn."""
    return models[request.param]


@pytest.fixture(scope="session")
def corpus_folder(shared_folder: Path) -> Path:
    """Demo songs in the layout of the open singing corpus."""
    folder = shared_folder / "corpus"
    with made_once(folder) as missing:
        if missing:
            write_corpus(folder)
    return folder


@pytest.fixture(scope="session")
def tracks(corpus_folder: Path) -> list[Track]:
    """The demo songs as training reads them."""
    return load("open", corpus_folder)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the decoded audio of :func:`tracks`."""
    return tmp_path_factory.mktemp("decoded")


@pytest.fixture
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config folder of the test's own, which does not exist yet."""
    folder = tmp_path / "config"
    monkeypatch.setenv("LIVEVOX_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Any]:
    """The window without an engine."""
    # Not every environment of the tests has Qt.
    from tests.gui_harness import window_alone

    with window_alone(tmp_path) as window:
        yield window


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWindow]:
    """The window with an engine, which all tests of a module share; each restores its state."""
    from tests.gui_harness import live_window

    with live_window(tmp_path_factory.mktemp("config"), preset="karaoke") as live:
        yield live


@pytest.fixture(scope="session")
def song() -> Audio:
    """Four seconds of the demo song, (2, samples) at 44.1 kHz, with singing."""
    whole = demo_song(8.0)
    return np.ascontiguousarray((whole.vocals + whole.accompaniment)[:, -4 * 44_100 :])


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens transports, and closes them at the end."""
    transports: list[Transport] = []

    def make(path: Path, sample_rate: int = RATE, channels: int = 2) -> Transport:
        transports.append(Transport([path], sample_rate, channels))
        return transports[-1]

    yield make
    for transport in transports:
        transport.close()


@pytest.fixture(scope="module")
def midi_server() -> Iterator[JackServer]:
    """A JACK server, which this process also uses."""
    with JackServer() as server, environment(**server.environment):
        yield server


@pytest.fixture(scope="module")
def desk(midi_server: JackServer) -> Iterator[Peer]:
    """Another MIDI program on the server, called desk."""
    with closing(Peer("desk")) as peer:
        yield peer
