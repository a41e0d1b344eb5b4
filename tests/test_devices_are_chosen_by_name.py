"""A name selects the matching device, or gives one line that lists the devices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from livevox.device.devices import Device, Kind, check_format, choose, devices, rescan
from livevox.errors import LivevoxError
from tests.jack import JackServer, needs_jack
from tests.jack_changes import microphone

pytestmark = needs_jack

HOSTAPI = "JACK Audio Connection Kit"
RATE = 32_000


@contextmanager
def used_here(server: JackServer) -> Iterator[None]:
    """Make this process's PortAudio use ``server``."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        rescan()
        yield
    rescan()


@pytest.fixture(scope="module")
def server() -> Iterator[JackServer]:
    """A server with three devices that this process uses."""
    with (
        JackServer(RATE) as server,
        microphone(server, "Studio A"),
        microphone(server, "Studio A, left"),
        used_here(server),
    ):
        yield server


@pytest.fixture
def jack(server: JackServer) -> list[Device]:
    return [device for device in devices() if device.hostapi == HOSTAPI]


def kinds(device: Device) -> list[Kind]:
    both: list[Kind] = ["input", "output"]
    return [kind for kind in both if device.channels(kind)]


def test_devices_are_those_of_the_server(jack: list[Device]) -> None:
    found = {device.name: (device.inputs, device.outputs) for device in jack}
    assert found == {"system": (2, 2), "Studio A": (1, 0), "Studio A, left": (1, 0)}
    assert {device.default_rate for device in jack} == {RATE}


def test_every_device_can_be_chosen_by_its_name(jack: list[Device]) -> None:
    for device in jack:
        for kind in kinds(device):
            for name in (device.full_name, f"JACK: {device.name}", f"jack:{device.name}"):
                assert choose(name, kind) == device
                assert choose(name.upper(), kind) == device
            assert choose(device.name.swapcase(), kind, hostapi="jack") == device


def test_a_part_that_only_one_device_has_is_enough(jack: list[Device]) -> None:
    assert choose("LEFT", "input").name == "Studio A, left"
    assert choose("jack: left", "input").name == "Studio A, left"
    assert choose("sys", "output", hostapi=HOSTAPI).name == "system"


def test_a_part_that_several_have_is_refused_with_their_names(jack: list[Device]) -> None:
    with pytest.raises(LivevoxError) as refusal:
        choose("studio", "input")
    for device in jack:
        assert (repr(device.full_name) in str(refusal.value)) == (device.name != "system")


@pytest.mark.parametrize("kind", ["input", "output"])
def test_a_name_that_no_device_has_is_refused_with_those_that_exist(
    jack: list[Device], kind: Kind
) -> None:
    with pytest.raises(LivevoxError, match="'accordion'") as refusal:
        choose("accordion", kind)
    for device in jack:
        assert (repr(device.full_name) in str(refusal.value)) == (kind in kinds(device))


def test_a_device_without_channels_of_the_kind_does_not_count(jack: list[Device]) -> None:
    with pytest.raises(LivevoxError, match="'Studio A' does not exist"):
        choose("Studio A", "output")


def test_no_name_is_the_default(jack: list[Device]) -> None:
    for kind in kinds(jack[0]):
        assert kind in choose(None, kind).default_for
        assert choose(None, kind, hostapi="jack").name == "system"


def test_an_unknown_host_api_is_refused_with_those_that_exist(jack: list[Device]) -> None:
    with pytest.raises(LivevoxError, match=f"'telephone'.*{HOSTAPI}"):
        choose(None, "input", hostapi="telephone")


def test_a_rescan_finds_what_came_and_forgets_what_went(server: JackServer) -> None:
    with microphone(server, "Guest"):
        with pytest.raises(LivevoxError):
            choose("Guest", "input")
        rescan()
        assert choose("Guest", "input").inputs == 1
    rescan()
    with pytest.raises(LivevoxError):
        choose("Guest", "input")


def test_a_format_passes_if_and_only_if_a_stream_opens(jack: list[Device]) -> None:
    import sounddevice

    streams = {"input": sounddevice.InputStream, "output": sounddevice.OutputStream}
    for kind, stream in streams.items():
        device = choose("JACK: system", kind)
        for rate in (RATE, 44_100):
            for channels in (1, 2, 3):
                try:
                    stream(rate, device=device.index, channels=channels).close()
                    opens = True
                except sounddevice.PortAudioError:
                    opens = False
                try:
                    check_format(device, kind, rate, channels)
                    passes = True
                except LivevoxError:
                    passes = False
                assert passes == opens == (rate == RATE and channels < 3)


def test_a_refused_format_says_what_the_device_takes(jack: list[Device]) -> None:
    device = choose("JACK: system", "input")
    with pytest.raises(LivevoxError, match=f"44100 Hz .*choose {RATE} Hz"):
        check_format(device, "input", 44_100, 2)
    with pytest.raises(LivevoxError, match="has 2 input channels, not 3: choose 1 to 2"):
        check_format(device, "input", RATE, 3)
    with pytest.raises(LivevoxError, match="not 0"):
        check_format(device, "input", RATE, 0)


def test_without_devices_the_error_asks_for_one() -> None:
    with JackServer() as gone:
        pass
    with used_here(gone):
        if devices():
            pytest.skip("this machine has a sound card")
        with pytest.raises(LivevoxError, match="there is no input device: connect one"):
            choose(None, "input")


def test_devices_of_the_same_name_are_numbered_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """JACK and ALSA have no such names, other systems have."""
    import sounddevice

    def found(name: str, hostapi: int) -> dict[str, object]:
        channels = {"max_input_channels": 2, "max_output_channels": 2}
        return {"name": name, "hostapi": hostapi, "default_samplerate": 48_000.0} | channels

    names = ("USB Audio", "USB Audio", "Микрофон [b]", "USB Audio")
    listed = [found(name, hostapi) for hostapi in (0, 1) for name in names]
    defaults = {"default_input_device": 0, "default_output_device": 0}
    apis = [{"name": name} | defaults for name in ("Core Audio", "ASIO")]
    monkeypatch.setattr(sounddevice, "query_devices", lambda: listed)
    monkeypatch.setattr(sounddevice, "query_hostapis", lambda: apis)
    present = devices()
    assert len({device.full_name for device in present}) == len(present)
    for device in present:
        assert choose(device.full_name, "output") == device
    assert choose("core: usb audio #3", "input").index == 3
    assert choose("#2", "input", hostapi="ASIO").index == 5
    with pytest.raises(LivevoxError, match="'Core Audio: USB Audio' or 'Core Audio: USB Audio #2'"):
        choose("usb", "input", hostapi="core")
    assert choose("микрофон", "input", hostapi="core").name == "Микрофон [b]"


def test_a_name_that_portaudio_misunderstands_is_reported(server: JackServer) -> None:
    with microphone(server, "Mic+Line"):
        rescan()
        with pytest.raises(LivevoxError, match=r"no channels of .*Mic\+Line' .*special character"):
            choose("mic+line", "input")
    rescan()
