"""What Lighthouse says of six pages: `make bench-lighthouse`, or `bench/lighthouse.py [--json FOLDER]`.

The product as people start it, with its demo city, in the installed Chromium. The residents' pages as a phone on slow 4G loads
them (Lighthouse's own throttling), the desk's on a desktop. Scores from 0 to 100; times simulated by Lighthouse, in ms; what
is bad is named. Lighthouse (Apache-2.0) comes from the npm registry into bench/lighthouse/ at the first run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from tests.faults.running import PASSWORD, SELF, Running, environment, serving
from tests.journeys.validator import node
from yipanqi.runtime import browser, install

HERE = Path(__file__).resolve().parent / "lighthouse"
CLI = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
SCORES = ("performance", "accessibility", "best-practices")
TIMES = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
    "total-byte-weight": "bytes",
}


@dataclass(frozen=True)
class Visit:
    """A page to look at; `login`: as whom, on a desktop."""

    name: str
    path: str
    login: str = ""


VISITS = (
    Visit("first page", "/"),
    Visit("filing, first question", "/file/"),
    Visit("how your case travels", "/how/"),
    Visit("how we are doing", "/figures/"),
    Visit("queue", "/desk/queue/", "handler"),
    Visit("a case", "", "handler"),
    Visit("board", "/desk/", "deputy"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="a folder for Lighthouse's own reports")
    wanted = parser.parse_args()
    if not CLI.exists():
        subprocess.run(install.npm_ci(), cwd=HERE, check=True)
    with _city() as running:
        print(f"{'':28}" + "".join(f"{name:>16}" for name in (*SCORES, *TIMES.values())))
        for visit in VISITS:
            cookie, path = _signed_in(running, visit) if visit.login else ("", visit.path)
            _print(visit.name, _report(running.url + path, cookie, desktop=bool(visit.login)), wanted.json)


@contextmanager
def _city() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="yq-lighthouse-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)
        subprocess.run([*SELF, "demo"], env=environment(Path(folder)), check=True)
        with serving(Path(folder)) as running:
            yield running


def _signed_in(running: Running, visit: Visit) -> tuple[str, str]:
    """The cookies of a session at the desk, and the page's path: without one, the first case of the queue."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(browser.ensure()), args=_arguments())
        page = chromium.new_page(base_url=running.url)
        page.goto("/desk/")
        page.locator("[name=login]").fill(visit.login)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        path = visit.path
        if not path:
            page.goto("/desk/queue/")
            path = page.locator("main a[href*='/desk/matters/']").first.get_attribute("href") or ""
        cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
        chromium.close()
    return cookies, path


def _arguments() -> list[str]:
    return ["--headless=new", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _report(url: str, cookie: str, *, desktop: bool) -> dict[str, Any]:
    command = [
        *node(),
        str(CLI),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(SCORES)}",
        f"--chrome-flags={' '.join(_arguments())}",
        *(["--preset=desktop"] if desktop else []),
        *([f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []),
    ]
    environment = {**os.environ, "CHROME_PATH": str(browser.ensure())}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print(name: str, report: Mapping[str, Any], folder: Path | None) -> None:
    audits = report["audits"]
    scores = [f"{100 * report['categories'][each]['score']:.0f}" for each in SCORES]
    times = [f"{audits[key]['numericValue']:,.{3 if label == 'CLS' else 0}f}" for key, label in TIMES.items()]
    print(f"{name:28}" + "".join(f"{each:>16}" for each in (*scores, *times)), flush=True)
    for key in SCORES:
        for ref in report["categories"][key]["auditRefs"]:
            audit = audits[ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"{'':28}  {key}: {audit['title']} ({audit.get('displayValue', '')})")
    if folder:
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main()
