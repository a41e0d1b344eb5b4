"""Tasks on the workers of a Dask cluster, which see the same folders under the same names."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from livevox.cli.events import (
    Event,
    Failed,
    OnEvent,
    Progress,
    Separated,
    Warned,
    from_line,
    to_line,
)
from livevox.cli.jobs import unknown_failure
from livevox.cli.reporter import console
from livevox.cli.separation import Task, separate_file
from livevox.errors import LivevoxError

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10.0
LOOK_SECONDS = 2.0
"""How often to see whether the scheduler and its workers are there."""
END_SECONDS = 10.0


def on_cluster(tasks: Iterable[Task], address: str, report: OnEvent) -> None:
    """Do the tasks on the cluster of the scheduler at ``address``.

    If a worker dies, Dask does its task again. On any end, no incomplete file is left. Raises
    LivevoxError if Dask is not installed or the scheduler does not answer.
    """
    client = _connected(address)
    try:
        _Run(client, address, report).do(tasks)
    finally:
        client.close(timeout=END_SECONDS)


def _connected(address: str) -> Client:
    try:
        from distributed import Client
        from distributed.comm.addressing import resolve_address
    except ImportError:
        raise LivevoxError(
            "--scheduler needs Dask: install it with pip install 'livevox[cluster]'"
        ) from None
    logging.disable(logging.CRITICAL)  # failures are reported here
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other versions of Dask on the workers
            return Client(resolve_address(address), timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise LivevoxError(
            f"no Dask scheduler answers at '{address}' ({error}): start one with dask scheduler, "
            "and give its address, such as tcp://HOST:8786"
        ) from None


class _Run:
    """The tasks of one call."""

    def __init__(self, client: Client, address: str, report: OnEvent) -> None:
        self._client, self._address, self._report = client, address, report
        self._topic = f"livevox-{secrets.token_hex(8)}"
        self._reported: SimpleQueue[tuple[str, str] | Future[None]] = SimpleQueue()
        self._open: dict[str, Task] = {}
        self._futures: dict[Future[None], Task] = {}
        self._begun: set[str] = set()
        self._ended: set[str] = set()

    def do(self, tasks: Iterable[Task]) -> None:
        self._client.subscribe_topic(self._topic, self._hear)
        waiting_reported = False
        try:
            self._submit(tasks)
            while self._open:
                try:
                    reported = self._reported.get(timeout=LOOK_SECONDS)
                except Empty:
                    waiting_reported = waiting_reported or self._waits()
                    continue
                if isinstance(reported, tuple):
                    mark, line = reported
                    self._take(mark, from_line(line))
                else:
                    self._close(self._futures.pop(reported), reported)
        finally:
            if self._open:
                self._stop()

    def _submit(self, tasks: Iterable[Task]) -> None:
        base = Path.cwd()
        for task in tasks:
            self._open[task.mark] = replace(task, base=base)
            future = self._client.submit(_work, self._open[task.mark], self._topic, pure=False)
            self._futures[future] = self._open[task.mark]
            future.add_done_callback(self._reported.put)

    def _hear(self, published: tuple[float, Sequence[str]]) -> None:
        """Called by a thread of Dask's."""
        mark, line = published[1]
        self._reported.put((mark, line))

    def _take(self, mark: str, event: Event) -> None:
        """Pass on an event from a worker."""
        task = self._open.get(mark)
        if not task:
            return
        file = str(task.path)
        if isinstance(event, Progress) and not event.seconds:
            if mark in self._begun:
                self._report(Warned(file, "its worker was lost; it is done again"))
            self._begun.add(mark)
        if isinstance(event, Separated | Failed):
            self._ended.add(mark)
        self._report(replace(event, file=file))

    def _close(self, task: Task, future: Future[None]) -> None:
        """Finish a task. Its last event has come before, unless the task failed."""
        from distributed import KilledWorker

        if future.cancelled():
            raise self._lost()
        del self._open[task.mark]
        task.remove_parts()
        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            what = f"{error.allowed_failures + 1} workers died on it"
            self._report(Failed(str(task.path), f"{task.path}: {what}: have they enough memory?"))
        elif error or task.mark not in self._ended:
            self._report(unknown_failure(task, error or EOFError("it reported no end")))

    def _waits(self) -> bool:
        """Whether there is no worker; reports it. Raises LivevoxError if the scheduler is gone."""
        if self._client.status != "running":
            raise self._lost()
        if self._client.nthreads():
            return False
        console.print(
            f"{self._address} has no workers: start some with dask worker {self._address}"
        )
        return True

    def _lost(self) -> LivevoxError:
        return LivevoxError(
            f"the scheduler {self._address} was lost, with {len(self._open)} files to do: "
            "start it again, and this command with --existing skip"
        )

    def _stop(self) -> None:
        """Stop the tasks on the workers, and wait until they have ended."""
        with suppress(Exception):
            self._client.cancel(list(self._futures), force=True)
            self._client.run(_stopped, self._topic, on_error="ignore")
        for task in self._open.values():
            if task.mark in self._begun:
                task.remove_parts()


# On the workers.

_under_way = Counter[str]()
_stop_asked = set[str]()


class _StoppedError(Exception):
    """The client has stopped the task."""


def _work(task: Task, topic: str) -> None:
    """Do a task; publish its events under the topic."""
    from distributed import get_worker

    worker = get_worker()

    def report(event: Event) -> None:
        if topic in _stop_asked:
            raise _StoppedError
        worker.log_event(topic, (task.mark, to_line(event)))

    _under_way[topic] += 1
    try:
        separate_file(task, report)
    finally:
        _under_way[topic] -= 1


async def _stopped(topic: str) -> None:
    """Stop the tasks of a topic, and return when they have removed their files."""
    _stop_asked.add(topic)
    end = time.monotonic() + END_SECONDS
    while _under_way[topic] and time.monotonic() < end:
        await asyncio.sleep(0.05)
