"""`auto` takes the execution provider that is fastest here, and reports what does not work."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from typer.testing import CliRunner

from livevox.cli.app import app
from livevox.dsp.stft import SAMPLE_RATE, Audio, network_input, stft
from livevox.errors import LivevoxError
from livevox.network import fastest as fastest_module
from livevox.network import model as model_module
from livevox.network import providers as providers_module
from livevox.network.cached import CachedMasker
from livevox.network.fastest import ProviderTimes, fastest
from livevox.network.model import load_model
from livevox.network.stage_sessions import Cells
from livevox.separator import StreamingSeparator

CPU = "CPUExecutionProvider"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the measured times."""
    monkeypatch.setattr(
        fastest_module.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache"
    )
    return tmp_path / "cache" / "providers.json"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two providers that work: both are the CPU."""
    monkeypatch.setitem(providers_module.PROVIDERS, "cuda", CPU)
    monkeypatch.setattr(model_module, "available", lambda: ["cuda", "cpu"])


@pytest.fixture
def measurements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models whose times were measured, in turn."""
    found: list[str] = []
    measure = fastest_module.provider_times

    def counted(model: model_module.Model) -> ProviderTimes:
        found.append(model.info.name)
        return measure(model)

    monkeypatch.setattr(fastest_module, "provider_times", counted)
    return found


def test_the_most_room_in_the_period_counts_live_and_the_whole_time_for_files() -> None:
    found: dict[str, ProviderTimes | str] = {
        "cuda": ProviderTimes(step=0.001, step_99=0.009, file_frame=1e-5),
        "directml": "it has no card",
        "cpu": ProviderTimes(step=0.002, step_99=0.003, file_frame=2e-4),
    }
    assert fastest(found, live=True) == "cpu"
    assert fastest(found, live=False) == "cuda"
    assert fastest({"cuda": "no card", "cpu": "no memory"}, live=True) == "cpu"


def test_the_cpu_alone_is_not_measured(
    model_files: dict[str, Path], measurements: list[str], cache: Path
) -> None:
    assert load_model(model_files["live"], live=True).provider == CPU
    assert not measurements
    assert not cache.exists()


def test_times_are_measured_once_for_each_model_and_its_devices(
    two: None,
    model_files: dict[str, Path],
    measurements: list[str],
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for live in (True, False, True):
        load_model(model_files["live"], live=live)
    assert measurements == ["live"] * 2
    load_model(model_files["paper"])
    assert measurements == ["live"] * 2 + ["paper"] * 2
    monkeypatch.setattr(fastest_module, "fingerprint", lambda: "a new driver")
    load_model(model_files["live"])
    assert measurements == ["live"] * 2 + ["paper"] * 2 + ["live"] * 2
    assert all(
        0 < number < 60
        for entry in json.loads(cache.read_text()).values()
        for *times, _ in entry.values()
        for number in times
    )


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        '{"a": 1}',
        '{"a": {"b": [1]}}',
        "[" * 100_000,
        '{"a": {"b": [1%s, 1, 1]}}' % ("0" * 400),
    ],
)
def test_damaged_times_are_measured_again(
    damaged: str, two: None, model_files: dict[str, Path], measurements: list[str], cache: Path
) -> None:
    cache.parent.mkdir()
    cache.write_text(damaged)
    load_model(model_files["live"])
    load_model(model_files["live"])
    assert len(measurements) == 2


def test_where_nothing_can_be_kept_models_load_all_the_same(
    two: None, model_files: dict[str, Path], cache: Path
) -> None:
    cache.parent.write_text("a file in place of the folder")
    assert load_model(model_files["live"]).provider == CPU


# onnxruntime has no CUDA here: as without its libraries, it would go on with the CPU.
@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_provider_that_falls_back_to_the_cpu_is_reported(
    model_files: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (model_module, providers_module):
        monkeypatch.setattr(module, "available", lambda: ["cuda", "cpu"])
    model = load_model(model_files["live"], live=True)
    assert model.provider == CPU
    (notice,) = model.notices
    assert "cuda does not work here" in notice
    with pytest.raises(LivevoxError, match=r"cuda does not work here.*--provider cpu"):
        load_model(model_files["live"], "cuda")
    # Its libraries may come: it is tried again each time.
    assert [list(entry) for entry in json.loads(cache.read_text()).values()] == [["cpu"]]
    said = CliRunner().invoke(app, ["activity", "missing.wav", "-m", str(model_files["live"])])
    assert "cuda does not work here" in " ".join(said.stderr.split())


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_one_that_worked_when_it_was_measured_and_fails_now_is_reported(
    two: None, model_files: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_model(model_files["live"], live=True)
    (entry,) = (entries := json.loads(cache.read_text())).values()
    entry["cuda"] = [*[1e-9] * 3, False]
    cache.write_text(json.dumps(entries))
    monkeypatch.setitem(providers_module.PROVIDERS, "cuda", "CUDAExecutionProvider")
    model = load_model(model_files["live"], live=True)
    assert model.provider == CPU
    (notice,) = model.notices
    assert "cuda does not work here" in notice


def test_a_missing_provider_is_refused(model_files: dict[str, Path]) -> None:
    with pytest.raises(LivevoxError, match="'directml' is not on this machine: choose auto, cpu"):
        load_model(model_files["live"], "directml")


def test_models_shows_what_was_measured(
    two: None, model_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livevox.cli.models.shipped_models", lambda: model_files)
    said = CliRunner().invoke(app, ["models", "--measure", "--json"])
    assert said.exit_code == 0, said.output
    rows = json.loads(said.stdout)
    assert {row["name"] for row in rows} == set(model_files)
    for row in rows:
        assert set(row["providers"]) == {"cuda", "cpu"}
        assert all(each["step"] <= each["step_99"] for each in row["providers"].values())
    table = CliRunner().invoke(app, ["models", "--measure"], env={"COLUMNS": "160"})
    assert "for live" in " ".join(table.stdout.split())


def test_a_stream_is_run_in_windows_where_that_is_faster(
    model_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, song: Audio
) -> None:
    model = load_model(model_files["live"])
    separators = [StreamingSeparator(model, SAMPLE_RATE, 2)]
    # On a card, each of the stages takes as long as a window.
    monkeypatch.setattr(fastest_module, "PROVIDERS", {"cpu": "another"})
    slow = model.run_stage

    def slower(stage: str, **cells: Cells | None) -> list[Cells]:
        time.sleep(0.01)
        return slow(stage, **cells)

    monkeypatch.setattr(model, "run_stage", slower)
    times = fastest_module.provider_times(model)
    assert times.windowed
    model.windowed = True
    separators.append(StreamingSeparator(model, SAMPLE_RATE, 2))
    monkeypatch.setattr(model, "run_stage", slow)
    stages, windows = (separator.feed(song[:, : 2 * SAMPLE_RATE]) for separator in separators)
    np.testing.assert_allclose(windows.vocals, stages.vocals, atol=1e-4)


def test_cells_in_a_cards_memory_give_the_same(
    model_files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, song: Audio
) -> None:
    frames = network_input(stft(song[:, :SAMPLE_RATE]))
    expected = CachedMasker(load_model(model_files["live"])).feed(frames)
    # The computer's own memory, held by onnxruntime as that of a card is.
    monkeypatch.setitem(model_module.MEMORIES, CPU, "cpu")
    model = load_model(model_files["live"])
    (cells,) = model.run_stage("encode0", frames=frames[None, :3])
    assert isinstance(cells, onnxruntime.OrtValue)
    for found, known in zip(CachedMasker(model).feed(frames), expected, strict=True):
        np.testing.assert_array_equal(found, known)
