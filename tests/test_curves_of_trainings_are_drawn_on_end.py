"""`python -m train curves` draws the contents of the logs, one training after the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from livevox import LivevoxError
from train.__main__ import app
from train.fitting.curves import draw, read_log


def write_log(run: Path, records: list[dict[str, float]]) -> Path:
    run.mkdir()
    (run / "log.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return run


def losses(steps: range) -> list[dict[str, float]]:
    return [{"step": s, "separation": 1 / s, "detection": 2 / s} for s in steps]


def test_the_last_report_of_a_repeated_step_counts(tmp_path: Path) -> None:
    again = [{"step": 100, "separation": 0.5, "detection": 0.25}]
    log = read_log(write_log(tmp_path / "run", [*losses(range(50, 200, 50)), *again]))
    assert log["separation"] == {50: 1 / 50, 100: 0.5, 150: 1 / 150}
    assert log["detection"][100] == 0.25


def test_runs_with_and_without_validations_are_drawn(tmp_path: Path) -> None:
    scores = [{"step": 1000, "mse": 0.02, "vocal_sdr": 3.0, "au_roc": 0.9}]
    one = write_log(tmp_path / "one", [*losses(range(50, 1050, 50)), *scores])
    other = write_log(tmp_path / "other", losses(range(50, 250, 50)))
    for runs in ([one], [one, other], [other]):
        picture = tmp_path / "curves.png"
        result = CliRunner().invoke(app, ["curves", *map(str, runs), "-o", str(picture)])
        assert result.exit_code == 0, result.output
        assert picture.read_bytes().startswith(b"\x89PNG")
        picture.unlink()


@pytest.mark.parametrize("text", [None, "", "no json\n", "[1]\n", '{"mse": 1}\n'])
def test_other_files_than_logs_are_refused_by_name(tmp_path: Path, text: str | None) -> None:
    run = tmp_path / "run"
    run.mkdir()
    if text is not None:
        (run / "log.jsonl").write_text(text)
    with pytest.raises(LivevoxError, match="run"):
        draw([run], tmp_path / "curves.png")
    assert not (tmp_path / "curves.png").exists()
