"""The configuration folder: read whole, checked whole, and the last good version kept in force.

wardline.toml · people.toml · rota.toml · catalogue.toml · contracts/*.toml · holidays/*.toml

`load_folder` reads it, `Folder` watches it. What a folder said can be rebuilt from the texts of its files
(`rules_from_files`), so that the database can keep every version that was ever in force.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sla.calendar import Calendar, read_holidays
from sla.catalogue import read_catalogue
from sla.contract_reader import read_contract
from sla.errors import ContractError, Problem
from sla.people import read_people, speaking
from sla.rota import Rota
from sla.rota_reader import read_rota
from sla.rules import Rules, Site, read_site
from sla.succession import Succession, in_succession
from sla.toml import Reader, nearest
from sla.worded import Worded
from storage.files_check import cross_check, secrets_in, with_roles
from storage.places import Places
from storage.texts import read_text

T = TypeVar("T")

SITE, PEOPLE, ROTA, CATALOGUE = "wardline.toml", "people.toml", "rota.toml", "catalogue.toml"
SINGLE = (SITE, PEOPLE, ROTA, CATALOGUE)
FOLDERS = ("contracts", "holidays")
TABLES = ("site", "web", "webchat", "telegram", "wecom", "wechat", "mail", "heartbeat", "storage", "redis", "log")
"""The tables of wardline.toml; all but [site] set up the process and are read elsewhere."""


def load_folder(path: Path) -> tuple[Rules, dict[str, str]]:
    """The rules in a folder, and its files by their names within it. Raises ContractError with all problems."""
    files = read_files(path)
    return rules_from_files(files), files


def read_files(path: Path) -> dict[str, str]:
    """The texts of the configuration's files. Raises ContractError where one is missing, unknown or not readable."""
    if not path.is_dir():
        raise ContractError([Problem(str(path), "", "is no folder", "wardline init DIR writes a sample")])
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for name in _names(path):
        try:
            files[name] = read_text(path / name, name)
        except FileNotFoundError:
            if (path / name).is_symlink():  # it is there, and leads nowhere
                why = Worded("No such file or directory")
                problems.append(Problem(name, "", Worded("cannot be read: {why}", why=why)))
            continue  # else it went away between the two looks; its absence is what is told
        except ContractError as error:
            problems += error.problems
    if problems:
        raise ContractError(problems)
    return files


def _names(path: Path) -> list[str]:
    """The files that belong to the configuration, by name; editors' drafts and everything that is no TOML do not."""
    found = [file.name for file in path.glob("*.toml")]
    for folder in FOLDERS:
        found += [f"{folder}/{file.name}" for file in (path / folder).glob("*.toml")]
    return sorted(name for name in found if not name.rpartition("/")[2].startswith((".", "#")))


def packaged_files() -> dict[str, str]:
    """The sample configuration that comes with the package, as files of a folder."""
    sla = resources.files("sla")
    files = {name: (sla / "samples" / name).read_text(encoding="utf-8") for name in SINGLE}
    for folder in FOLDERS:
        files |= {f"{folder}/{file.name}": file.read_text(encoding="utf-8") for file in _tomls(sla / folder)}
    return files


