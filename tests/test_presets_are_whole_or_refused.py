"""A preset loads as it was saved; one with an error is refused with file and line."""

from __future__ import annotations

import resource
import signal
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from typer.testing import CliRunner

from livevox.cli.presets import presets_app
from livevox.config.modes import current_mode, modes
from livevox.config.preset import (
    Preset,
    delete_preset,
    load_preset,
    presets,
    problems,
    rename_preset,
    save_preset,
    user_folder,
)
from livevox.config.shipped import MIDI_MAP, shipped_folder
from livevox.errors import LivevoxError
from livevox.midi.binding import Binding, Control, Curve, Mode
from livevox.network.model import shipped_models
from livevox.parameters import PARAMETERS, defaults

SHIPPED = [
    *("karaoke", "guide-voice", "a-cappella", "rehearsal", "detect-only", "monitor"),
    *("karaoke-mic", "duet"),
]
"""In the order of their keys and programs."""


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate config folder that does not exist yet."""
    folder = tmp_path / "config"
    monkeypatch.setenv("LIVEVOX_CONFIG_DIR", str(folder))
    monkeypatch.setenv("COLUMNS", "200")
    return folder


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


def preset(name: str = "mine", **parameters: float) -> Preset:
    return Preset(name, "Mine", "", "live", parameters)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def refusal(path: str | Path) -> str:
    """The error of a preset that can't be loaded: one line."""
    with pytest.raises(LivevoxError) as caught:
        load_preset(path)
    message = str(caught.value)
    assert message.isprintable()
    return message


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 8 bytes, so that writing fails as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("seed", range(50))
def test_what_is_saved_is_what_is_loaded(seed: int) -> None:
    saved = random_preset(np.random.default_rng(seed))
    path = save_preset(saved)
    assert load_preset(saved.name) == load_preset(path) == saved
    assert presets()[saved.name] == path
    assert set(saved.values()) == set(PARAMETERS)
    assert saved.values() == defaults() | saved.parameters


HEAD = "version = 1\n"
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


def test_unknown_presets_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    text = write(tmp_path / "preset.txt", HEAD)
    for name in ("nothing", "x" * 300, "a\0b", "..", "missing.toml", text, tmp_path):
        with pytest.raises(LivevoxError, match=r"choose from a-cappella, .*, or give a \.toml"):
            load_preset(name)
    assert "choose another" in refusal(write(tmp_path / "my.own.toml", HEAD))


def test_parameters_not_named_keep_their_defaults(tmp_path: Path) -> None:
    path = write(tmp_path / "short.toml", HEAD + "[parameters]\nvocals_mute = true\n")
    short = load_preset(path)
    assert short == Preset("short", "short", "", "live", {"vocals_mute": 1.0})
    assert short.values() == defaults() | {"vocals_mute": 1.0}


def test_the_users_preset_hides_the_shipped_one_until_it_is_gone() -> None:
    shipped = load_preset("karaoke")
    own = preset("karaoke", vocals=-20)
    save_preset(own)
    assert load_preset("karaoke") == own
    assert list(presets()) == sorted(SHIPPED)
    rename_preset("karaoke", "quiet")
    assert load_preset("karaoke") == shipped
    assert load_preset("quiet").parameters == own.parameters
    delete_preset("quiet")
    assert list(presets()) == sorted(SHIPPED)
    assert list(user_folder().iterdir()) == []


def test_nothing_is_lost_by_saving_renaming_or_deleting() -> None:
    save_preset(preset("one", vocals=-1))
    save_preset(preset("two", vocals=-2))
    refused = [
        (lambda: save_preset(preset("one")), "one.toml exists"),
        (lambda: rename_preset("one", "two"), "two.toml exists"),
        (lambda: rename_preset("one", "../two"), "choose another"),
        (lambda: rename_preset("karaoke", "mine"), "is part of livevox"),
        (lambda: rename_preset("three", "four"), "no preset 'three'"),
        (lambda: delete_preset("karaoke"), "is part of livevox"),
        (lambda: delete_preset("three"), "no preset 'three'"),
        (lambda: delete_preset("../presets/one"), "no preset '../presets/one'"),
    ]
    for action, said in refused:
        with pytest.raises(LivevoxError, match=said):
            action()
    assert [load_preset(name).parameters["vocals"] for name in ("one", "two")] == [-1, -2]
    save_preset(preset("one", vocals=-3), overwrite=True)
    assert load_preset("one").parameters["vocals"] == -3


