"""format=flowed (RFC 3676): soft line breaks undone, stuffing taken away."""

from bot.channels.mail.markup import Line

_SIGNATURE = "-- "


def reflowed(text: str, delete_space: bool) -> list[Line]:
    """The paragraphs as they were written. `delete_space`: DelSp=yes, the space before a soft break is none of the
    text's."""
    out: list[tuple[int, list[str]]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_soft = content.endswith(" ") and content != _SIGNATURE
        kept = content[:-1] if is_soft and delete_space else content
        if depth == open_depth and content != _SIGNATURE:
            out[-1][1].append(kept)
        else:
            out.append((depth, [kept]))
        open_depth = depth if is_soft else -1
    return [Line(">" * depth + (" " if depth else "") + "".join(said), is_own=not depth) for depth, said in out]
