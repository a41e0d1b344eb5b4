"""Pages from templates, one file each, such as the page to compare stems by ear."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    select_autoescape,
)

from livevox.media.files import atomic_path

PACKAGE = "livevox.report"


def write_page(
    path: Path,
    title: str,
    rows: Sequence[tuple[str, str]],
    picture: str,
    scores: Sequence[tuple[str, str]],
) -> None:
    """Write an HTML page with a player per row, a picture and a table of scores.

    ``rows`` are (label, audio file), ``scores`` (label, value); files are named relative to the
    page. Only one player plays at a time; another one starts at the same position.
    """
    values = {"title": title, "rows": rows, "picture": picture, "scores": scores}
    write_filled(path, PACKAGE, "stems.html", **values)


def write_filled(path: Path, package: str, template: str, **values: object) -> None:
    """Write ``template``, of the folder `templates` in ``package``, filled with ``values``.

    In HTML text is escaped. Such a template may extend `base.html`, the style of all pages, which
    needs a ``title``, and import `player.html`. Raises LivevoxError if the folder can't be
    written to.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(PACKAGE)]),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    text = environment.get_template(template).render(values)
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")