def test_a_save_that_fails_leaves_the_old_preset() -> None:
    old = preset(vocals=-1)
    path = save_preset(old)
    with full_disk(), pytest.raises(LivevoxError, match=r"mine\.toml can't be written \(File too"):
        save_preset(preset(vocals=-2), overwrite=True)
    assert load_preset("mine") == old
    assert list(user_folder().iterdir()) == [path]


def test_a_folder_that_cant_be_written_to_is_named_with_a_remedy(config: Path) -> None:
    write(config, "not a folder")
    with pytest.raises(LivevoxError, match=r"mine\.toml can't be written \(.+\).*CONFIG_DIR"):
        save_preset(preset())
    assert list(presets()) == sorted(SHIPPED)


def test_files_that_are_no_presets_are_not_listed() -> None:
    folder = user_folder()
    write(folder / ".mine-x7.toml", HEAD)
    write(folder / "notes.txt", HEAD)
    (folder / "folder.toml").mkdir()
    assert list(presets()) == sorted(SHIPPED)


def test_shipped_presets_sound_as_their_names_say() -> None:
    assert sorted(SHIPPED) == list(presets())
    loaded = {name: load_preset(name) for name in SHIPPED}
    assert {name: p.parameters for name, p in loaded.items()} == {
        "karaoke": {"vocals_mute": 1},
        "guide-voice": {"vocals": -12},
        "a-cappella": {"accompaniment_mute": 1},
        "rehearsal": {"accompaniment": -12},
        "monitor": {},
        "detect-only": {"bypass": 1},
        "karaoke-mic": {
            "vocals_mute": 1,
            "mic_low_cut": 120,
            "mic_gate": -50,
            "mic_echo": 0.12,
            "mic_echo_time": 0.28,
            "mic_reverb": 0.25,
            "mic_limit": -3,
        },
        "duet": {
            "vocals": -6,
            "mic_low_cut": 120,
            "mic_gate": -50,
            "mic_reverb": 0.2,
            "mic_limit": -3,
        },
    }
    for name, p in loaded.items():
        assert p.model == ("direct" if name == "monitor" else "live")
        assert p.description
        assert all("model" in problem for problem in problems(p))
    assert len({p.title for p in loaded.values()}) == len(SHIPPED)


