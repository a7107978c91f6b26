"""What is wrong with files and commands, in the reader's language: English is how it is written (`sla.worded`),
`worded_zh.po` says it in Chinese, each sentence by its English form.

What is no sentence (an example of a line, a name, what another program said) is the same in both.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from sla.worded import Worded


def in_words(text: str, language: str) -> str:
    """The text in "zh" or "en"; of its fields those that are sentences themselves as well."""
    if language == "en":
        return str(text)
    if not isinstance(text, Worded):
        return forms().get(text, text)
    fields = {n: in_words(value, language) if isinstance(value, Worded) else value for n, value in text.fields.items()}
    return forms().get(text.form, text.form).format_map(fields)


@cache
def forms() -> Mapping[str, str]:
    """English form -> Chinese."""
    with files(__package__).joinpath("worded_zh.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="zh") if message.id}
