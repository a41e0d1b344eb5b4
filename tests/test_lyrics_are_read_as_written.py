"""Lyrics come out of LRC and UltraStar files as they were written, and damage is one clear line."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest

from livevox.errors import LivevoxError
from livevox.media.lrc import LAST_WORD_SECONDS, read_lrc
from livevox.media.lyrics import Line, Lyrics, Word
from livevox.media.lyrics_files import lyrics_beside
from livevox.media.text import MOST_BYTES
from livevox.media.ultrastar import read_ultrastar

SYLLABLES = ("la", "Ünd", "straße", "don't", "(oh)", "愛", "[x", "3:4", "-", "שלום", "e\u0301")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


def drawn(rng: np.random.Generator, lines: int, step: float) -> list[Line]:
    """Lines of words in multiples of ``step`` seconds, each line after the one before."""
    at, made = 0, []
    for _ in range(lines):
        words = []
        for _ in range(rng.integers(1, 7)):
            at += int(rng.integers(0, 60))
            length = int(rng.integers(1, 80))
            text = str(rng.choice(SYLLABLES)) + rng.choice(["", " "])
            words.append(Word(at * step, (at + length) * step, text))
            at += length
        words[-1] = Word(words[-1].start, words[-1].end, words[-1].text.rstrip())
        at += int(rng.integers(1, 200))
        text = "".join(word.text for word in words)
        made.append(Line(words[0].start, words[-1].end, text, tuple(words)))
    return made


def stamp(second: float) -> str:
    hundredths = round(100 * second)
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def as_enhanced(lines: list[Line]) -> str:
    """Each word between its own times; a pause ends a word where none begins."""
    rows = ["[ti:A title]", "[ar:Somebody]", ""]
    for line in lines:
        row = f"[{stamp(line.start)}]"
        for word in line.words:
            row += f"<{stamp(word.start)}>{word.text}<{stamp(word.end)}>"
        rows.append(row)
    return "\n".join(rows) + "\n"


def as_ultrastar(lines: list[Line], space_after: bool) -> str:
    """Beats of 0.01 s, which is a quarter of a #BPM beat of 1500."""
    rows = ["#TITLE:A title", "#ARTIST:Somebody", "#MP3:a.mp3", "#BPM:1500,0", "#GAP:500"]
    for line in lines:
        space = ""
        for word in line.words:
            begin, length = round(100 * word.start) - 50, round(100 * (word.end - word.start))
            text = word.text if space_after else space + word.text.rstrip()
            space = " " if word.text.endswith(" ") else ""
            rows.append(f": {begin} {length} 60 {text}")
        rows.append(f"- {round(100 * line.end) - 50}")
    return "\r\n".join([*rows, "E", ""])


def assert_same(lyrics: Lyrics, lines: list[Line]) -> None:
    assert [line.text for line in lyrics.lines] == [line.text for line in lines]
    for found, line in zip(lyrics.lines, lines, strict=True):
        assert [word.text for word in found.words] == [word.text for word in line.words]
        for word, expected in zip(found.words, line.words, strict=True):
            assert (word.start, word.end) == pytest.approx((expected.start, expected.end))
        assert (found.start, found.end) == pytest.approx((line.start, line.end))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("seed", range(4))
