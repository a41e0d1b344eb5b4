"""The computer's sound on Windows, by a virtual cable that the user has made the default output.

WASAPI's loopback is no way: what it records stays audible, and it records nothing while nothing
plays. A virtual cable (VB-CABLE) is an output for programs and an input for livevox. Windows has no
interface by which a program may change the default output, so the user does. Not tested.
"""

from __future__ import annotations

from livevox.device.devices import devices
from livevox.errors import LivevoxError
from livevox.system.system_audio import SystemDevices, SystemState

CABLE = "cable output"
"""A part of the name of VB-CABLE's end that records."""
HOST_API = "Windows WASAPI"


class WindowsAudio:
    """:class:`livevox.system.system_audio.SystemAudio` on Windows."""

    def __init__(self) -> None:
        self.state = SystemState()

    def available(self) -> None:
        """Only the engine asks PortAudio, see :meth:`devices`."""

    def open(self, block_size: int | None) -> dict[str, str]:
        """The cable is there already, or will be missed by :meth:`devices`."""
        return {}

    def devices(self) -> SystemDevices:
        """The cable's end, and the output that is chosen. Raises LivevoxError without a cable."""
        for device in devices():
            if device.inputs and device.hostapi == HOST_API and CABLE in device.name.casefold():
                return SystemDevices(device.full_name, None)
        raise LivevoxError(
            "there is no virtual cable, which livevox needs to get at the computer's sound: "
            "install VB-CABLE (vb-audio.com/Cable), choose CABLE Input as the default output in "
            "Windows' sound settings, and your loudspeakers by --output"
        )

    def look(self, running: bool) -> bool:
        """Nothing changes."""
        return False

    def close(self) -> None:
        """The user chooses another default output."""
