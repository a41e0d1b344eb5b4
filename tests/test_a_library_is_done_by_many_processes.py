"""`--jobs` and `--scheduler` give what one process gives, bit for bit, whatever process is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import soundfile

from livevox.cli.events import Event, Failed, Progress, Separated, Warned, from_line
from tests.audio_files import RATE, sound
from tests.commands import assert_refused, livevox
from tests.dask_cluster import Cluster, cluster

SONGS = [f"Music/{number}.wav" for number in range(4)]
SECONDS = 20.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, model_files: dict[str, Path]) -> Path:
    """Four songs, each another, what one process makes of them, and a file that is no song."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "Music").mkdir()
    noise = sound(2, SECONDS)
    for number, name in enumerate(SONGS):
        soundfile.write(folder / name, (noise * 0.8**number).T, RATE, "PCM_16")
    shutil.copy(model_files["live"], folder / "model.onnx")
    assert livevox(*separating("one"), cwd=folder).returncode == 0
    (folder / "text.mp3").write_text("no song" * 50)
    return folder


def separating(output: str, *options: str) -> list[str]:
    return ["separate", *SONGS, "-m", "model.onnx", "-o", output, *options]


@contextmanager
def running(folder: Path, output: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command, in a group of its own as in a terminal."""
    process = subprocess.Popen(
        [sys.executable, "-m", "livevox.cli", *separating(output, *options)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        yield process
        process.kill()


def results(folder: Path) -> dict[str, bytes]:
    """All files, hidden ones included."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def under_way(folder: Path) -> list[Path]:
    return list(folder.rglob(".livevox-*"))


def wait_until(what: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + 120
    while not what():
        assert process is None or process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def by_file(lines: str) -> dict[str | None, list[Event]]:
    events = [from_line(line) for line in lines.splitlines()]
    return {
        name: [each for each in events if each.file == name] for name in {e.file for e in events}
    }


def test_jobs_report_and_write_the_same_as_one_process(folder: Path) -> None:
    events_of = {}
    for output, jobs in (("by one", "1"), ("by two", "2")):
        command = separating(output, "text.mp3", "--json", "--jobs", jobs)
        result = livevox(*command, cwd=folder)
        assert_refused(result, "text.mp3 can't be read")
        assert result.returncode == 1
        events_of[jobs] = by_file(result.stdout.replace(output, "out"))
        assert results(folder / output) == results(folder / "one")
    assert events_of["1"] == events_of["2"]
    assert {type(events[-1]) for events in events_of["2"].values()} == {Separated, Failed}


def test_the_file_of_a_job_that_is_killed_is_done_again(folder: Path) -> None:
    with running(folder, "killed", "--jobs", "2") as process:
        wait_until(lambda: len(under_way(folder / "killed")) == 4, process)
        workers_of(process)[0].kill()
        _, stderr = process.communicate()
    assert process.returncode == 0
    assert stderr.count("its process was lost (exit code -9); it is done again") == 1
    assert results(folder / "killed") == results(folder / "one")


def test_a_file_that_ends_every_job_is_refused_and_the_others_are_done(folder: Path) -> None:
    (folder / "hopeless").mkdir()
    with running(folder, "hopeless", "--jobs", "2", "--name", "{name} ({stem})") as process:
        for _ in range(3):
            # Both jobs, each in the middle of its song.
            wait_until(lambda: len(under_way(folder / "hopeless")) == 4, process)
            for worker in workers_of(process):
                worker.kill()
            wait_until(lambda: len(under_way(folder / "hopeless")) < 4, process)
        _, stderr = process.communicate()
    assert process.returncode == 1
    refused = [line for line in stderr.splitlines() if line.startswith("livevox: ")]
    assert sorted(line.split(":")[1].strip() for line in refused) == SONGS[:2]
    assert all("3 times: try fewer --jobs" in line for line in refused)
    assert sorted(results(folder / "hopeless")) == [
        f"{number} ({stem}).wav" for number in (2, 3) for stem in ("accompaniment", "vocals")
    ]


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=str
)
def test_ended_jobs_leave_no_process_and_nothing_half_done(
    number: signal.Signals, folder: Path
) -> None:
    output = f"ended by {number}"
    with running(folder, output, "--jobs", "2") as process:
        wait_until(lambda: len(under_way(folder / output)) == 4, process)
        workers = workers_of(process)
        if number in (signal.SIGINT, signal.SIGHUP):
            os.killpg(process.pid, number)  # as terminals do
        else:
            process.send_signal(number)
        assert process.wait(30) != 0
    # Of SIGKILL only the workers can learn, by its end.
    wait_until(lambda: not any(map(psutil.Process.is_running, workers)))
    assert under_way(folder / output) == []


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as running:
        yield running


def test_the_cluster_does_the_files_of_a_lost_worker_again(
    folder: Path, scheduler: Cluster
) -> None:
    options = ("--scheduler", scheduler.address, "--json")
    with running(folder, "cluster", *options) as process:
        assert process.stderr
        assert process.stdout
        while "has no workers: start some with dask worker" not in process.stderr.readline():
            assert process.poll() is None
        first, second = scheduler.add_worker(), scheduler.add_worker()
        lines, begun = "", set[str | None]()
        while len(begun) < 2:
            lines += (line := process.stdout.readline())
            event = from_line(line)
            if isinstance(event, Progress) and event.seconds:
                begun.add(event.file)
        first.kill()
        rest, stderr = process.communicate()
    assert process.returncode == 0, stderr
    by_name = by_file(lines + rest)
    warned = [event for events in by_name.values() for event in events if isinstance(event, Warned)]
    assert [event.message for event in warned] == ["its worker was lost; it is done again"]
    assert {type(events[-1]) for events in by_name.values()} == {Separated}
    assert results(folder / "cluster") == results(folder / "one")

    result = livevox(*separating("cluster", *options, "--existing", "skip"), cwd=folder)
    assert result.returncode == 0
    assert by_file(result.stdout) == {name: [Separated(name, ())] for name in SONGS}

    result = livevox(*separating("cluster", "text.mp3", *options), cwd=folder)
    assert result.returncode == 1
    assert_refused(result, "text.mp3 can't be read")
    again = by_file(result.stdout)
    assert isinstance(again.pop("text.mp3")[-1], Failed)
    alone = livevox(*separating("cluster", "--json"), cwd=folder)
    assert again == by_file(alone.stdout)

    for number in (signal.SIGINT, signal.SIGTERM):
        output = f"cluster ended by {number}"
        with running(folder, output, *options) as process:
            wait_until(lambda output=output: under_way(folder / output), process)
            process.send_signal(number)
            assert process.wait(30) != 0
            assert under_way(folder / output) == []
    assert second.poll() is None


def test_what_a_cluster_lacks_is_reported(folder: Path) -> None:
    for address in ("tcp://127.0.0.1:9", "nonsense", ""):
        result = livevox(*separating("none", "--scheduler", address), cwd=folder)
        assert_refused(result, f"no Dask scheduler answers at '{address}'", "tcp://HOST:8786")
    without = (
        "import sys; sys.modules['distributed'] = None; from livevox.cli.app import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", without, *separating("none", "--scheduler", "tcp://127.0.0.1:9")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert_refused(result, "--scheduler needs Dask", "pip install 'livevox[cluster]'")
    both = separating("none", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "2")
    assert_refused(livevox(*both, cwd=folder), "give one")
