"""Game packages become a data set without singing, with the real apt on a local repository."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import SAMPLE_RATE
from train.data.datasets import load
from train.data.game_music import SECONDS, Piece, gather, pieces

RATE = 22_050
LOOP = "usr/share/games/tetris/loop.flac"
ARCHIVE = "usr/share/games/tetris/data.zip"
LONG = f"{ARCHIVE}!music/long.flac"

debian = pytest.mark.skipif(
    shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None, reason="no Debian"
)


def piece(member: str, package: str = "tetris-music") -> Piece:
    return Piece(package, member, "train", "CC0-1.0", "Nobody")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package tetris-music for apt-get: ten seconds of stereo, and in an archive 125 s of mono
    whose first and last ten seconds are silent."""
    root = tmp_path / "root"
    (root / "usr/share/games/tetris").mkdir(parents=True)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (10 * RATE, 2)).astype(np.float32)
    soundfile.write(root / LOOP, noise, RATE)
    long = np.zeros((SECONDS + 20) * RATE, np.float32)
    long[10 * RATE : -10 * RATE] = 0.25
    soundfile.write(tmp_path / "long.flac", long, RATE)
    with zipfile.ZipFile(root / ARCHIVE, "w") as archive:
        archive.write(tmp_path / "long.flac", "music/long.flac")
    control = root / "DEBIAN" / "control"
    control.parent.mkdir()
    facts = "Package: tetris-music\nVersion: 1\nArchitecture: all\nMaintainer: Nobody <n@o.body>\n"
    control.write_text(f"{facts}Description: music\n")
    shelf = tmp_path / "repository"
    shelf.mkdir()
    deb = shelf / "tetris-music_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", root, deb], check=True, capture_output=True)
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    entry = f"{facts}Filename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n"
    (shelf / "Packages").write_text(entry)

    apt = tmp_path / "apt"
    for folder in ("state/lists/partial", "cache/archives/partial", "etc"):
        (apt / folder).mkdir(parents=True)
    (apt / "etc/sources.list").write_text(f"deb [trusted=yes] file:{shelf} ./\n")
    (apt / "status").touch()
    settings = {
        "Dir::State": apt / "state",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "Dir::Etc::sourcelist": apt / "etc/sources.list",
        "Dir::Etc::sourceparts": "-",
    }
    (apt / "apt.conf").write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    monkeypatch.setenv("APT_CONFIG", str(apt / "apt.conf"))
    subprocess.run(["apt-get", "update"], check=True, capture_output=True)


@debian
@pytest.mark.usefixtures("repository")
def test_the_middle_of_every_piece_is_an_instrumental_of_the_data_set(tmp_path: Path) -> None:
    output = tmp_path / "music"
    reasons: list[str | None] = []
    gather([piece(LOOP), piece(LONG)], output, lambda _, reason: reasons.append(reason))
    assert reasons == [None, None]
    loop, long = load("open", output)
    assert {loop.kind, long.kind} == {"instrumental"}
    assert loop.free
    for track, seconds in ((loop, 10), (long, SECONDS)):
        audio, rate = soundfile.read(track.mixture.parts[0].path)
        assert (audio.ndim, rate) == (1, SAMPLE_RATE)
        assert len(audio) == pytest.approx(seconds * SAMPLE_RATE, abs=1)
    assert np.abs(audio[SAMPLE_RATE:-SAMPLE_RATE] - 0.25).max() < 0.01, "cut from the middle"


@debian
@pytest.mark.usefixtures("repository")
def test_finished_files_stay_and_missing_ones_are_reported(tmp_path: Path) -> None:
    output = tmp_path / "music"
    gather([piece(LOOP)], output, lambda *_: None)
    before = (output / piece(LOOP).path).stat().st_mtime_ns
    wanted = [piece(LOOP), piece("usr/none.ogg"), piece(f"{ARCHIVE}!no.ogg"), piece(LOOP, "pong")]
    reasons: dict[str, str | None] = {}
    gather(wanted, output, lambda path, reason: reasons.update({path: reason}))
    assert (output / piece(LOOP).path).stat().st_mtime_ns == before
    kept, no_file, not_inside, no_package = reasons.values()
    assert kept is None
    assert "none.ogg does not exist" in str(no_file)
    assert not_inside == f"this version of tetris-music has no {ARCHIVE}!no.ogg"
    assert "can't download package pong: E: Unable to locate package pong" in str(no_package)
    assert len(load("open", output)) == 1


def test_the_table_names_every_piece_once_with_its_licence_and_credit() -> None:
    table = pieces()
    paths = {p.path for p in table}
    assert len(paths) == len(table) > 400
    assert {p.split for p in table} == {"train", "valid"}
    for package in {p.package for p in table}:
        assert len({p.split for p in table if p.package == package}) == 1, "no game in two splits"
    assert all(re.fullmatch(r"CC-BY-SA-3\.0|GPL-[23]\.0-or-later", p.licence) for p in table)
    assert all(p.credit for p in table)
