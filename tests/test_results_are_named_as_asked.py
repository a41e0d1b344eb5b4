"""Folders, patterns and templates lead to one file a stem, none of it written over another."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
import soundfile

from livevox.cli.inputs import music_files
from livevox.cli.reporter import Reporter
from livevox.errors import LivevoxError
from livevox.media.names import Existing, Names
from tests.audio_files import RATE, sound, write
from tests.commands import assert_refused, livevox


def tagged(path: Path, **tags: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, av.open(file, "w", format="flac") as container:
        container.metadata.update(tags)
        stream = container.add_stream("flac", rate=8000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=800)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def names(
    folder: Path, template: str, existing: Existing = Existing.overwrite, *inputs: Path
) -> Names:
    return Names(template, folder, ["vocals", "accompaniment"], ".wav", existing, inputs)


def below(folder: Path, targets: list[Path] | None) -> list[str]:
    return [str(target.relative_to(folder)) for target in targets or []]


def test_templates_take_tags_and_make_them_safe(tmp_path: Path) -> None:
    path = tagged(tmp_path / "in.flac", title="Who? / What: <1>", artist="AC/DC", track="3/12")
    found = names(tmp_path, "{artist}/{track} {title} ({stem})").of(path)
    assert below(tmp_path, found) == [
        f"AC_DC/03 Who_ _ What_ _1_ ({stem}).wav" for stem in ("vocals", "accompaniment")
    ]


@pytest.mark.parametrize("evil", ["..", ".", "  ", "CON", "a.", "/etc/x", "x" * 500, "a\nb"])
def test_no_tag_leads_out_of_the_folder(evil: str, tmp_path: Path) -> None:
    path = tagged(tmp_path / "in.flac", title=evil, artist=evil)
    output = tmp_path / "out"
    for target in names(output, "{artist}/{title}/{stem}").of(path) or []:
        assert target.resolve().is_relative_to(output.resolve())
        assert len(target.relative_to(output).parts) == 3
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()


def test_files_without_tags_have_names_all_the_same(tmp_path: Path) -> None:
    path = tagged(tmp_path / "song.flac")
    found = names(tmp_path, "{artist}/{album}/{track} {title} ({stem})").of(path)
    assert below(tmp_path, found)[0] == "unknown artist/unknown album/00 song (vocals).wav"


@pytest.mark.parametrize("bad", ["{singer}/{stem}", "{title", "{stem!r}", "", "..", "{}", "{name}"])
def test_bad_templates_are_refused_at_once(bad: str, tmp_path: Path) -> None:
    with pytest.raises(LivevoxError, match="--name has"):
        names(tmp_path, bad)


def test_inputs_of_one_name_are_numbered_together(tmp_path: Path) -> None:
    inputs = [tmp_path / disc / "Intro.wav" for disc in ("1", "2", "3")]
    namer = names(tmp_path, "{name} ({stem})", Existing.overwrite, *inputs)
    found = [below(tmp_path, namer.of(path)) for path in inputs]
    assert [first for first, _ in found] == [
        "Intro (vocals).wav",
        "Intro (vocals) (2).wav",
        "Intro (vocals) (3).wav",
    ]


def test_existing_results_are_kept_or_not_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    plain = names(tmp_path, "{name}/{stem}").of(path)
    assert plain
    assert names(tmp_path, "{name}/{stem}", Existing.skip).of(path) == plain
    for target in plain:
        target.parent.mkdir(exist_ok=True)
        target.touch()
    assert names(tmp_path, "{name}/{stem}").of(path) == plain
    assert names(tmp_path, "{name}/{stem}", Existing.skip).of(path) is None
    found = names(tmp_path, "{name}/{stem}", Existing.number).of(path)
    assert below(tmp_path, found) == ["song/vocals (2).wav", "song/accompaniment (2).wav"]


def test_an_input_is_never_written_over(tmp_path: Path) -> None:
    inputs = [tmp_path / "a.wav", tmp_path / "a" / "vocals.wav"]
    with pytest.raises(LivevoxError, match="would be written over"):
        names(tmp_path, "{name}/{stem}", Existing.overwrite, *inputs).of(inputs[0])


def test_folders_and_patterns_are_all_music_once_and_no_results(tmp_path: Path) -> None:
    wanted = ["a.mp3", "b.FLAC", "deep/er/c.ogg", "deep/d.wav", "e[1].wav"]
    for name in [*wanted, ".hidden.mp3", "cover.jpg", ".trash/x.mp3", "separated/a/vocals.wav"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    output = tmp_path / "separated"
    reporter = Reporter()

    def found(*given: str) -> set[str]:
        inputs = [tmp_path / each for each in given]
        files = music_files(inputs, reporter.report, output)
        assert len(set(files)) == len(files)
        return {path.relative_to(tmp_path).as_posix() for path in files}

    assert found(".") == set(wanted)
    assert found("deep", "deep/d.wav", "a.mp3") == {"deep/er/c.ogg", "deep/d.wav", "a.mp3"}
    assert found("*.mp3", "e[1].wav") == {"a.mp3", "e[1].wav"}
    assert found("deep/**/*.ogg") == {"deep/er/c.ogg"}


def test_files_of_a_library_are_separated_once(tmp_path: Path) -> None:
    for disc in ("one", "two"):
        (tmp_path / "Music" / disc).mkdir(parents=True)
        write(tmp_path / "Music" / disc / "song.wav", sound(2, 0.2), RATE)
    command = ["separate", "Music", "--existing", "skip", "--json"]
    for written in (2, 0):
        result = livevox(*command, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        events = [json.loads(line) for line in result.stdout.splitlines()]
        ends = [event["outputs"] for event in events if event["event"] == "separated"]
        assert [len(outputs) for outputs in ends] == [written, written]
    found = {path.name for path in (tmp_path / "separated" / "song").iterdir()}
    assert found == {
        *("vocals.wav", "vocals (2).wav"),
        *("accompaniment.wav", "accompaniment (2).wav"),
    }
    assert soundfile.info(tmp_path / "separated" / "song" / "vocals (2).wav").frames == RATE // 5
    result = livevox("separate", "Music", "--name", "{singer}/{stem}", cwd=tmp_path)
    assert_refused(result, "'{singer}', which is unknown", "{artist}")
