"""A private PipeWire session without hardware: server, session manager, and fake sound cards.

    with PipewireServer() as server:
        live = subprocess.Popen([...], env=os.environ | server.environment)
        server.play(song)

Programs play to the default output as on a desktop. A fake card is an output whose monitor is what
a person hears; the first one is `card`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livevox.dsp.stft import Audio
from tests.jack import PATIENCE, Server

needs_pipewire = pytest.mark.skipif(
    any(shutil.which(program) is None for program in ("pipewire", "wireplumber", "pw-jack")),
    reason="PipeWire is not installed",
)

PROBE_CHANNELS = ("FL", "FR", "RL", "RR")
CONFIG = """context.properties = {{
    default.clock.rate = {rate}
    default.clock.allowed-rates = [ {rate} ]
    default.clock.max-quantum = 8192
}}
"""


class PipewireServer(Server):
    """A session of its own. With ``jack``, ``environment`` also makes a process that speaks JACK
    use it, as `pw-jack` does; with ``alsa``, one that speaks ALSA. ``period`` is that which its
    user asks for."""

    def __init__(
        self, rate: int = 44_100, period: int = 256, jack: bool = False, alsa: bool = False
    ) -> None:
        super().__init__(rate, period)
        self._folder = Path(tempfile.mkdtemp(prefix="livevox-pipewire-"))
        self._children: list[subprocess.Popen[bytes]] = []
        config = self._folder / "config" / "pipewire" / "pipewire.conf.d"
        config.mkdir(parents=True)
        (config / "rate.conf").write_text(CONFIG.format(rate=rate))
        run = self._folder / "run"
        run.mkdir(mode=0o700)
        self.environment = {
            "XDG_RUNTIME_DIR": str(run),
            "XDG_STATE_HOME": str(self._folder / "state"),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={run / 'bus'}",
        }
        if not alsa:
            # ALSA's default device would be taken before a JACK server's.
            no_devices = self._folder / "no-alsa.conf"
            no_devices.write_text("pcm.missing { type hw card 31 }\n")
            self.environment["ALSA_CONFIG_PATH"] = str(no_devices)
        if jack:
            self.environment["LD_LIBRARY_PATH"] = self.ask("pw-jack", "printenv", "LD_LIBRARY_PATH")

    def start(self) -> None:
        """Return when programs can play to the card."""
        address = self.environment["DBUS_SESSION_BUS_ADDRESS"]
        run = self._folder / "run"
        # pipewire-pulse ends if pactl creates this folder at the same moment.
        (run / "pulse").mkdir(mode=0o700)
        self._begin("dbus-daemon", "--session", "--nofork", f"--address={address}")
        self.wait(lambda: (run / "bus").exists())
        self._begin("pipewire")
        # One that finds no server ends.
        self.wait(lambda: self.ask("pw-cli", "info", "0") != "")
        self._begin("wireplumber")
        self._begin("pipewire-pulse")
        self.wait(lambda: self.ask("pactl", "info") != "")
        self.add_card("card")
        self.wait(lambda: self.default == "card")

    def _begin(self, *command: str) -> None:
        # With setpriv none of them outlives a killed test run.
        with (self._folder / "log").open("ab") as log:
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._children.append(child)

    def end(self) -> None:
        """End the server, as in a crash."""
        for child in reversed(self._children):
            child.kill()
            child.wait()
        self._children = []
        for left in (self._folder / "run").glob("*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the server, to stop its clock for a while, say."""
        for child in self._children:
            child.send_signal(number)

    def stop(self) -> None:
        """End the server and remove its files; pytest shows its output if a test failed."""
        self.end()
        log = self._folder / "log"
        print(log.read_text(errors="replace") if log.exists() else "")
        self.ended = time.monotonic()
        shutil.rmtree(self._folder, ignore_errors=True)

    def ask(self, *command: str) -> str:
        """What a program prints, "" where it fails."""
        done = subprocess.run(
            command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    def wait(self, condition: Callable[[], object]) -> None:
        """Return when a condition holds; RuntimeError if it never does."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError("the sound server does not get there")
            time.sleep(0.05)

    def add_card(self, name: str, channels: int = 2, description: str | None = None) -> int:
        """Plug in a fake card; return the number by which to :meth:`remove_card`."""
        shown = f"sink_properties=\"node.description='{description or name}'\""
        size = (f"rate={self.rate}", f"channels={channels}")
        module = self.ask(
            "pactl", "load-module", "module-null-sink", f"sink_name={name}", *size, shown
        )
        self.wait(lambda: f"{name}:playback_" in self.ask("pw-link", "-i"))
        return int(module)

    def set_rate(self, rate: int) -> None:
        """Change the sample rate."""
        self.rate = rate
        self.ask("pw-metadata", "-n", "settings", "0", "clock.force-rate", str(rate))

    def set_period(self, period: int) -> None:
        """Change the period, which PipeWire calls quantum."""
        self.period = period
        self.ask("pw-metadata", "-n", "settings", "0", "clock.force-quantum", str(period))

    def remove_card(self, module: int) -> None:
        """Unplug it."""
        self.ask("pactl", "unload-module", str(module))

    @property
    def default(self) -> str:
        """The default output, by node name: where programs play to."""
        return self.ask("pactl", "get-default-sink")

    @default.setter
    def default(self, name: str) -> None:
        self.ask("pactl", "set-default-sink", name)

    @property
    def configured(self) -> str | None:
        """The default output that the user has chosen; None for no choice."""
        answer = self.ask("pw-metadata", "0", "default.configured.audio.sink")
        found = re.search(r"value:'(\{.*\})'", answer)
        return str(json.loads(found[1])["name"]) if found else None

    def outputs(self) -> set[str]:
        """The outputs by node name, those included that no list shows."""
        ports = self.ask("pw-link", "-i").split("\n")
        return {port.split(":playback_")[0] for port in ports if ":playback_" in port}

    def links(self) -> set[tuple[str, str]]:
        """The links by their ports' names, from an output to an input."""
        found, target = set(), ""
        for line in self.ask("pw-link", "-l", "-i").split("\n"):
            if line.startswith("  |<- "):
                found.add((line[6:], target))
            else:
                target = line
        return found

    def play(self, audio: Audio, *options: str) -> None:
        """Play (2, samples) to the default output, as a player does, and wait for its end;
        ``options`` are those of `paplay`."""
        song = self._folder / "song.wav"
        soundfile.write(song, audio.T, self.rate, "FLOAT")
        subprocess.run(
            ["paplay", *options, str(song)],
            env=os.environ | self.environment,
            check=True,
            timeout=audio.shape[1] / self.rate + PATIENCE,
        )

    def listen(self, *nodes: str) -> Listener:
        """Begin to record the monitors of up to two outputs, both by one clock."""
        return Listener(self, nodes)


class Listener:
    """A recording of some outputs' monitors; made by :meth:`PipewireServer.listen`."""

    def __init__(self, server: PipewireServer, nodes: Sequence[str]) -> None:
        self._file = Path(tempfile.mkdtemp(prefix="livevox-listener-")) / "heard.wav"
        outputs = sorted(server.ask("pw-link", "-o").split("\n"))
        ports = [port for node in nodes for port in outputs if port.startswith(f"{node}:monitor_")]
        channels = PROBE_CHANNELS[: len(ports)]
        command = ["pw-record", "--target", "0", "--format", "f32", "--rate", str(server.rate)]
        command += ["--channels", str(len(channels)), "--channel-map", ",".join(channels)]
        command += ["-P", "node.name=listener", str(self._file)]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command], env=os.environ | server.environment
        )
        wanted = {(p, f"listener:input_{c}") for p, c in zip(ports, channels, strict=True)}
        server.wait(lambda: f"listener:input_{channels[-1]}" in server.ask("pw-link", "-i"))
        for source, target in wanted:
            server.ask("pw-link", source, target)
        server.wait(lambda: wanted <= server.links())

    def heard(self) -> Audio:
        """End; return (channels of all outputs, samples)."""
        self._process.terminate()
        self._process.wait(PATIENCE)
        audio, _ = soundfile.read(self._file, dtype="float32", always_2d=True)
        shutil.rmtree(self._file.parent)
        return np.ascontiguousarray(audio.T)
