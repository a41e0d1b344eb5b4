"""Tasks in several processes of this machine, one a process at a time.

The pools of the standard library lose all their tasks with one process, so livevox has its own.
"""

from __future__ import annotations

import signal
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import cast

from livevox.cli.batch import ended_by_signals
from livevox.cli.events import Event, Failed, OnEvent, Warned
from livevox.cli.separation import Task, separate_file

ATTEMPTS = 3
"""After so many processes that died on the same file, it has failed."""
END_SECONDS = 10.0


def in_processes(tasks: Iterable[Task], jobs: int, report: OnEvent) -> None:
    """Do the tasks in ``jobs`` processes. If a process dies, its task is done again.

    On any end, all processes end and no incomplete file is left.
    """
    todo, given = deque[Task](), iter(tasks)
    losses = Counter[str]()
    idle: list[_Process] = []
    busy: dict[Connection, tuple[_Process, Task]] = {}
    try:
        while True:
            while len(busy) < jobs and (task := todo.popleft() if todo else next(given, None)):
                process = idle.pop() if idle else _Process()
                busy[process.connection] = process, task
                process.begin(task)
            if not busy:
                return
            for ready in wait(list(busy)):
                connection = cast(Connection, ready)
                process, task = busy[connection]
                try:
                    event = process.next_event()
                except (EOFError, OSError):
                    del busy[connection]
                    process.stop()
                    process.end()
                    task.remove_parts()
                    losses[task.mark] += 1
                    report(_loss(task, process, losses[task.mark]))
                    if losses[task.mark] < ATTEMPTS:
                        todo.append(task)
                    continue
                if event:
                    report(event)
                else:
                    del busy[connection]
                    idle.append(process)
    finally:
        processes = [*idle, *(process for process, _ in busy.values())]
        for process in processes:
            process.stop()
        for process in processes:
            process.end()
        for _, task in busy.values():
            task.remove_parts()


def _loss(task: Task, process: _Process, losses: int) -> Event:
    file, what = str(task.path), f"its process was lost (exit code {process.exit_code})"
    if losses < ATTEMPTS:
        return Warned(file, f"{what}; it is done again")
    remedy = "try fewer --jobs, which need less memory"
    return Failed(file, f"{file}: {what}, {losses} times: {remedy}")


class _Process:
    """A process that works on one task at a time."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def exit_code(self) -> int | None:
        """Negative for the signal that has ended it."""
        return self._process.exitcode

    def begin(self, task: Task) -> None:
        """Send a task. :meth:`next_event` raises the error if the process has died."""
        with suppress(OSError):
            self.connection.send(task)

    def next_event(self) -> Event | None:
        """Wait for an event of the task; None after the last. EOFError or OSError where lost."""
        event: Event | None = self.connection.recv()
        return event

    def stop(self) -> None:
        """Ask it to remove incomplete files and end."""
        self._process.terminate()

    def end(self) -> None:
        """Wait for its end; kill it after :data:`END_SECONDS`."""
        self._process.join(END_SECONDS)
        self._process.kill()
        self._process.join()
        self.connection.close()


def _serve(parent: Connection) -> None:
    """Do tasks until the parent ends, or ends this."""
    # Ctrl+C goes to all processes of the terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ended_by_signals(), suppress(EOFError, OSError):
        while True:
            task: Task = parent.recv()
            try:
                separate_file(task, parent.send)
            except OSError:  # of the pipe; errors of files are reported
                raise
            except Exception as error:  # unexpected; the other files continue
                parent.send(unknown_failure(task, error))
            parent.send(None)


def unknown_failure(task: Task, error: BaseException) -> Failed:
    """The end of a task by an unexpected error."""
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return Failed(str(task.path), f"{task.path} failed ({what}): please report this")
