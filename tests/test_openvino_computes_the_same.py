"""Another onnxruntime, that of Intel's OpenVINO, runs every model as the CPU does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import soundfile

from livevox.dsp.stft import NET_BINS, SAMPLE_RATE, Audio
from livevox.network.model import INPUT_NAME, OUTPUT_NAMES, load_model, shipped_models
from livevox.network.onnx_file import with_outputs
from livevox.network.session import session_options
from tests.clean_environment import clean_environment

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["live", "direct", "paper"])
def test_a_file_without_its_other_outputs_computes_the_same(
    name: str, model_files: dict[str, Path]
) -> None:
    left = with_outputs(model_files[name].read_bytes(), OUTPUT_NAMES)
    session = onnxruntime.InferenceSession(left, session_options())
    assert tuple(output.name for output in session.get_outputs()) == OUTPUT_NAMES
    model = load_model(model_files[name])
    shape = (model.info.geometry.window_frames(16), NET_BINS)
    frames = np.random.default_rng(1).exponential(0.3, shape).astype(np.float32)
    for expected, found in zip(
        model.run(frames), session.run(OUTPUT_NAMES, {INPUT_NAME: frames[None]}), strict=True
    ):
        np.testing.assert_array_equal(found[0], expected)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """livevox in an environment with OpenVINO, installed as docs/guide/install.md says."""
    once_more = ["--force-reinstall", "--no-deps", "onnxruntime-openvino"]
    folder = tmp_path_factory.mktemp("openvino")
    return clean_environment(folder, [f"{ROOT}[openvino]"], once_more) / "livevox"


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_models())
def test_openvino_separates_as_the_processor_does(
    name: str, program: Path, song: Audio, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "song.wav", song.T, SAMPLE_RATE, subtype="FLOAT")
    stems = []
    for provider in ("openvino", "cpu"):
        command = [program, "separate", "song.wav", "-o", provider, "--provider", provider]
        subprocess.run([*command, "--model", name], cwd=tmp_path, check=True)
        stems.append(soundfile.read(tmp_path / provider / "song/vocals.wav")[0])
    np.testing.assert_allclose(*stems, atol=1e-4)


@pytest.mark.slow
def test_every_provider_of_openvino_is_measured(program: Path) -> None:
    done = subprocess.run(
        [program, "models", "--measure"], check=True, capture_output=True, text=True
    )
    assert done.stdout.count("openvino") == done.stdout.count("│ cpu") == len(shipped_models())
    assert "does not work" not in done.stdout