def test_shipped_presets_say_only_what_they_change() -> None:
    for path in shipped_folder().glob("*.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(table) <= {"version", "title", "description", "model", "parameters"}
        assert table.get("model") != "live"
        usual = defaults()
        assert all(value != usual[name] for name, value in table.get("parameters", {}).items())


def test_modes_are_the_first_presets_and_leave_the_volume_alone() -> None:
    found = modes()
    assert [mode.key for mode in found] == ["1", "2", "3", "4", "5"]
    for name, mode in zip(SHIPPED, found, strict=False):
        preset = load_preset(name)
        assert (mode.title, mode.description) == (preset.title, preset.description)
        heard = defaults() | {"output": -6.0, "duck": 10.0, "vocals_solo": 1.0} | mode.values
        assert current_mode(found, heard) == mode
        assert (heard["output"], heard["duck"]) == (-6, 10)
        if name != "detect-only":
            assert heard == preset.values() | {"output": -6, "duck": 10}


def test_a_mode_is_the_users_preset_where_that_hides_the_shipped_one() -> None:
    save_preset(preset("karaoke", vocals=-20, output=-3))
    write(user_folder() / "rehearsal.toml", "version = ")
    found = {mode.key: mode for mode in modes()}
    assert set(found) == {"1", "2", "3", "5"}
    assert found["1"].title == "Mine"
    assert (found["1"].values["vocals"], found["1"].values["output"]) == (-20, -3)


def test_a_preset_without_bindings_has_the_shipped_map_and_may_have_none() -> None:
    assert preset().midi == MIDI_MAP
    assert "midi" not in preset().to_toml()
    none = Preset("silent", "x", "", "live", {}, midi=())
    save_preset(none)
    assert load_preset("silent") == none


def test_shipped_presets_share_one_map_that_reaches_them_all() -> None:
    (bindings,) = {load_preset(name).midi for name in SHIPPED}
    programs = {b.number: b.preset for b in bindings if b.control == "program"}
    assert programs == dict(enumerate(SHIPPED))
    assert not any(a.clashes(b) for k, a in enumerate(bindings) for b in bindings[:k])
    assert {b.target for b in bindings if not b.preset} >= {"vocals", "accompaniment"}


def test_problems_name_the_model_and_the_presets_that_are_missing(tmp_path: Path) -> None:
    programs = tuple(Binding("program", n, f"preset:{p}") for n, p in enumerate(["karaoke", "no"]))
    assert problems(preset()) == []
    model, program = problems(Preset("x", "x", "", "none", {}, programs))
    assert model.startswith("model 'none' is not installed: choose from ")
    assert "program 1 loads preset 'no', which is not there" in program
    file = write(tmp_path / "own.onnx", "")
    assert problems(Preset("x", "x", "", str(file), {})) == []


def test_the_list_has_every_preset_and_marks_damaged_ones() -> None:
    save_preset(Preset("mine", "[red]:star:", "", "live", {}))
    write(user_folder() / "karaoke.toml", "version = ")
    result = CliRunner().invoke(presets_app, ["list"])
    assert result.exit_code == 0
    rows = {line.split()[1]: line for line in result.stdout.splitlines() if line.startswith("│")}
    assert set(rows) == {*SHIPPED, "mine"}
    assert {name for name, row in rows.items() if "yours" in row} == {"karaoke", "mine"}
    assert {name for name, row in rows.items() if "damaged" in row} == {"karaoke"}
    assert "[red]:star:" in rows["mine"]


def test_show_tells_what_was_chosen_and_what_midi_does() -> None:
    result = CliRunner().invoke(presets_app, ["show", "guide-voice"])
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["│", "vocals", "│", "-12", "dB", "│", "yes", "│"] in rows
    assert ["│", "bypass", "│", "off", "│", "│"] in rows
    assert "program 5" in result.stdout
    assert "preset:detect-only" in result.stdout


def test_the_command_saves_another_preset_with_changes() -> None:
    def save(*arguments: str) -> str:
        result = CliRunner().invoke(presets_app, ["save", *arguments])
        if result.exit_code == 0:
            return result.stderr
        assert isinstance(result.exception, LivevoxError)
        return str(result.exception)

    changes = ["--set", "vocals=-6", "--set", "bypass=on", "--set", "vocals_mute=0"]
    assert "saved" in save("mine", "--from", "karaoke", *changes)
    saved, source = load_preset("mine"), load_preset("karaoke")
    assert saved.parameters == {"vocals": -6, "bypass": 1, "vocals_mute": 0}
    assert (saved.title, saved.model, saved.midi) == ("mine", source.model, source.midi)
    refused = {
        "vocals=loud": "--set is 'vocals=loud'",
        "vocals": "--set is 'vocals'",
        "vocals=on": "--set is 'vocals=on'",
        "vocals=99": "vocals is 99",
        "voice=1": "no parameter 'voice'",
        "bypass=0.5": "bypass is 0.5",
    }
    for change, said in refused.items():
        assert said in save("mine", "--from", "karaoke", "--force", "--set", change)
    assert "mine.toml exists" in save("mine", "--from", "karaoke")
    assert "no preset 'nothing'" in save("mine", "--from", "nothing", "--force")
    assert "choose another" in save("a/b", "--from", "karaoke")
    assert load_preset("mine") == saved
    assert "saved" in save("mine", "--from", "mine", "--set", "vocals=-9", "--force")
    assert load_preset("mine").values() == saved.values() | {"vocals": -9}


def test_check_has_a_line_for_each_and_fails_where_one_is_bad(tmp_path: Path) -> None:
    def check(*names: object) -> tuple[int, list[str], list[str]]:
        result = CliRunner().invoke(presets_app, ["check", *map(str, names)])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()

    installed = [name for name in sorted(SHIPPED) if load_preset(name).model in shipped_models()]
    code, good, bad = check()
    assert good == [f"{name}: good" for name in installed]
    assert len(good) + len(bad) == len(SHIPPED)
    assert code == (1 if bad else 0)

    path = write(tmp_path / "bad.toml", HEAD + "vocals = 1\n")
    code, good, (line,) = check("karaoke", path, "rehearsal")
    assert (code, good) == (1, ["karaoke: good", "rehearsal: good"])
    assert line.startswith(f"livevox: {path}, line 2: ")
    write(path, HEAD + "model = 'none'\n[[midi]]\ncontrol='note'\nnumber=1\ntarget='preset:no'\n")
    code, good, (line,) = check(path)
    assert (code, good) == (1, [])
    assert line.startswith("livevox: preset 'bad' can't be used: ")
    assert "model 'none' is not installed" in line
    assert "preset 'no'" in line
