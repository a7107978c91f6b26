"""Who is who: the people of the hospital and of the provider, as people.toml names them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sla.labels import Role, Side
from sla.message import Address


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `addresses` are tried in their order. `contracts` limits a manager or engineer to these contracts;
    empty means all. `language` is "zh" or "en". A department head approves written plans for `department`.
    """

    id: str
    name: str
    side: Side
    roles: frozenset[Role]
    addresses: tuple[Address, ...] = ()
    department: str | None = None
    staff_number: str = ""
    language: str = "zh"
    contracts: frozenset[str] = frozenset()

    def serves(self, contract: str | None) -> bool:
        """Whether tickets under this contract concern the person."""
        return not self.contracts or contract is None or contract in self.contracts


@dataclass(frozen=True, slots=True)
class People:
    """All of them, with the ways to find one."""

    by_id: Mapping[str, Person]
    by_address: Mapping[Address, Person]
    by_staff_number: Mapping[str, Person]

    def having(self, role: Role, contract: str | None = None) -> tuple[Person, ...]:
        """Everybody with this role whom tickets under `contract` concern, in the order of the file."""
        return tuple(p for p in self.by_id.values() if role in p.roles and p.serves(contract))
