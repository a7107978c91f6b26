"""A process that commits units and says which were, until it is killed."""

import asyncio
import os
import sys
from itertools import count

from storage.base import UnitOfWork
from storage.writer import Store, open_store

TALKERS = 16


async def commit_for_ever(store: Store, numbers: "count[int]") -> None:
    """Each unit leaves two marks; its number is told once it is committed."""
    while True:
        number = next(numbers)

        def unit(uow: UnitOfWork, number: int = number) -> None:
            uow.marks.put(f"first {number}", "1")
            uow.marks.put(f"second {number}", "1")

        await store.writer.run(unit, order=str(number))
        os.write(1, f"{number}\n".encode())


async def main() -> None:
    """Several at once, so that there are groups."""
    store = open_store(sys.argv[1], os.environ["VICTIM_KEYS"])
    numbers = count(int(sys.argv[2]) * 1000)
    await asyncio.gather(*(commit_for_ever(store, numbers) for _ in range(TALKERS)))


if __name__ == "__main__":
    asyncio.run(main())