def _tomls(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


@cache
def packaged_rules() -> Rules:
    """The rules of the packaged sample."""
    return rules_from_files(packaged_files())


def version_of(files: Mapping[str, str]) -> str:
    """The first 16 hex digits of the SHA-256 over the names and texts of the files."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name, files[name]):
            digest.update(len(part.encode()).to_bytes(8, "big") + part.encode())
    return digest.hexdigest()[:16]


def rules_from_files(files: Mapping[str, str]) -> Rules:
    """The rules that these files (name -> text) make. Raises ContractError with every problem of every file."""
    reading = _Reading(files)
    rules = reading.rules()
    if rules is None or reading.problems:
        raise ContractError(reading.problems)
    return rules


def with_older(rules: Rules, older: Iterable[Mapping[str, str]]) -> Rules:
    """The rules with the contracts of older versions (their files) beside their own, for tickets that began under them.

    Raises ContractError when an older file cannot be read any more.
    """
    versions = dict(rules.versions)
    for files in older:
        for name, text in files.items():
            if name.startswith("contracts/"):
                contract = read_contract(text, name)
                versions.setdefault((contract.id, contract.version), contract)
    return replace(rules, versions=versions)


class _Reading:
    """Reads all files and collects their problems, so that one look shows everything."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.problems: list[Problem] = []

    def rules(self) -> Rules | None:
        """The rules, or None where a file has problems. What only the whole can show is then not looked for."""
        self._check_names()
        for name, text in self.files.items():
            self.problems += secrets_in(text, name)
        site = self._read(SITE, _site) or Site(name="", name_en="")
        zone = ZoneInfo(site.timezone)
        people = self._read(PEOPLE, read_people)
        rota = self._read(ROTA, lambda text, name: read_rota(text, name, zone))
        catalogue = self._read(CATALOGUE, read_catalogue)
        succession = self._contracts()
        years = [self._read(name, read_holidays) for name in self._in("holidays")]
        if self.problems or people is None or rota is None or catalogue is None:
            return None
        rules = Rules(
            version=version_of(self.files),
            site=replace(site, default_contract=site.default_contract or catalogue.default_contract),
            contracts={id: versions[-1] for id, versions in succession.items()},
            calendar=Calendar(zone, tuple(year for year in years if year)),
            people=speaking(people, site.language),
            rota=Rota(tuple(with_roles(team, people) for team in rota.teams)),
            catalogue=catalogue,
            versions={(each.id, each.version): each for versions in succession.values() for each in versions},
            succession=succession,
        )
        self.problems += cross_check(rules, self.files)
        return rules

    def _check_names(self) -> None:
        for name in SINGLE:
            if name not in self.files:
                self.problems.append(Problem(name, "", "is missing", "wardline init DIR writes a sample"))
        if not self._in("contracts"):
            self.problems.append(Problem("contracts", "", "holds no *.toml", "at least one contract"))
        for name in self.files:
            if "/" not in name and name not in SINGLE:
                self.problems.append(Problem(name, "", "is no file of the configuration", nearest(name, SINGLE)))

    def _in(self, folder: str) -> list[str]:
        return sorted(name for name in self.files if name.startswith(f"{folder}/"))

    def _read(self, name: str, read: Callable[[str, str], T]) -> T | None:
        if name not in self.files:
            return None
        try:
            return read(self.files[name], name)
        except ContractError as error:
            self.problems += error.problems
            return None

    def _contracts(self) -> Succession:
        read = [(name, self._read(name, read_contract)) for name in self._in("contracts")]
        succession, problems = in_succession((name, contract) for name, contract in read if contract)
        places = Places(self.files)
        for each in problems:
            each.line = places.line(each.file, each.key)
        self.problems += problems
        return succession


def _site(text: str, file: str) -> Site:
    reader = Reader(text, file)
    site = read_site(reader.table("site"))
    for name in reader.names():
        if name not in TABLES:
            reader.wrong(name, "is no table of this file", nearest(name, TABLES))
        elif name != "site":
            reader.table(name).names()
    reader.finish()
    return site


class Folder:
    """A folder that is watched: `rules` and `files` are the last good version.

    Look with `changed()` as often as you like: it compares sizes and times of change alone. `reload()` decides by the
    content.
    """

    def __init__(self, path: Path) -> None:
        """Reads the folder. Raises ContractError when it is wrong: there is no good version yet."""
        self.path = path
        self._signature = self._look()
        self.rules, self.files = load_folder(path)

    def changed(self) -> bool:
        """Whether anything looks different since the last `reload`."""
        return self._look() != self._signature

    def reload(self) -> tuple[Problem, ...]:
        """Read again. The problems found: then the last good version stays in force; none: `rules` is what the folder
        says (the very same value where the content did not change)."""
        self._signature = self._look()
        try:
            files = read_files(self.path)
            if files != self.files:
                self.rules, self.files = rules_from_files(files), files
        except ContractError as error:
            return error.problems
        return ()

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for name in _names(self.path):
            try:
                stat = (self.path / name).stat()
            except FileNotFoundError:
                continue  # it went away between the two looks; its absence is the change
            found.append((name, stat.st_size, stat.st_mtime_ns))
        return tuple(found)
