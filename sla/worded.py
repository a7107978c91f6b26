"""A sentence that knows its form: English by itself, and what another language needs to say it too.

What is wrong with a file is found here, where no wording is known. `handlers.wording.mistakes` says it in the reader's
language, by the form; the fields stay what they are.
"""


class Worded(str):
    """`form` filled with `fields`, each in braces and by its name. A field may be Worded itself."""

    __slots__ = ("fields", "form")

    form: str
    fields: dict[str, object]

    def __new__(cls, form: str, /, **fields: object) -> "Worded":
        """The sentence. Raises KeyError for a field of the form that is not given."""
        made = super().__new__(cls, form.format_map(fields))
        made.form, made.fields = form, fields
        return made
