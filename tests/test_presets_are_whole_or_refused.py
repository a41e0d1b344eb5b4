"""A preset loads as it was saved; one with an error is refused with file and line."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from livevox.config.preset import Preset, load_preset, presets, save_preset
from livevox.config.shipped import MIDI_MAP
from livevox.errors import LivevoxError
from livevox.midi.binding import Binding, Control, Curve, Mode
from livevox.parameters import PARAMETERS, defaults
from tests.preset_files import HEAD, SHIPPED, preset, refusal, write

pytestmark = pytest.mark.usefixtures("own_config")


def random_binding(rng: np.random.Generator) -> Binding:
    """A random valid binding, drawn from all combinations until one is valid."""
    while True:
        target = str(rng.choice([*PARAMETERS, "preset:karaoke", "preset:Müllers Lied"]))
        parameter = PARAMETERS.get(target)
        ends = (parameter.minimum, parameter.maximum) if parameter else (0, 1)
        with suppress(ValueError):
            return Binding(
                control=rng.choice(get_args(Control)).item(),
                number=int(rng.integers(128)),
                target=target,
                channel=int(rng.integers(17)),
                minimum=rng.choice([None, rng.uniform(*ends)]),
                maximum=rng.choice([None, rng.uniform(*ends)]),
                curve=rng.choice(get_args(Curve)).item(),
                mode=rng.choice([None, *get_args(Mode)]),
            )


def some_bindings(rng: np.random.Generator) -> tuple[Binding, ...]:
    return tuple(random_binding(rng) for _ in range(rng.integers(5)))


def random_preset(rng: np.random.Generator) -> Preset:
    names = rng.permutation(list(PARAMETERS))[: rng.integers(len(PARAMETERS) + 1)]
    parameters = {}
    for name in map(str, names):
        p = PARAMETERS[name]
        parameters[name] = p.limited(rng.choice([p.minimum, p.maximum, rng.uniform(-60, 60)]))
    return Preset(
        name="".join(rng.choice(list("aZ0éß_"), 8)),
        title="".join(rng.choice(list("aZ0 ß\\\"'#=[]🎤"), 8)),
        description="".join(rng.choice(list("aZ0 ß\\\"'#=[]🎤"), rng.integers(9))),
        model=str(rng.choice(["live", "direct", "C:\\models\\mine.onnx"])),
        parameters=parameters,
        midi=MIDI_MAP if rng.random() < 0.2 else some_bindings(rng),
    )


@pytest.mark.parametrize("seed", range(50))
def test_what_is_saved_is_what_is_loaded(seed: int) -> None:
    saved = random_preset(np.random.default_rng(seed))
    path = save_preset(saved)
    assert load_preset(saved.name) == load_preset(path) == saved
    assert presets()[saved.name] == path
    assert set(saved.values()) == set(PARAMETERS)
    assert saved.values() == defaults() | saved.parameters


VOCALS = HEAD + "[parameters]\nvocals = {}  # <-\n"
MUTE = HEAD + "[parameters]\nwet = 0.5\nvocals_mute = {}  # <-\n"
MIDI = HEAD + '[[midi]]\ncontrol = "cc"\nnumber = 7\ntarget = "vocals"\n\n'
GAIN = "-60 to 12 dB"
MISTAKES = {
    # The line of the mistake ends in "# <-".
    "newer": ("title = 'x'\nversion = 2  # <-\nnews = 1\n", "made by a newer livevox: update"),
    "old": ("\nversion = 0  # <-\n", "write version = 1"),
    "version of another type": ("\nversion = '1'  # <-\n", "version is '1': write version = 1"),
    "version true": ("\nversion = true  # <-\n", "version is True: write version = 1"),
    "no version": ("title = 'x'  # <-\n", "no version: write version = 1"),
    "empty": ("# <-", "no version: write version = 1"),
    "unknown key": (HEAD + "# vocal = 1\nvocal = 1  # <-\n", "no key 'vocal'"),
    "unknown table": (HEAD + "[midi2]  # <-\nx = 1\n", "no key 'midi2'"),
    "title of another type": (HEAD + "title = 7  # <-\n", "title is 7: write one line"),
    "no title": (HEAD + "title = ''  # <-\n", "title is empty: write one line"),
    "two lines": (HEAD + 'description = "a\\nb"  # <-\n', "description is 'a\\nb': write one line"),
    "no model": (HEAD + "\nmodel = false  # <-\n", "model is False: write one line"),
    "parameters are no table": (HEAD + "parameters = 3  # <-\n", "[parameters] table"),
    "unknown parameter": (
        HEAD + "[parameters]\nvocals = 0\nvoice = 0  # <-\n",
        "no parameter 'voice': choose from vocals, ",
    ),
    "too much": (VOCALS.format("12.5"), "vocals is 12.5: give " + GAIN),
    "infinite": (VOCALS.format("-inf"), "vocals is -inf: give " + GAIN),
    "not a number": (VOCALS.format("nan"), "vocals is nan: give " + GAIN),
    "text for a number": (VOCALS.format("'loud'"), "vocals is 'loud': give " + GAIN),
    "switch for a number": (VOCALS.format("true"), "vocals is True: write a number"),
    "table for a number": (VOCALS.format("{ a = 1 }"), "vocals is {'a': 1}: give " + GAIN),
    "number for a switch": (MUTE.format("1"), "vocals_mute is 1: write true or false"),
    "text for a switch": (MUTE.format("'on'"), "vocals_mute is 'on': write true or false"),
    "dotted key": (HEAD + "parameters.wet = 1\nparameters.vocals = 99  # <-\n", "vocals is 99"),
    "quoted key": (HEAD + "[ parameters ]\nwet = 1\n'vocals' = 99  # <-\n", "vocals is 99"),
    "inline table": (HEAD + "parameters = { wet = 1, vocals = 99 }  # <-\n", "vocals is 99"),
    "escaped key": (HEAD + '[parameters]\n"a\\nb\\u001b" = 1  # <-\n', "no parameter 'a?b?'"),
    "decoys": (
        HEAD + '# vocals = 99\ndescription = """\\\n  [parameters] \\\n  vocals = 99 \\\n  """\n'
        "[parameters]\nvocals_mute = true\nvocals = 99  # <-\n",
        "vocals is 99",
    ),
    "value over many lines": (
        HEAD + "[parameters]\nwet = 1\n\nvocals = [  # <-\n  1,\n\n  # 2\n]\nduck = 0\n",
        "vocals is [1]: give " + GAIN,
    ),
    "midi is no array": (HEAD + "midi = 7  # <-\n", "[[midi]] table"),
    "midi is one table": (HEAD + "[midi]  # <-\ncontrol = 'cc'\n", "[[midi]] table"),
    "midi has no tables": (HEAD + "midi = [7]  # <-\n", "[[midi]] table"),
    "unknown key of a binding": (MIDI + "colour = 'red'  # <-\n", "no 'colour'"),
    "odd key of a binding": (MIDI + "'a key' = 'red'  # <-\n", "no 'a key'"),
    "binding without target": (
        MIDI + "[[midi]]  # <-\ncontrol = 'cc'\nnumber = 7\n[parameters]\n",
        "lacks 'target'",
    ),
    "control": (MIDI + "[[midi]]\ncontrol = 'knob'  # <-\nnumber = 7\ntarget = 'wet'\n", "'knob'"),
    "number": (MIDI + "[[midi]]\nnumber = 128  # <-\ncontrol = 'cc'\ntarget = 'wet'\n", "0 to 127"),
    "target": (MIDI + "[[midi]]\nnumber = 7\ncontrol = 'cc'\ntarget = 'voice'  # <-\n", "'voice'"),
    "channel": (MIDI + "channel = 17  # <-\n", "channel is 17"),
    "minimum": (MIDI + "minimum = 'low'  # <-\n", "minimum is 'low'"),
    "maximum": (MIDI + "minimum = -12\nmaximum = 13  # <-\n", "maximum is 13"),
    "curve": (MIDI + "curve = 'log'  # <-\n", "curve is 'log'"),
    "mode": (MIDI + "mode = 'toggle'  # <-\n", "mode is 'toggle'"),
    "no value": (HEAD + "\ntitle =   # <-\n", "Invalid value"),
    "no equals sign": (HEAD + "\ntitle  # <-\nmodel = 'x'\n", "Expected '='"),
    "open string": (HEAD + "\ntitle = 'x  # <-\n", "no TOML"),
    "open text": (HEAD + '\ntitle = """  # <-\nmodel\n\n', "no TOML (Unterminated string)"),
    "open header": (HEAD + "[parameters  # <-\nvocals = 1\n", "no TOML"),
    "twice": (HEAD + "title = 'x'\ntitle = 'y'  # <-\n", "no TOML (Cannot overwrite a value)"),
    "table twice": (HEAD + "[parameters]\nwet = 1\n[parameters]  # <-\n", "no TOML"),
    "control character": (HEAD + "# \x00 <-\ntitle = 'x'\n", "no TOML (Found invalid character"),
    "too deep": (HEAD + f"model = 'x'\ntitle = {'[' * 9999}  # <-\n", "no TOML (maximum recursion"),
    "too many digits": (HEAD + f"\ntitle = {'9' * 9999}  # <-\n", "no TOML (Exceeds the limit"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_every_mistake_is_refused_by_its_line(case: str, tmp_path: Path) -> None:
    text, said = MISTAKES[case]
    (line,) = [n for n, words in enumerate(text.split("\n"), 1) if words.endswith("<-")]
    path = tmp_path / "bad.toml"
    write(path, text)
    message = refusal(path)
    assert message.startswith(f"{path}, line {line}: ")
    assert said in message.removeprefix(f"{path}, line {line}: ")
    write(path, "\ufeff" + text.replace("\n", "\r\n"))
    assert refusal(path) == message
    if not message.endswith("no version: write version = 1"):
        write(path, "# above\n\n" + text)
        assert refusal(path) == message.replace(f"line {line}: ", f"line {line + 2}: ")


def test_text_that_is_no_utf8_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes("version = 1\n# übung\ntitle = 'Übung'".encode("latin-1"))
    assert refusal(path) == f"{path}, line 2: no UTF-8 text: save it as UTF-8"


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_file_is_refused_in_one_line_or_is_a_preset(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    whole = presets()[str(rng.choice(SHIPPED))].read_bytes()
    path = tmp_path / "damaged.toml"
    said = []
    for _ in range(20):
        data = bytearray(whole)
        at = int(rng.integers(len(data)))
        match rng.integers(3):
            case 0:
                del data[at:]
            case 1:
                data[at] = rng.integers(256)
            case _:
                del data[at : at + int(rng.integers(1, 40))]
        path.write_bytes(data)
        try:
            load_preset(path)
        except LivevoxError as error:
            said.append(str(error))
    assert said
    assert all(words.startswith(f"{path}, line ") and words.isprintable() for words in said)


def test_only_valid_presets_can_be_made() -> None:
    for wrong in ({"name": "a/b"}, {"name": ""}, {"name": "../x"}, {"name": "-x"}, {"name": "x "}):
        with pytest.raises(LivevoxError, match="choose another"):
            Preset(**({"title": "x", "description": "", "model": "live", "parameters": {}} | wrong))
    with pytest.raises(LivevoxError, match="title"):
        Preset("x", "a\nb", "", "live", {})
    with pytest.raises(LivevoxError, match="vocals is 13"):
        preset(vocals=13)
    with pytest.raises(LivevoxError, match="no parameter 'voice'"):
        preset(voice=0)


def test_a_preset_does_not_change_with_what_it_was_made_of() -> None:
    parameters = {"vocals": -12.0}
    made = Preset("x", "x", "", "live", parameters)
    parameters["vocals"] = 0.0
    made.values()["vocals"] = 0.0
    assert made.values()["vocals"] == -12
