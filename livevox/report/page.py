"""A web page to compare separated stems by ear, in one file beside the audio."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from livevox.media.files import atomic_path

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
figure { margin: 0.75rem 0; }
audio, img { display: block; width: 100%; }
img { height: auto; background: #fff; border-radius: 4px; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 1rem 0.3rem 0; text-align: left; border-bottom: 1px solid #8886; }
th { font-weight: normal; }
td { font-variant-numeric: tabular-nums; }
@media (prefers-color-scheme: dark) { body { color: #e8e8e8; background: #161616; } }
"""

# `leader` is the player whose position counts. A player that starts takes the position over; one
# that is moved while nothing plays becomes the leader.
_SCRIPT = """
const players = [...document.querySelectorAll("audio")];
let leader = players[0];
for (const player of players) {
  player.addEventListener("play", () => {
    if (player === leader) return;
    player.currentTime = leader.ended ? 0 : leader.currentTime;
    leader.pause();
    leader = player;
  });
  player.addEventListener("seeking", () => {
    if (leader.paused) leader = player;
  });
}
"""


def write_page(
    path: Path,
    title: str,
    rows: Sequence[tuple[str, str]],
    picture: str,
    scores: Sequence[tuple[str, str]],
) -> None:
    """Write an HTML page with a player per row, a picture and a table of scores.

    ``rows`` are (label, audio file), ``scores`` (label, value); files are named relative to the
    page. Only one player sounds at a time: starting another goes on from the same place.
    """
    players = "\n".join(player(f"label-{number}", *row) for number, row in enumerate(rows))
    table = "\n".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>'
        for label, value in scores
    )
    alt = f"Mixture spectrogram, vocal mask and singing activity over time: {title}"
    body = f"""<h2>Listen</h2>
<p>Start another player to go on in it from the same place.</p>
{players}
<h2>Look</h2>
<img src="{_address(picture)}" alt="{escape(alt)}">
<h2>Scores</h2>
<table>
{table}
</table>"""
    write_html(path, title, body, script=_SCRIPT)


def write_html(path: Path, title: str, body: str, style: str = "", script: str = "") -> None:
    """Write a page in the look of all our pages; ``body`` is HTML, ``style`` adds to the look."""
    html = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}{style}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
<script>{script}</script>
</body>
</html>
"""
    with atomic_path(path) as part:
        part.write_text(html, encoding="utf-8")


def player(name: str, label: str, file: str, preload: str = "auto") -> str:
    """An audio player with its label; ``name`` is unique in the page."""
    return f"""<figure>
<figcaption id="{name}">{escape(label)}</figcaption>
<audio controls preload="{preload}" src="{_address(file)}" aria-labelledby="{name}"></audio>
</figure>"""


def _address(file: str) -> str:
    """A file name as a relative address, whatever characters it has."""
    return escape(quote(file))
