"""What a file is, by its first bytes: names and types that come with it are claims."""

import re

SIGNS = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", ".png"),
    (b"\xff\xd8\xff", 0, "image/jpeg", ".jpg"),
    (b"GIF8", 0, "image/gif", ".gif"),
    (b"WEBP", 8, "image/webp", ".webp"),
    (b"BM", 0, "image/bmp", ".bmp"),
    (b"#!AMR", 0, "audio/amr", ".amr"),
    (b"\x02#!SILK", 0, "audio/silk", ".silk"),
    (b"OggS", 0, "audio/ogg", ".ogg"),
    (b"ID3", 0, "audio/mpeg", ".mp3"),
    (b"WAVE", 8, "audio/wav", ".wav"),
    (b"ftyp", 4, "video/mp4", ".mp4"),
    (b"%PDF-", 0, "application/pdf", ".pdf"),
    (b"PK\x03\x04", 0, "application/zip", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, "application/x-ole-storage", ""),
)
"""Bytes, where they stand, the type that they show, and the ending of its names ("": as it was called)."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]")
NAME_MOST = 120
UNKNOWN = "application/octet-stream"


def type_of(content: bytes) -> tuple[str, str]:
    """The type that the bytes show, and the ending of its names; of others "application/octet-stream" and ""."""
    for sign, at, kind, ending in SIGNS:
        if content[at : at + len(sign)] == sign:
            return kind, ending
    return UNKNOWN, ""


def safe_name(name: str, otherwise: str, ending: str) -> str:
    """The last part of a name without what a file system or a reader could trip over; with the `ending` that belongs to
    the bytes. `otherwise` where nothing is left."""
    last = _UNSAFE.sub("", re.split(r"[/\\]", name)[-1]).strip(" .") or otherwise
    stem = last[: NAME_MOST - len(ending)]
    return stem if not ending or last.lower().endswith(ending) else f"{stem}{ending}"
