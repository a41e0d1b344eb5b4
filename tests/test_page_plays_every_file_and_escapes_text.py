"""The page of stems: complete, self-contained, and safe with any file name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from livevox.report.page import write_page
from tests.html_page import Page

TITLE = 'Tom & "Jerry" <script>alert(1)</script>'
ROWS = [("the song", "mixture.wav"), ("<b>voice</b>", 'a "b" #1 & 100%?.flac')]
PICTURE = "bild <1>.png"
SCORES = [("SDR & more", "< 5 dB"), ("SDR of the voice", "3.2 dB")]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    path = tmp_path / "index.html"
    write_page(path, TITLE, ROWS, PICTURE, SCORES)
    assert list(tmp_path.iterdir()) == [path]
    parsed = Page(path.read_text(encoding="utf-8"))
    assert parsed.open == []
    return parsed


def test_text_arrives_as_text(page: Page) -> None:
    for text in (TITLE, *(label for label, _ in ROWS), *(word for row in SCORES for word in row)):
        assert text in page.words
    assert len(page.all("script")) == 1, "the page's own"
    assert page.all("b") == []


def test_every_file_is_there_under_its_name(page: Page) -> None:
    sources = [player["src"] for player in page.all("audio")]
    assert [unquote(source or "") for source in sources] == [file for _, file in ROWS]
    assert unquote(page.all("img")[0]["src"] or "") == PICTURE
    for address in (*sources, page.all("img")[0]["src"]):
        assert address is not None
        assert not set(address) & set('"<>#?& '), "or the rest would not belong to the name"


def test_nothing_comes_from_elsewhere(page: Page) -> None:
    assert page.all("link") == []
    addresses = [a for _, attributes in page.elements for a in (attributes.get("src"),) if a]
    assert len(addresses) == len(ROWS) + 1
    assert not any(":" in address or address.startswith("/") for address in addresses)


def test_the_page_is_accessible_without_sight(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    assert TITLE in (page.all("img")[0]["alt"] or "")
    labels = [caption["id"] for caption in page.all("figcaption")]
    assert [player["aria-labelledby"] for player in page.all("audio")] == labels
    assert len(set(labels)) == len(ROWS)
    assert all(cell["scope"] == "row" for cell in page.all("th"))
