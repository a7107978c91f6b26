"""format=flowed (RFC 3676): soft line breaks undone, stuffing taken away."""

_SIGNATURE = "-- "


def reflowed(text: str, delete_space: bool) -> str:
    """The paragraphs as they were written. `delete_space`: DelSp=yes, the space before a soft break is none of the
    text's."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_soft = content.endswith(" ") and content != _SIGNATURE
        kept = content[:-1] if is_soft and delete_space else content
        if depth == open_depth and content != _SIGNATURE:
            out[-1] += kept
        else:
            out.append(">" * depth + (" " if depth else "") + kept)
        open_depth = depth if is_soft else -1
    return "\n".join(out)
