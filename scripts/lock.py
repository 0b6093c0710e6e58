"""Write constraints.txt: the exact versions that a clean resolution of both requirement files gives.

Run by ``make lock``, with the oldest Python that Vigie supports, so that no newer Python is left without a version.
Only names and versions are written: where packages come from is the business of who installs.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
HEADER = f"""\
# Exact versions for requirements.txt and requirements-dev.txt, made by `make lock` with Python {OLDEST[0]}.{OLDEST[1]}.
# Used as `pip install -c constraints.txt ...`, it makes an installation repeatable. Do not edit by hand.
"""


def resolve() -> dict[str, str]:
    """Ask pip what it would install in an empty environment: lower-case name -> version."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--report", str(report)]
        command += ["-r", str(ROOT / "requirements.txt"), "-r", str(ROOT / "requirements-dev.txt")]
        subprocess.run(command, check=True)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {entry["metadata"]["name"].lower().replace("_", "-"): entry["metadata"]["version"] for entry in found}


def main() -> None:
    """Resolve, write, say what changed."""
    if sys.version_info[:2] != OLDEST:
        sys.exit(f"The lock is made with Python {OLDEST[0]}.{OLDEST[1]}, this is {sys.version.split()[0]}.")
    versions = resolve()
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    target = ROOT / "constraints.txt"
    before = set(target.read_text(encoding="utf-8").splitlines()) if target.exists() else set()
    target.write_text(HEADER + "".join(lines), encoding="utf-8", newline="\n")
    changed = sorted(line.strip() for line in lines if line.strip() not in before)
    print(f"constraints.txt: {len(versions)} packages, {len(changed)} changed.")
    for line in changed if before else []:
        print(f"  {line}")


if __name__ == "__main__":
    main()
