"""What a POST to the web chat carries: JSON, or a form with files."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, MultipartReader, web

from bot.web.guard import TooLarge, refused

FILES_MOST = 5
TEXT_MOST = 200_000  # characters; far above what a message may have: the handlers answer that in words
READ_ON_MOST = 64 * 1024 * 1024  # of a file that is too big: read, and thrown away, so that the answer arrives


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent along."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a message. `key` is the page's own id of it, or a new one."""

    seat: str
    text: str
    action: str
    reply_to: str
    key: str
    group: str
    language: str
    files: tuple[File, ...] = ()


async def read_posted(request: web.Request, max_file: int) -> Posted:
    """The message in a request. Raises 400 for what is none, 413 for a file over `max_file` bytes."""
    files: list[File] = []
    if request.content_type == "multipart/form-data":
        fields = await _read_form(await request.multipart(), files, max_file)
    else:
        fields = await _read_json(request)
    return Posted(
        seat=_text(fields, "seat", 100),
        text=_text(fields, "text", TEXT_MOST),
        action=_text(fields, "action", 64),
        reply_to=_text(fields, "reply_to", 40),
        key=_text(fields, "client_key", 100) or uuid.uuid4().hex,
        group=_text(fields, "to", 200),
        language=_text(fields, "language", 10),
        files=tuple(files),
    )


async def _read_json(request: web.Request) -> Mapping[str, object]:
    try:
        fields = await request.json()
    except ValueError as error:
        raise refused(web.HTTPBadRequest, "no_json") from error
    if not isinstance(fields, dict):
        raise refused(web.HTTPBadRequest, "no_json")
    return fields


async def _read_form(form: MultipartReader, files: list[File], max_file: int) -> Mapping[str, object]:
    fields: dict[str, object] = {}
    while (part := await form.next()) is not None:
        if not isinstance(part, BodyPartReader) or not part.name:
            raise refused(web.HTTPBadRequest, "no_form")
        if part.filename is None:
            fields[part.name] = (await _content(part, TEXT_MOST * 4)).decode("utf-8", "replace")
        elif len(files) == FILES_MOST:
            raise refused(TooLarge, "too_many_files", limit=FILES_MOST)
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            files.append(File(part.filename[:200], kind[:100], await _content(part, max_file)))
    return fields


async def _content(part: BodyPartReader, most: int) -> bytes:
    kept = bytearray()
    read = 0
    while chunk := await part.read_chunk():
        read += len(chunk)
        if read > READ_ON_MOST + most:
            break
        if read <= most:
            kept += chunk
    if read > most:
        raise refused(TooLarge, "too_big", limit=most)
    return bytes(kept)


def _text(fields: Mapping[str, object], name: str, most: int) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str) or len(value) > most:
        raise refused(web.HTTPBadRequest, "field", field=name)
    # Half of a surrogate pair is no text: it cannot be stored.
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
