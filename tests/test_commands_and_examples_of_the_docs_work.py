"""The commands in the documentation exist, and its examples do what their text says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import typer

import livevox
from livevox.cli.app import app as livevox_app
from livevox.dsp.stft import SAMPLE_RATE, Audio
from livevox.parameters import gain
from tests.jack import JackServer, needs_jack
from tests.live import environment
from train.__main__ import app as train_app

ROOT = Path(__file__).parents[1]
HISTORY = ROOT / "docs/experiments.md"
"""A log of what was done, with shortened commands."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(page for page in sorted(ROOT.glob("docs/**/*.md")) if page != HISTORY),
]
PROGRAMS = {"livevox": livevox_app, "python -m train": train_app}
TIMEOUT = 120.0


def commands(page: Path) -> Iterator[str]:
    """What stands in the indented blocks and code spans of a page, a command each."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL).replace("\\\n", " ")
    blocks = re.findall(r"^ {4,}(.+)$", text, re.MULTILINE)
    spans = re.findall(r"`([^`]+)`", text)
    for found in blocks + spans:
        yield " ".join(found.split()).replace(".venv/bin/", "")


def of_program(program: str) -> list[Any]:
    """The commands that begin with ``program``, by the page's name."""
    return [
        pytest.param(
            shlex.split(command.removeprefix(program), comments=True), id=f"{page.stem}: {command}"
        )
        for page in PAGES
        for command in dict.fromkeys(commands(page))
        # What is no option of the program itself, as --version.
        if re.match(rf"{program} \w", command)
    ]


def check(program: str, arguments: list[str]) -> None:
    """Raise what the command line raises of a command or an option that it does not know."""
    command: Any = typer.main.get_command(PROGRAMS[program])
    context = None
    while hasattr(command, "resolve_command"):
        context = command.context_class(command, parent=context)
        _, command, arguments = command.resolve_command(context, arguments)
    # A name alone speaks of the command, not of a call.
    if arguments:
        command.make_context(command.name, arguments, parent=context)


@pytest.mark.parametrize("arguments", of_program("livevox"))
def test_a_livevox_command_has_these_options(arguments: list[str]) -> None:
    check("livevox", arguments)


@pytest.mark.parametrize("arguments", of_program("python -m train"))
def test_a_train_command_has_these_options(arguments: list[str]) -> None:
    check("python -m train", arguments)


def test_commands_are_found_and_wrong_ones_are_noticed() -> None:
    assert len(of_program("livevox")) > 40
    assert len(of_program("python -m train")) > 15
    for wrong in (["live", "--no-such-option", "x"], ["no-such-command"], ["live", "--block-size"]):
        with pytest.raises(Exception, match=r"[Nn]o such|requires an argument"):
            check("livevox", wrong)


def test_make_has_the_targets_that_are_named() -> None:
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {c.split()[1] for page in PAGES for c in commands(page) if c.startswith("make ")}
    assert named
    assert named <= targets


def examples(page: str) -> list[str]:
    """The Python programs of a page."""
    found = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert found
    return found


def run(program: str, folder: Path, *arguments: str, variables: dict[str, str]) -> str:
    """Run a program in ``folder``; what it prints."""
    script = folder / "example.py"
    script.write_text(program)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script), *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path, song: Audio) -> Path:
    """With the song in it."""
    soundfile.write(tmp_path / "song.wav", song.T, SAMPLE_RATE, subtype="FLOAT")
    return tmp_path


def read(path: Path) -> Audio:
    return np.asarray(soundfile.read(path, dtype="float32")[0].T)


def test_examples_of_python_separate_and_host(folder: Path, song: Audio) -> None:
    whole, stream, host = examples("docs/developers/python.md")
    variables = {"LIVEVOX_CONFIG_DIR": str(folder)}
    said = run(whole, folder, variables=variables)
    run(stream, folder, variables=variables)
    run(host, folder, variables=variables)
    expected = livevox.separate(song, SAMPLE_RATE)
    share = (expected.activity > 0.5).mean()
    assert said == f"somebody sings in {share:.0%} of the song\n"
    np.testing.assert_allclose(read(folder / "vocals.wav"), expected.vocals, atol=1e-4)
    heard = read(folder / "karaoke.wav")
    assert heard.shape == song.shape
    third = song.shape[1] // 3
    np.testing.assert_allclose(heard[:, :third], expected.accompaniment[:, :third], atol=1e-5)
    lowered = expected.accompaniment + np.float32(gain(-12.0)) * expected.vocals
    np.testing.assert_allclose(heard[:, -third:], lowered[:, -third:], atol=1e-5)


@needs_jack
def test_example_of_a_front_end_plays_a_song_to_its_end(folder: Path) -> None:
    (program,) = examples("docs/developers/front-end.md")
    with JackServer() as server:
        said = run(program, folder, "song.wav", variables=environment(server, folder))
    lines = [line for line in said.splitlines() if " s " in line]
    places = [float(line.split()[0]) for line in lines]
    assert places == sorted(places)
    assert places[-1] > 3.0
    assert any(line.endswith("####") for line in lines)
