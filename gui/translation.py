"""Translation of the window from Qt's .ts files in gui/translations.

The .ts files are read directly, because no Python package includes Qt's compiler for them. Update
them with `python -m tests.translations`, then edit or add one with Qt Linguist or a text editor.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from PyQt6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PyQt6.QtWidgets import QApplication

FOLDER = Path(__file__).parent / "translations"
SOURCE_LANGUAGE = "en"
Texts = dict[tuple[str, str], str]
"""Translations by context and source text."""


def install_translations(application: QApplication, locale: QLocale) -> None:
    """Install the first translation that exists among the locale's languages."""
    own_of_qt = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if own_of_qt.load(locale, "qtbase", "_", folder):
        application.installTranslator(own_of_qt)
    for language in locale.uiLanguages():
        language = language.partition("-")[0]
        path = FOLDER / f"livevox_{language}.ts"
        if language == SOURCE_LANGUAGE:
            return
        if path.is_file():
            application.installTranslator(Translation(path, application))
            return


class Translation(QTranslator):
    """One translation file."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = read_texts(path)

    def isEmpty(self) -> bool:  # noqa: N802
        """False, because Qt ignores an empty translator."""
        return not self._texts

    def translate(  # type: ignore[override]
        self,
        context: str | None,
        sourceText: str | None,  # noqa: N803
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        """The translation; None, unlike "", makes Qt ask the next translator."""
        return self._texts.get((context or "", sourceText or ""))


def read_texts(path: Path) -> Texts:
    """The finished texts of a translation file."""
    return {
        (context.findtext("name", ""), message.findtext("source", "")): translation.text
        for context in ElementTree.parse(path).iter("context")
        for message in context.iter("message")
        if (translation := message.find("translation")) is not None
        and translation.get("type") is None
        and translation.text
    }
