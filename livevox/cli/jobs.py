"""Tasks in several processes of this machine, one a process at a time.

The pools of the standard library lose all their tasks with one process, hence bare ones.
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
from livevox.cli.events import Event, Failed, Tell, Warned
from livevox.cli.separation import Task, separate_file

ATTEMPTS = 3
"""So many processes that end over the same file are enough."""
END_SECONDS = 10.0


def in_processes(tasks: Iterable[Task], jobs: int, tell: Tell) -> None:
    """Do the tasks in ``jobs`` processes. The task of a process that is lost is done again.

    However this ends, its processes end, and leave nothing half done.
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
                    tell(_loss(task, process, losses[task.mark]))
                    if losses[task.mark] < ATTEMPTS:
                        todo.append(task)
                    continue
                if event:
                    tell(event)
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
    """A process that does one task after another."""

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
        """Hand over a task. A process that is lost tells so by :meth:`next_event`."""
        with suppress(OSError):
            self.connection.send(task)

    def next_event(self) -> Event | None:
        """Wait for an event of the task; None after the last. EOFError or OSError where lost."""
        event: Event | None = self.connection.recv()
        return event

    def stop(self) -> None:
        """Make it remove what is half done, and end."""
        self._process.terminate()

    def end(self) -> None:
        """Wait for its end, not for ever."""
        self._process.join(END_SECONDS)
        self._process.kill()
        self._process.join()
        self.connection.close()


def _serve(parent: Connection) -> None:
    """Do tasks until the parent ends, or ends this."""
    # Ctrl+C is for all programs of a terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ended_by_signals(), suppress(EOFError, OSError):
        while True:
            task: Task = parent.recv()
            try:
                separate_file(task, parent.send)
            except OSError:  # of the parent: those of files were told
                raise
            except Exception as error:  # of which nobody knows; the others go on
                parent.send(unknown_failure(task, error))
            parent.send(None)


def unknown_failure(task: Task, error: BaseException) -> Failed:
    """The end of a task by an error that should not be."""
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return Failed(str(task.path), f"{task.path} failed ({what}): please report this")
