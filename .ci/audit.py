"""Looks at what the project depends on: whether it fits together, may be used, and has known vulnerabilities.

Versions and licences are read from what is installed, so that this needs no network. The list of known
vulnerabilities is a service of its own; it is asked only with ``--advisories``, and left out when nobody answers.

    python .ci/audit.py [--advisories]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT: Final = "vantum"
EXTRAS: Final = frozenset({"test"})
"""What the checks themselves need is not shipped: its licence is nobody's matter."""
COPYLEFT: Final = re.compile(
    r"\b(A?GPL|SSPL|BUSL|CC-BY-NC|Commons Clause)|Affero|GNU General Public", re.IGNORECASE
)
LESSER: Final = re.compile(r"\bLGPL|Lesser General Public|MPL|Mozilla Public", re.IGNORECASE)
ACCEPTED: Final = {
    "espeakng-loader": "optional: the engine's GPL library is loaded at run time, and not shipped with Vantum",
}
"""Packages whose licence was looked at by a person, and why it may stay."""
SERVICE_SECONDS: Final = 300
UNREACHABLE: Final = re.compile(
    r"ConnectionError|ConnectTimeout|ReadTimeout|Max retries|ServiceError|HTTPError|resolve"
)


def main(argv: list[str] | None = None) -> int:
    """Print what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(description="Audit what the project depends on.")
    parser.add_argument(
        "--advisories", action="store_true", help="ask the service of known vulnerabilities too"
    )
    options = parser.parse_args(argv)
    flaws = [*unbounded(requirements()), *misfits(), *unlicensed(shipped(PROJECT))]
    if options.advisories:
        flaws += vulnerable()
    for flaw in flaws:
        print(f"audit: {flaw}", file=sys.stderr)
    print(f"audit: {len(shipped(PROJECT))} packages, {len(flaws)} flaws")
    return 1 if flaws else 0


def requirements() -> list[Requirement]:
    """What the project asks for itself, its extras included."""
    return [Requirement(text) for text in distribution(PROJECT).requires or ()]


def unbounded(asked: Iterable[Requirement]) -> Iterator[str]:
    """Requirements without a lower and an upper bound, and those that what is installed does not meet."""
    for requirement in asked:
        marks = {specifier.operator for specifier in requirement.specifier}
        if requirement.name == PROJECT or (requirement.marker and not _applies(requirement)):
            continue
        if not marks & {">=", "==", "~="}:
            yield f"{requirement.name}: no oldest version is given."
        if not marks & {"<", "<=", "==", "~="} and not requirement.name.startswith("types-"):
            yield f"{requirement.name}: no newest version is given, so the next one may break or harm."
        found = _installed(requirement.name)
        if found is not None and not requirement.specifier.contains(found.version, prereleases=True):
            yield f"{requirement.name}: {found.version} is installed, which {requirement.specifier} does not allow."


def misfits() -> Iterator[str]:
    """Packages whose own requirements are not met."""
    check = subprocess.run(
        [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=False,
    )
    if check.returncode:
        yield from check.stdout.splitlines()


def shipped(project: str) -> dict[str, Distribution]:
    """What is installed with the project, by name: its requirements, theirs, and so on; extras but for tests."""
    found: dict[str, Distribution] = {}
    waiting = [(project, frozenset[str]())]
    own = frozenset(distribution(project).metadata.get_all("Provides-Extra") or ()) - EXTRAS
    while waiting:
        name, extras = waiting.pop()
        package = _installed(name)
        if package is None:
            continue
        for text in package.requires or ():
            needed = Requirement(text)
            wanted = own if name == project else extras
            key = canonicalize_name(needed.name)
            if _applies(needed, wanted) and key not in found and (package := _installed(key)) is not None:
                found[key] = package
                waiting.append((key, frozenset(needed.extras)))
    return found


def unlicensed(packages: dict[str, Distribution]) -> Iterator[str]:
    """Packages whose licence is unknown, or asks more of those who ship them than to be named."""
    for name, package in sorted(packages.items()):
        licence = licence_of(package)
        if name in ACCEPTED or LESSER.search(licence):
            continue
        if not licence:
            yield f"{name}: it tells no licence."
        elif COPYLEFT.search(licence):
            yield f"{name}: its licence is {licence[:60]!r}."


def licence_of(package: Distribution) -> str:
    """What a package tells of its licence, in whichever of three ways."""
    told = package.metadata
    classifiers = [line for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    named = "".join(told.get_all("License-Expression") or ()) or "; ".join(classifiers)
    if named:
        return named
    text = "".join(told.get_all("License") or ()).strip()
    # Some put the whole text there: what it is stands in its beginning.
    return text[:200] or ("in a file" if told.get_all("License-File") else "")


def vulnerable() -> Iterator[str]:
    """Known vulnerabilities, as pip-audit tells them; nothing, and a line that says so, when it cannot be asked."""
    if _installed("pip-audit") is None:
        print("audit: advisories are left out: pip-audit is not installed.")
        return
    try:
        told = subprocess.run(
            [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--skip-editable"],
            capture_output=True,
            text=True,
            check=False,
            timeout=SERVICE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        print("audit: advisories are left out: the service does not answer.")
        return
    if told.returncode and UNREACHABLE.search(told.stderr):
        print("audit: advisories are left out: the service cannot be reached.")
    elif told.returncode:
        yield from (told.stdout or told.stderr).splitlines()


def _applies(requirement: Requirement, extras: Iterable[str] = ()) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    sys.exit(main())
