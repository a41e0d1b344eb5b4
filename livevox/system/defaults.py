"""The default outputs, as `pw-metadata --monitor` prints them.

`pw-dump --monitor` prints changes of defaults only together with the next other change.
"""

from __future__ import annotations

import json
import re

from livevox.system.graph import SINK

CONFIGURED = "default.configured.audio.sink"
"""Key of the user's choice."""
EFFECTIVE = "default.audio.sink"
"""Key of the output that programs play to."""
_LINE = re.compile(
    r"(?P<event>update|remove): id:0 (?:key:'(?P<key>[^']*)'|all keys)"
    r"(?: value:'(?P<value>.*)' type:'[^']*')?"
)


class Defaults:
    """Feed it with what `pw-metadata --monitor 0` prints.

    >>> defaults = Defaults()
    >>> defaults.feed("update: id:0 key:'default.audio.sink' value:'{\\"name\\":\\"ca")
    >>> defaults.feed("rd\\"}' type:'Spa:String:JSON'\\n")
    >>> defaults.effective, defaults.configured
    ('card', None)
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._text = ""

    def feed(self, text: str) -> None:
        """Process the next part of the text."""
        *lines, self._text = (self._text + text).split("\n")
        for line in lines:
            if (found := _LINE.fullmatch(line)) is not None:
                self._take(found["event"], found["key"], found["value"])

    def _take(self, event: str, key: str | None, value: str | None) -> None:
        if key is None:
            self._names.clear()
        elif event == "remove" or not value:
            self._names.pop(key, None)
        elif key in (CONFIGURED, EFFECTIVE):
            self._names[key] = str(json.loads(value)["name"])

    @property
    def configured(self) -> str | None:
        """Node name of the configured default; None for none."""
        return self._names.get(CONFIGURED)

    @property
    def effective(self) -> str | None:
        """Node name of the output that programs play to; None for none."""
        return self._names.get(EFFECTIVE)

    @property
    def chosen(self) -> str | None:
        """:attr:`configured`, unless it is livevox, which the user did not choose."""
        return None if self.configured == SINK else self.configured
