"""Programs of livevox that the window runs in the background."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from PyQt6.QtCore import QCoreApplication, QObject, QProcess, QTimer

END_MS = 3000
LAST_BYTES = 10_000
"""Bytes of a process's standard error that are kept."""
POSIX = os.name == "posix"


class PythonProcess(QObject):
    """Runs ``python -m module arguments`` and calls back in this thread.

    ``on_line`` gets every line of its standard output, ``on_end`` whether it succeeded and the last
    line of its standard error.
    """

    def __init__(self, parent: QObject, on_end: Callable[[bool, str], None] | None = None) -> None:
        super().__init__(parent)
        self._on_end = on_end
        self._on_line: Callable[[str], None] | None = None
        self._rest = b""
        self._errors = b""
        self.output = b""
        """Its standard output, if there is no ``on_line``."""
        self._process = QProcess(self)
        if POSIX:
            # Background processes of a script ignore SIGINT, and the child would inherit that.
            self._process.setUnixProcessParameters(QProcess.UnixProcessFlag.ResetSignalHandlers)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self._quit)
        self._kill_timer = QTimer(self)
        self._kill_timer.setSingleShot(True)
        self._kill_timer.timeout.connect(self._process.kill)
        self._process.finished.connect(self._kill_timer.stop)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_errors)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(
        self,
        module: str,
        *arguments: str,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Start the process."""
        self._on_line = on_line
        self.output = self._rest = self._errors = b""
        self._process.start(sys.executable, ["-m", module, *arguments])

    def interrupt(self) -> None:
        """Interrupt it as Ctrl+C does, so that it can clean up; kill it if that takes long."""
        if self.running and POSIX:
            os.kill(self._process.processId(), signal.SIGINT)
            self._kill_timer.start(END_MS)
        else:
            self._process.kill()

    def end(self) -> None:
        """End it by closing its input, without calling back; kill it if that takes long."""
        self._silence()
        self._process.closeWriteChannel()
        self._kill_timer.start(END_MS)
        self._process.finished.connect(self.deleteLater)

    def stop(self) -> None:
        """Kill it, without calling back."""
        self._silence()
        if self.running:
            self._process.kill()
            self._process.waitForFinished(END_MS)

    def _silence(self) -> None:
        self._on_end = self._on_line = None

    def _quit(self) -> None:
        """End with the application, with time to clean up."""
        self._silence()
        if self.running:
            self._process.closeWriteChannel()
            self._process.waitForFinished(END_MS // 3)
        self.stop()

    def _read(self) -> None:
        data = self._process.readAllStandardOutput().data()
        on_line = self._on_line
        if on_line is None:
            self.output += data
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            on_line(line.decode(errors="replace").rstrip("\r"))

    def _read_errors(self) -> None:
        # Sound servers may write errors for hours.
        self._errors = (self._errors + self._process.readAllStandardError().data())[-LAST_BYTES:]

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._tell_end(False, self._process.errorString())

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_errors()
        last = (self._errors.decode(errors="replace").strip().splitlines() or [""])[-1]
        well = code == 0 and status == QProcess.ExitStatus.NormalExit
        self._tell_end(well, last)

    def _tell_end(self, well: bool, error: str) -> None:
        if self._on_end is not None:
            self._on_end(well, error.removeprefix("livevox: "))
