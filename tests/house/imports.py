"""A contract for import-linter: some packages need the standard library and nothing else."""

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """The named packages import themselves, each other, and modules of `sys.stdlib_module_names`."""

    type_name = "standard_library_only"
    packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Broken by every direct import that leads elsewhere; the sentences stand in the metadata."""
        packages = cast("list[str]", self.packages)  # import-linter puts the parsed value where the field stood
        allowed = sys.stdlib_module_names | set(packages)
        strangers = sorted(
            f"{importer} imports {imported}"
            for package in packages
            for importer in {package, *graph.find_descendants(package)}
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.partition(".")[0] not in allowed
        )
        return ContractCheck(kept=not strangers, metadata={"strangers": strangers})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line a stranger."""
        for sentence in check.metadata["strangers"]:
            output.print_error(sentence)
