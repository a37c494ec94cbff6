"""Clients made from the description of the API: `make clients` writes them to .cache/clients, and buys something with each.

The Python one is made by openapi-python-client, as in `make test`; the TypeScript one by openapi-typescript, where Node is.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.e2e.door import served
from tests.e2e.whole_shop import WholeShop, a_whole_shop, described

PROJECT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = PROJECT / ".cache" / "clients"
EXAMPLES: Final = PROJECT / "examples" / "clients"
PACKAGE: Final = "shop_client"
_NODE_PACKAGES: Final = ("openapi-typescript@7", "openapi-fetch@0", "typescript@5")


def description_in(folder: Path, shop: WholeShop) -> Path:
    """Writes the description of a shop's API to a folder; answers the file."""
    folder.mkdir(parents=True, exist_ok=True)
    told = asyncio.run(described(shop))
    path = folder / "openapi.json"
    path.write_text(json.dumps(told, ensure_ascii=False))
    return path


def python_client(description: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Makes the package `shop_client` in a folder. Raises CalledProcessError."""
    made = folder / PACKAGE
    shutil.rmtree(made, ignore_errors=True)
    tool = Path(sys.executable).with_name("openapi-python-client")
    words = ["generate", "--path", str(description), "--output-path", str(made), "--meta", "none"]
    return subprocess.run([str(tool), *words], check=True, capture_output=True, text=True)


def buy_in_python(folder: Path, url: str, token: str) -> dict[str, Any]:
    """Buys something with the package in that folder, in a process of its own; answers what the example printed."""
    paths = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(EXAMPLES / "buy.py"), url, token]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}, check=False)
    if ran.returncode:
        raise SystemExit(f"the Python client could not buy:\n{ran.stderr}")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def buy_in_typescript(description: Path, folder: Path, url: str, token: str) -> dict[str, Any]:
    """Likewise with types made by openapi-typescript, checked by the compiler. Needs Node and its package registry."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    shutil.copy(EXAMPLES / "buy.ts", folder / "buy.ts")
    _node(folder, "npm", "install", "--no-audit", "--no-fund", "--silent", *_NODE_PACKAGES)
    _node(folder, "npx", "openapi-typescript", str(description), "-o", "shop.d.ts", "--default-non-nullable=false")
    strict = ("--strict", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "--lib", "es2022,dom")
    _node(folder, "npx", "tsc", *strict, "buy.ts")
    told: dict[str, Any] = json.loads(_node(folder, "node", "buy.js", url, token))
    return told


def _node(folder: Path, *words: str) -> str:
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{' '.join(words)}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def main() -> None:
    """Make both, buy with both, and say so."""
    shop = asyncio.run(a_whole_shop())
    description = description_in(FOLDER, shop)
    python_client(description, FOLDER / "python")
    with served(shop.app) as (host, port):
        url, token = f"http://{host}:{port}", shop.tokens["alice"]
        print("Python    ", FOLDER / "python" / PACKAGE, buy_in_python(FOLDER / "python", url, token))
        if shutil.which("npm") is None:
            print("TypeScript  not made: there is no Node here")
        else:
            bought = buy_in_typescript(description, FOLDER / "typescript", url, token)
            print("TypeScript", FOLDER / "typescript" / "shop.d.ts", bought)


if __name__ == "__main__":
    main()
