from grimp import ImportGraph

from tests.house.imports import StandardLibraryOnly


def strangers(*imports: tuple[str, str]) -> list[str]:
    """What the contract for `sla` says of a graph with these imports."""
    graph = ImportGraph()
    for module in ("sla", "sla.clock", "storage"):
        graph.add_module(module)
    for importer, imported in imports:
        if imported not in graph.modules:
            graph.add_module(imported, is_squashed=True)
        graph.add_import(importer=importer, imported=imported)
    contract = StandardLibraryOnly("sla alone", session_options={}, contract_options={"packages": ["sla"]})
    check = contract.check(graph, verbose=False)
    found: list[str] = check.metadata["strangers"]
    assert check.kept is not bool(found)
    return found


def test_itself_and_the_standard_library_are_welcome() -> None:
    assert strangers(("sla.clock", "sla"), ("sla", "zoneinfo"), ("sla.clock", "datetime")) == []


def test_another_room_and_a_library_are_strangers_even_to_a_module_deep_inside() -> None:
    assert strangers(("sla.clock", "storage"), ("sla", "attrs")) == ["sla imports attrs", "sla.clock imports storage"]
