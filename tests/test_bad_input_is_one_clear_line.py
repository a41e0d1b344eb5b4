"""Bad input to the command line gives one line with the input and the remedy, no traceback."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile

from livevox.dsp.stft import Audio
from tests.audio_files import write
from tests.commands import assert_refused, livevox, livevox_process


@pytest.fixture
def noise() -> Audio:
    return np.random.default_rng(0).normal(0, 0.1, (8, 3000)).astype(np.float32)


def test_files_that_are_no_audio_are_refused(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.mp3").write_text("[bold]not audio[/bold]" * 50)
    write(tmp_path / "no samples.wav", noise[:1, :0], 44_100)
    whole = write(tmp_path / "whole.flac", noise[:2], 44_100, "PCM_16").read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    cases = {
        "missing.wav": "does not exist",
        "empty.wav": "0 bytes",
        "text.mp3": "can't be read",
        "no samples.wav": "0 samples",
        "nothing": "holds no music",
        "*.ogg": "matches no music",
        "cut.flac": "cut.flac",
    }
    for name, said in cases.items():
        result = livevox("separate", name, "-m", model_files["live"], cwd=tmp_path)
        assert_refused(result, said)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "separated" in str(path)]


def test_one_bad_file_does_not_stop_the_others(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    write(tmp_path / "good.wav", noise[:2], 44_100)
    for run in (livevox, livevox_process):
        result = run("separate", "missing.wav", "good.wav", "-m", model_files["live"], cwd=tmp_path)
        assert_refused(result, "missing.wav does not exist")
        vocals = tmp_path / "separated" / "good" / "vocals.wav"
        assert vocals.exists()
        vocals.unlink()


@pytest.mark.parametrize(
    ("channels", "rate", "samples"),
    [(1, 44_100, 3000), (8, 44_100, 3000), (2, 8_000, 3000), (2, 192_000, 3000), (2, 44_100, 1)],
)
def test_unusual_audio_keeps_its_samples_rate_and_channels(
    tmp_path: Path,
    model_files: dict[str, Path],
    noise: Audio,
    channels: int,
    rate: int,
    samples: int,
) -> None:
    audio = noise[:channels, :samples]
    write(tmp_path / "song.wav", audio, rate)
    result = livevox(
        "separate", "song.wav", "-m", model_files["live"], "--mix", "vocals=-inf", cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    stems = {}
    for name in ("vocals", "accompaniment", "mix"):
        stem, stem_rate = soundfile.read(
            tmp_path / "separated" / "song" / f"{name}.wav", dtype="float32", always_2d=True
        )
        assert stem_rate == rate
        assert stem.T.shape == audio.shape
        stems[name] = stem.T
    np.testing.assert_allclose(stems["vocals"] + stems["accompaniment"], audio, atol=1e-6)
    np.testing.assert_array_equal(stems["mix"], stems["accompaniment"])


def test_silence_stays_silent_and_nan_is_reported(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    broken = noise[:2].copy()
    broken[0, 10:20] = np.nan
    write(tmp_path / "silent.wav", 0 * noise[:2], 44_100)
    write(tmp_path / "broken.wav", broken, 44_100)
    result = livevox(
        "separate", "silent.wav", "broken.wav", "-m", model_files["live"], cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    assert "broken.wav: 10 samples are NaN or infinite" in result.stderr
    silent, _ = soundfile.read(tmp_path / "separated" / "silent" / "vocals.wav")
    mended, _ = soundfile.read(tmp_path / "separated" / "broken" / "vocals.wav")
    assert not silent.any()
    assert np.isfinite(mended).all()


def test_names_of_files_give_the_terminal_no_orders(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    write(tmp_path / "a\n\x1b[31mb.wav", np.full_like(noise[:2], np.nan), 44_100)
    command = ["separate", "*.wav", "-m", model_files["live"], "--existing", "skip"]
    for said in ("6000 samples are NaN or infinite", "skipped, its results exist"):
        result = livevox(*command, cwd=tmp_path)
        assert f"a??[31mb.wav: {said}" in result.stderr
        assert "\x1b" not in result.stderr


def test_files_that_are_no_livevox_model_are_refused(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    write(tmp_path / "song.wav", noise[:2], 44_100)
    (tmp_path / "broken.onnx").write_bytes(model_files["live"].read_bytes()[:9000])
    foreign = onnx.load(model_files["live"])
    del foreign.metadata_props[:]
    onnx.save(foreign, tmp_path / "foreign.onnx")
    other_rate = onnx.load(model_files["live"])
    next(p for p in other_rate.metadata_props if p.key == "sample_rate").value = "48000"
    onnx.save(other_rate, tmp_path / "rate.onnx")
    renamed = onnx.load(model_files["live"])
    renamed.graph.input[0].name = "image"
    for node in renamed.graph.node:
        node.input[:] = ["image" if name == "log_magnitude" else name for name in node.input]
    onnx.save(renamed, tmp_path / "graph.onnx")
    cases = {
        "none": "no model 'none'",
        "song.wav": "can't be loaded as an ONNX model",
        "broken.onnx": "can't be loaded as an ONNX model",
        "foreign.onnx": "no livevox metadata",
        "rate.onnx": "sample_rate is '48000'",
        "graph.onnx": "['image']",
    }
    for name, said in cases.items():
        assert_refused(livevox("separate", "song.wav", "-m", name, cwd=tmp_path), said)


def test_options_that_make_no_sense_are_refused(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    write(tmp_path / "a.wav", noise[:2], 44_100)
    model = ["-m", model_files["live"]]
    cases = [
        (["separate", "a.wav", "--stems", "drums"], "drums"),
        (["separate", "a.wav", "--stems", ""], "choose from vocals, accompaniment"),
        (["separate", "a.wav", "--mix", "vocals=loud"], "vocals=loud"),
        (["separate", "a.wav", "--mix", "vocals=99"], "40 dB"),
        (["separate", "a.wav", "-o", "a.wav"], "can't be written"),
        (["activity", "a.wav", "--threshold", "2"], "threshold is 2.0"),
        (["activity", "a.wav", "--hysteresis", "0.9"], "hysteresis is 0.9"),
        (["activity", "a.wav", "--min-gap", "-1"], "min_gap -1.0"),
        (["activity", "a.wav", "--plot", "plot.pdf"], ".png"),
    ]
    for arguments, said in cases:
        assert_refused(livevox(*arguments, *model, cwd=tmp_path), said)


def test_a_failed_run_leaves_the_old_result_alone(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    target = tmp_path / "separated" / "song" / "vocals.wav"
    target.parent.mkdir(parents=True)
    target.write_text("good")
    data = write(tmp_path / "song.flac", np.tile(noise[:2], 40), 44_100, "PCM_16").read_bytes()
    (tmp_path / "song.flac").write_bytes(data[: len(data) // 2])
    assert_refused(livevox("separate", "song.flac", "-m", model_files["live"], cwd=tmp_path))
    assert target.read_text() == "good"
    assert list(target.parent.iterdir()) == [target]


def test_a_file_that_only_ffmpeg_reads_is_separated(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio
) -> None:
    write(tmp_path / "song.wav", noise[:2], 48_000)
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "song.wav", "-c:a", "alac", "song.m4a"],
        cwd=tmp_path,
        check=True,
    )
    result = livevox("separate", "song.m4a", "-m", model_files["live"], cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    stems = [
        soundfile.read(tmp_path / "separated" / "song" / f"{name}.wav")
        for name in ("vocals", "accompaniment")
    ]
    assert {rate for _, rate in stems} == {48_000}
    # ALAC rounds to 16 bits.
    np.testing.assert_allclose(sum(stem for stem, _ in stems), noise[:2].T, atol=1e-4)


@pytest.mark.parametrize("format", ["wav", "flac", "ogg"])
def test_every_format_is_written(
    tmp_path: Path, model_files: dict[str, Path], noise: Audio, format: str
) -> None:
    write(tmp_path / "song.wav", np.tile(noise[:2], 20), 44_100)
    result = livevox(
        "separate", "song.wav", "-m", model_files["live"], "--format", format, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    info = soundfile.info(tmp_path / "separated" / "song" / f"accompaniment.{format}")
    assert (info.format.lower(), info.frames) == (format, 60_000)


def test_models_are_listed_for_scripts(tmp_path: Path) -> None:
    result = livevox_process("models", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    for model in json.loads(result.stdout):
        assert model["latency_samples"] == 1024 + (model["look_ahead"] + model["step"] - 1) * 512