def test_words_and_times_come_back_from_both_formats(
    tmp_path: Path, encoding: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    lines = drawn(rng, 30, 0.01)
    lines = [Line(e.start + 1, e.end + 1, e.text, _later(e.words, 1)) for e in lines]
    song = tmp_path / "song.flac"
    for suffix, text in (
        (".lrc", as_enhanced(lines)),
        (".txt", as_ultrastar(lines, space_after=bool(seed % 2))),
    ):
        path = song.with_suffix(suffix)
        path.write_bytes(text.encode(encoding))
        lyrics = lyrics_beside(song)
        assert lyrics is not None
        assert_same(lyrics, lines)
        assert (lyrics.title, lyrics.artist) == ("A title", "Somebody")
        path.unlink()


def _later(words: tuple[Word, ...], by: float) -> tuple[Word, ...]:
    return tuple(Word(word.start + by, word.end + by, word.text) for word in words)


def lrc(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Lyrics:
    path = tmp_path / "song.lrc"
    path.write_bytes("\n".join(lines).encode(encoding))
    return read_lrc(path)


def test_a_plain_line_lasts_until_the_next_time_and_is_sung_at_once(tmp_path: Path) -> None:
    lyrics = lrc(
        tmp_path, "[00:01.5] One  line ", "[01:02]", "[1:03.250]Other", "[00:01.50]zwei", "no time"
    )
    assert lyrics.lines == (
        Line(1.5, 62, "One line"),
        Line(1.5, 62, "zwei"),
        Line(63.25, inf, "Other"),
    )
    assert [lyrics.lines[0].sung(second) for second in (1.4, 1.5, 99)] == [0, 8, 8]
    assert [lyrics.current(second) for second in (0, 30, 61.9, 62, 99)] == [0, 0, 0, 2, 2]


def test_times_in_all_their_forms(tmp_path: Path) -> None:
    forms = {
        "00:07": 7,
        "0:7.5": 7.5,
        "00:07.25": 7.25,
        "00:07.251": 7.251,
        "00:07:25": 7.25,
        "75:00.00": 4500,
        "1:15:00.5": 4500.5,
        "00:75.00": 75,
    }
    for form, seconds in forms.items():
        assert lrc(tmp_path, f"[{form}]a").lines[0].start == pytest.approx(seconds), form


def test_a_line_with_several_times_is_there_several_times(tmp_path: Path) -> None:
    lyrics = lrc(
        tmp_path,
        "[00:30.00] [00:10.00][00:50.00]<00:30.00>Re <00:31.00>frain<00:32.50>",
        "[00:20.00]Verse",
    )
    assert [(line.start, line.text) for line in lyrics.lines] == [
        (10, "Re frain"),
        (20, "Verse"),
        (30, "Re frain"),
        (50, "Re frain"),
    ]
    for line in lyrics.lines[::2]:
        relative = [(w.start - line.start, w.end - line.start, w.text) for w in line.words]
        assert relative == [(0, 1, "Re "), (1, 2.5, "frain")]


@pytest.mark.parametrize(("offset", "moved"), [("+500", -0.5), ("-1250", 1.25), (" 250 ", -0.25)])
def test_an_offset_lets_all_come_earlier(tmp_path: Path, offset: str, moved: float) -> None:
    rows = "[00:10.00]<00:10.00>a <00:11.00>b<00:12.00>", "[00:20.00]c"
    before = lrc(tmp_path, *rows)
    # Wherever the tag stands.
    after = lrc(tmp_path, rows[0], f"[offset:{offset}]", rows[1])
    for old, new in zip(before.lines, after.lines, strict=True):
        assert new.start == old.start + moved
        for old_word, new_word in zip(old.words, new.words, strict=True):
            assert (new_word.start, new_word.end) == (old_word.start + moved, old_word.end + moved)


def test_the_last_word_ends_with_its_line_or_after_a_while(tmp_path: Path) -> None:
    lyrics = lrc(tmp_path, "[00:10.00]<00:10.00>a <00:11.00>b", "[00:11.50]<00:12.00>c")
    assert lyrics.lines[0].end == lyrics.lines[0].words[-1].end == 11.5
    assert lyrics.lines[1].end == 12 + LAST_WORD_SECONDS
    # The text before a first time begins with the line, and held back times count as they come.
    (line,) = lrc(tmp_path, "[00:05.00]One <00:06.00>two <00:05.50>three<00:08.00>").lines
    assert [(w.start, w.end) for w in line.words] == [(5, 6), (6, 6), (6, 8)]


def test_progress_goes_through_the_words_in_proportion() -> None:
    line = Line(1, 9, "ab cdef", (Word(1, 2, "ab "), Word(5, 9, "cdef")))
    expected = {0: 0, 1: 0, 1.5: 1.5, 2: 3, 4: 3, 5: 3, 6: 4, 8: 6, 9: 7, 99: 7}
    for second, characters in expected.items():
        assert line.sung(second) == pytest.approx(characters)
    rng = np.random.default_rng(3)
    for line in drawn(rng, 20, 0.01):
        sung = [line.sung(second) for second in np.linspace(line.start - 1, line.end + 1, 500)]
        assert sung == sorted(sung)
        assert (sung[0], sung[-1]) == (0, len(line.text))


def test_ultrastar_syllables_are_joined_and_held(tmp_path: Path) -> None:
    path = tmp_path / "song.txt"
    rows = ": 0 4 60 Hal", ": 4 2 60 lo", ": 6 6 62 ~", "* 14 2 60  you~", "F 16 2 0  (hey)", "- 20"
    # The second voice joins in the last line, which is there once.
    both = ": 24 4 60 both"
    path.write_text("\n".join(["#BPM:150", "P1", *rows, both, "P2", "- 20", both, "E", "junk"]))
    first, last = read_ultrastar(path).lines
    assert first.text == "Hallo you (hey)"
    assert [word.text for word in first.words] == ["Hal", "lo ", "you ", "(hey)"]
    held = first.words[1]
    assert (held.start, held.end) == pytest.approx((0.4, 1.2))
    assert (last.text, last.start) == ("both", pytest.approx(2.4))


def test_old_files_are_in_latin_1(tmp_path: Path) -> None:
    lyrics = lrc(tmp_path, "[ti:Größe]", "[00:01.00]Schön … €", encoding="cp1252")
    assert (lyrics.title, lyrics.lines[0].text) == ("Größe", "Schön … €")


def test_control_characters_never_reach_a_terminal(tmp_path: Path) -> None:
    lyrics = lrc(tmp_path, "[ti:\x1b[31mred]", "[00:01.00]a\x1b]0;b\x07\u200dc")
    assert (lyrics.title, lyrics.lines[0].text) == ("[31mred", "a]0;b\u200dc")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("song.lrc", "", "no line with a time"),
        ("song.lrc", "only\nwords", "no line with a time"),
        ("song.lrc", "[offset:soon]\n[00:01.00]a", r"lrc:1: '\[offset:soon\]' is not an offset"),
        ("song.txt", "#BPM:100\n: 0 4", r"txt:2: ': 0 4' is not a header"),
        ("song.txt", "#BPM:100\n" + "x" * 999, r"txt:2: 'x{60}…' is not a header"),
        ("song.txt", f"#BPM:100\n: {'9' * 400} 4 0 a", "no usable #BPM"),
        ("song.txt", "#BPM:100\nE", "no notes"),
        ("song.txt", "#TITLE:a\n: 0 4 0 a", "no usable #BPM"),
        ("song.lrc", "[00:01.00]a\n" * (MOST_BYTES // 10), "more than"),
    ],
)
def test_a_damaged_file_is_told_in_one_line(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(LivevoxError, match=said) as raised:
        lyrics_beside(tmp_path / "song.mp3")
    assert "\n" not in str(raised.value)
    assert str(tmp_path / name) in str(raised.value)


def test_random_bytes_are_lyrics_or_one_clear_line(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    pieces = (
        *(b"[00:", b"12.3", b"]", b"<01:", b">", b"\n", b"\r", b":", b" ", b"- ", b"P1", b"#BPM:"),
        *(b"#GAP:", b"1e999", b"-", b"0", b"9" * 30, b"nan", b": 1 2 3 a\n", b"[offset:", b"~"),
        *(b"\xff\xfe", b"\0", "é".encode(), b"\xe9", b"#RELATIVE:yes\n", b"E\n", b"F 0 "),
    )
    read, errors = 0, list[str]()
    for trial in range(3000):
        made = [
            bytes(rng.integers(0, 256, rng.integers(1, 6), np.uint8))
            if rng.random() < 0.1
            else pieces[rng.integers(len(pieces))]
            for _ in range(rng.integers(0, 40))
        ]
        head = rng.choice([b"", b"[00:01.00]x\n", b"#BPM:120\n: 0 1 2 x\n", b"#"])
        path = tmp_path / f"song{('.lrc', '.txt')[trial % 2]}"
        path.write_bytes(head + b"".join(made))
        try:
            lyrics = lyrics_beside(tmp_path / "song.wav")
        except LivevoxError as error:
            errors.append(str(error))
        else:
            if lyrics is not None:
                read += 1
                assert_well_formed(lyrics)
        path.unlink()
    assert min(read, len(errors)) > 200
    assert not any("\n" in line for line in errors)


def assert_well_formed(lyrics: Lyrics) -> None:
    starts = [line.start for line in lyrics.lines]
    assert starts == sorted(starts)
    for line in lyrics.lines:
        assert line.text.strip() == line.text != ""
        assert line.start <= line.end
        times = [word.start for word in line.words]
        assert times == sorted(times)
        assert all(word.start <= word.end for word in line.words)
        assert not line.words or "".join(word.text for word in line.words) == line.text


def test_only_the_songs_own_text_is_taken(tmp_path: Path) -> None:
    song = tmp_path / "Artist - 1.5 song.mp3"
    assert lyrics_beside(song) is None
    (tmp_path / "Artist - 1.lrc").write_text("[00:01.00]other")
    # Notes about the song are no lyrics.
    song.with_suffix(".txt").write_text("Recorded in May")
    assert lyrics_beside(song) is None
    song.with_suffix(".txt").write_text("#BPM:100\n: 0 4 0 sung\nE")
    assert lyrics_beside(song).lines[0].text == "sung"
    song.with_suffix(".LRC").write_text("[00:01.00]line")
    assert lyrics_beside(song).lines[0].text == "line"
    song.with_suffix(".LRC").unlink()
    song.with_suffix(".lrc").mkdir()
    assert lyrics_beside(song).lines[0].text == "sung"
