"""MedleyDB: songs with a stem for each instrument, described in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from livevox.errors import LivevoxError
from train.data.layouts.files import folders_in, recording_of, sum_of
from train.data.tracks import Track, instrumental_track, song

MEDLEYDB_SUNG = frozenset(
    f"{who} {what}" for who in ("male", "female") for what in ("singer", "rapper", "screamer")
) | {"vocalists", "choir"}
"""Instruments of MedleyDB that count as singing; speech, beatboxing and crowds do not."""


def medleydb(folder: Path) -> list[Track]:
    """Both versions: songs in Audio, V1 or V2, or in the folder itself."""
    homes = [folder / name for name in ("Audio", "V1", "V2") if (folder / name).is_dir()]
    return [_medleydb_song(path) for home in homes or [folder] for path in folders_in(home)]


def _medleydb_song(path: Path) -> Track:
    name = path.name
    metadata_path = path / f"{name}_METADATA.yaml"
    mixture = recording_of(path / f"{name}_MIX.wav")
    try:
        metadata: dict[str, Any] = yaml.safe_load(metadata_path.read_text(encoding="utf-8"))
        # YAML parses an unquoted yes as true.
        instrumental = metadata["instrumental"] in ("yes", True)
        stems = {
            path / f"{name}_STEMS" / stem["filename"]: _is_sung(stem["instrument"])
            for stem in metadata["stems"].values()
        }
    except OSError as error:
        raise LivevoxError(f"{metadata_path} can't be read ({error.strerror})") from None
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise LivevoxError(f"{metadata_path} does not describe a song ({reason})") from None
    sung = [recording_of(stem) for stem, is_sung in stems.items() if is_sung]
    rest = [recording_of(stem) for stem, is_sung in stems.items() if not is_sung]
    if sung and rest:
        return song(
            "medleydb",
            name,
            "train",
            mixture=mixture,
            vocals=sum_of(sung),
            accompaniment=sum_of(rest),
        )
    if sung:
        return Track("medleydb", name, "train", "singing", mixture, vocals=mixture)
    if instrumental:
        return instrumental_track("medleydb", name, "train", mixture)
    return song("medleydb", name, "train", mixture=mixture)


def _is_sung(instrument: str | list[str]) -> bool:
    """A stem may have several instruments; it is a vocal stem if one of them is sung."""
    return not MEDLEYDB_SUNG.isdisjoint([instrument] if isinstance(instrument, str) else instrument)
