"""The editor's one file: small, made from what lies beside it, and with the licences of all that is in it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import brotli
import pytest

from newsite.web import assets

ROOT = Path(__file__).parents[2]
EDITOR = ROOT / "editor"
MAX_BYTES = 90_000  # brotli
MAX_LINES = 300
SOURCES = sorted([*EDITOR.glob("*.js"), *(EDITOR / "src").glob("*.js")])


def test_the_bundle_is_small_enough_for_a_slow_line() -> None:
    assert len(brotli.compress((ROOT / "static" / "editor.js").read_bytes())) <= MAX_BYTES


def test_the_lock_holds_contents_and_no_addresses() -> None:
    text = (EDITOR / "package-lock.json").read_text()
    assert "://" not in text
    packages = [one for name, one in json.loads(text)["packages"].items() if name]
    assert packages
    assert all(re.fullmatch(r"sha512-[\w+/]+=*", one["integrity"]) for one in packages)


def test_every_package_in_the_bundle_brings_its_licence() -> None:
    licences = (ROOT / "static" / "editor.licences.txt").read_text()
    wanted = json.loads((EDITOR / "package.json").read_text())["devDependencies"]
    for name, version in wanted.items():
        assert name == "esbuild" or f"{name} {version} (MIT)\n" in licences
    head = (ROOT / "static" / "editor.js").read_text().splitlines()[0]
    assert "editor.licences.txt" in head


def test_making_scripts_small_changes_nothing_in_the_bundle() -> None:
    path = ROOT / "static" / "editor.js"
    served = assets._small(path, is_ours=True)
    kept = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    assert served.decode().splitlines() == kept


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_source_is_short_enough_to_read(source: Path) -> None:
    assert len(source.read_text().splitlines()) <= MAX_LINES


def test_the_bundle_is_made_from_the_sources_beside_it(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no npm")
        pytest.skip("no npm: install the system's package")
    ignored = shutil.ignore_patterns("node_modules")
    copy = shutil.copytree(EDITOR, tmp_path / "editor", ignore=ignored)
    installed = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    built = subprocess.run(
        ["node", "build.js", str(tmp_path / "out")],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    kept = {"schema.json": EDITOR / "schema.json"}
    kept |= {name: ROOT / "static" / name for name in ("editor.js", "editor.licences.txt")}
    for name, path in kept.items():
        assert (tmp_path / "out" / name).read_bytes() == path.read_bytes(), name
