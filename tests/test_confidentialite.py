"""The confidentiality page: no guarantee without its proof and its tests, and both languages say the same."""

import ast
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

FRENCH, ENGLISH = "docs/confidentialite.md", "docs/confidentiality.md"
WORDS = {FRENCH: ("Garantie", "Preuve", "Limite"), ENGLISH: ("Guarantee", "Proof", "Limit")}
PROMISED = {"G1", "G2", "G3", "G4"}
"""What the design promises word for word."""
HEADING = re.compile(r"^### ([GN][\d.]*\d) (\S.*)$", re.MULTILINE)
QUOTED = re.compile(r"^> \*\*(G\d)\*\* \S", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
REFERENCE = re.compile(r"\b[GN]\d+(?:\.\d+)?\b")

Pages = dict[str, str]


@dataclass(frozen=True)
class Entry:
    """A guarantee (G) or a limit (N) of a page, with the text under each bold word and the tests that it names."""

    title: str
    said: dict[str, str]
    tests: tuple[str, ...]


def entries(page: str) -> dict[str, Entry]:
    """Guarantees and limits of a page by their number."""
    found = {}
    starts = list(HEADING.finditer(page))
    for here in starts:
        rest = page[here.end() :]
        body = re.split(r"^#{1,3} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
        parts = re.split(r"^\*\*(\w+)\.\*\*", body, flags=re.MULTILINE)
        said = dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))
        assert here[1] not in found, f"{here[1]} stands twice"
        found[here[1]] = Entry(here[2], said, tuple(CODE.findall(said.get("Tests", ""))))
    return found


def exists(root: Path, test: str) -> bool:
    """Whether ``path::function`` is a test of the repository."""
    path, _, function = test.partition("::")
    file = root / path
    if not path.startswith("tests/") or not function.startswith("test_") or not file.is_file():
        return False
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)


def of_page(root: Path, name: str, page: str) -> list[str]:
    """What a page leaves out, a sentence each."""
    guarantee, proof, limit = WORDS[name]
    found = entries(page)
    promised = {number for number in found if number.startswith("G")}
    wrong = [f"{p} is not said word for word" for p in sorted(PROMISED - set(QUOTED.findall(page)))]
    wrong += [f"{p} has no proof" for p in sorted(PROMISED) if not any(n.startswith(f"{p}.") for n in promised)]
    for number, entry in found.items():
        needed = (guarantee, proof, "Tests") if number in promised else (limit,)
        wrong += [f"{number} has no {word}" for word in needed if not entry.said.get(word)]
        if number in promised and not entry.tests:
            wrong.append(f"{number} names no test")
        wrong += [f"{number} names {test}, which does not exist" for test in entry.tests if not exists(root, test)]
    chapters = {number.split(".")[0] for number in promised}
    unknown = sorted(set(REFERENCE.findall(page)) - set(found) - chapters)
    return wrong + [f"{number} is spoken of and does not stand in the page" for number in unknown]


def problems(root: Path, pages: Pages) -> list[str]:
    """All that is missing or differs, a sentence each; none of a page that keeps its word."""
    wrong = [f"{name}: {sentence}" for name, page in pages.items() for sentence in of_page(root, name, page)]
    french, english = (entries(pages[name]) for name in (FRENCH, ENGLISH))
    if list(french) != list(english):
        wrong.append(f"only one language has {sorted(set(french) ^ set(english)) or 'this order'}")
    both = french.keys() & english.keys()
    return wrong + [f"{n}: the languages name other tests" for n in both if french[n].tests != english[n].tests]


@pytest.fixture(scope="module")
def pages(root: Path) -> Pages:
    """Both languages, by their path."""
    return {name: (root / name).read_text(encoding="utf-8") for name in (FRENCH, ENGLISH)}


def test_every_guarantee_has_its_proof_and_its_tests_in_both_languages(root: Path, pages: Pages) -> None:
    assert problems(root, pages) == []


def without(pattern: str, put: str = "") -> Callable[[str], str]:
    """Spoil a page: replace the first match."""

    def spoil(page: str) -> str:
        spoilt = re.sub(pattern, put, page, count=1, flags=re.MULTILINE | re.DOTALL)
        assert spoilt != page
        return spoilt

    return spoil


@pytest.mark.parametrize(
    ("spoil", "seen"),
    [
        (without(r"^> \*\*G2\*\*.*?^>$"), "G2 is not said word for word"),
        (without(r"^\*\*Preuve\.\*\*.*?(?=^\*\*Tests)"), "has no Preuve"),
        (without(r"^\*\*Garantie\.\*\*.*?(?=^\*\*Preuve)"), "has no Garantie"),
        (without(r"(?<=^\*\*Tests\.\*\*\n).*?(?=^###)", "\n"), "names no test"),
        (without(r"::test_every_block_has"), "does not exist"),
        (without(r"^### G3\.1.*?(?=^### G3\.2)"), "only one language has ['G3.1']"),
        (without(r"^- `tests/analytics/test_release.py::test_a_damaged_release_is_refused`\n"), "name other tests"),
        (without(r"^### N3.*?(?=^### N4)"), "N3 is spoken of"),
        (without(r"^\*\*Limite\.\*\*.*?(?=^\*\*Tests)"), "has no Limite"),
    ],
)
def test_a_gap_is_seen(root: Path, pages: Pages, spoil: Callable[[str], str], seen: str) -> None:
    found = set(problems(root, pages | {FRENCH: spoil(pages[FRENCH])})) - set(problems(root, pages))
    assert any(seen in sentence for sentence in found), found


def test_the_thresholds_of_each_audience_are_those_of_its_policy(root: Path, pages: Pages) -> None:
    settings = ("k", "cell_m", "min_inhabitants", "crowd", "episode_days")
    for file in sorted((root / "data" / "policies").glob("*.toml")):
        policy = tomllib.loads(file.read_text(encoding="utf-8"))
        for page in pages.values():
            row = re.search(rf"^\| `{policy['audience']}`[^|]*\|(.*)\|$", page, flags=re.MULTILINE)
            assert row, f"{policy['audience']} has no row"
            told = [int(re.sub(r"\D", "", cell)) for cell in row[1].split("|")]
            assert told == [policy[name] for name in settings]
