"""Build the sample by the whole real pipeline, and serve the dashboard on it.

The same on every system: ``python scripts/demo.py``. The sample is made once, in ``var/``, and again only when the
code or the data that make it have changed. A vault or a release that this script has not made is never touched.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
STAMP = VAR / "sample.json"
EXPORT, VAULT, RELEASE = VAR / "export.csv", VAR / "vault", VAR / "release"
SEED = 25
FIRST_VINTAGE = "2025-08"
TERRITORY = "data/territory/doubs.toml"
MAPPING = "data/mappings/cross_platform.toml"
POLICY = "data/policies/command.toml"


def steps(export: Path, vault: Path, release: Path) -> list[tuple[str, list[str]]]:
    """Return what is said to the person who waits, and the arguments of the command that does it, in order.

    Two publications, so that the sample shows what a new vintage adds.
    """
    publish = ["publish", "--vault", str(vault), "--release", str(release), "--policy", POLICY]
    return [
        ("a synthetic export", ["synth", str(export), "--territory", TERRITORY, "--seed", str(SEED)]),
        ("an empty vault", ["init", "--territory", TERRITORY, "--vault", str(vault)]),
        ("its reports, made anonymous", ["ingest", str(export), "--mapping", MAPPING, "--vault", str(vault)]),
        ("the release", [*publish, "--through", FIRST_VINTAGE, "--no-statistics"]),
        ("its next vintage, and statistics of it", publish),
    ]


def fingerprint() -> str:
    """SHA-256 of everything that the sample is made of: the analytics and the data files."""
    digest = hashlib.sha256()
    sources = sorted((ROOT / "analytics").rglob("*.py")) + sorted(p for p in (ROOT / "data").rglob("*") if p.is_file())
    for path in sources:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stamp() -> str | None:
    """Fingerprint of the sample in ``var/``; empty while it is half made, None when it is not ours."""
    if not STAMP.exists():
        return None
    text: str = json.loads(STAMP.read_text(encoding="utf-8"))["fingerprint"]
    return text


def remove() -> None:
    """Remove the sample, if it was made here."""
    if stamp() is None:
        return
    for path in [EXPORT, RELEASE, *VAR.glob("vault*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    STAMP.unlink()
    with contextlib.suppress(OSError):  # not empty: something of somebody else's is there
        VAR.rmdir()


def build() -> None:
    """Make the sample unless the one that is there was made from the same code and data."""
    wanted = fingerprint()
    if stamp() == wanted:
        return
    if stamp() is None and (RELEASE.exists() or VAULT.exists()):
        print(f"{VAR.name}/ holds a vault or a release of your own: it is served as it is, no sample is built.")
        return
    remove()
    VAR.mkdir(exist_ok=True)
    STAMP.write_text(json.dumps({"fingerprint": ""}), encoding="utf-8")
    print("Building the sample (once; synthetic reports only):", flush=True)
    for what, arguments in steps(EXPORT, VAULT, RELEASE):
        started = time.monotonic()
        print(f"  {what} ...", end=" ", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "analytics", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"failed.\n{done.stdout}{done.stderr}")
        print(f"{time.monotonic() - started:.1f} s", flush=True)
    STAMP.write_text(json.dumps({"fingerprint": wanted}), encoding="utf-8")


def serve(port: int) -> int:
    """Serve the dashboard until interrupted; the exit code of the server."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            sys.exit(f"Port {port} is in use. Another one: python scripts/demo.py --port {port + 1}")
    print(f"\nVigie: http://localhost:{port}   (Ctrl+C stops it)\n", flush=True)
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/asgi.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    environment = {"VIGIE_RELEASE": str(RELEASE), "VIGIE_TERRITORY": str(ROOT / TERRITORY)} | os.environ
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


def main() -> None:
    """Read the command line; build, then serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--build-only", action="store_true", help="make the sample and do not serve it")
    parser.add_argument("--remove", action="store_true", help="remove the sample that was made here")
    options = parser.parse_args()
    if options.remove:
        remove()
        return
    build()
    if not options.build_only:
        sys.exit(serve(options.port))


if __name__ == "__main__":
    main()
