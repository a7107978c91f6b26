"""A function has at most 70 lines, a file at most 400. `python -m tests.house.sizes` prints medians and offenders."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.house import ROOT, sources

FUNCTION_LINES = 70
FILE_LINES = 400


@dataclass(frozen=True, slots=True)
class Measured:
    """A file (name empty) or a function, and its length in lines, decorators and docstring included."""

    path: Path
    line: int
    name: str
    lines: int

    @property
    def too_long(self) -> bool:
        return self.lines > (FUNCTION_LINES if self.name else FILE_LINES)

    def __str__(self) -> str:
        what, limit = (f"function {self.name}", FUNCTION_LINES) if self.name else ("file", FILE_LINES)
        return f"{self.path}:{self.line}: {what} has {self.lines} lines; at most {limit}"


def measure(path: Path, text: str) -> Iterator[Measured]:
    """The file itself, then each function and method in it, nested ones too."""
    yield Measured(path, 1, "", len(text.splitlines()))
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield Measured(path, first, node.name, (node.end_lineno or node.lineno) - first + 1)


def main() -> int:
    """Prints what is too long and the medians; 1 if anything is too long."""
    found = [one for path in sources() for one in measure(path.relative_to(ROOT), path.read_text(encoding="utf-8"))]
    too_long = [one for one in found if one.too_long]
    for one in too_long:
        print(one)
    files = [one.lines for one in found if not one.name]
    functions = [one.lines for one in found if one.name]
    print(
        f"sizes: {len(files)} files, median {median(files or [0]):.0f}, longest {max(files, default=0)} lines; "
        f"{len(functions)} functions, median {median(functions or [0]):.0f}, longest {max(functions, default=0)}"
    )
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
