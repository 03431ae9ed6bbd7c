#!/usr/bin/python3
"""The site has all of it, in one search:  site.py HTML-FOLDER SOURCE-FOLDER COMMAND...

The command and the first folder behind it write the site. Every public name of the Python package, every function of every public header on the header's page, every guide.
"""

import json
import pathlib
import re
import subprocess
import sys

import loci


def described(name: str, pages: str) -> bool:
    """Whether pages have it; of a module at least one name."""
    return (f'id="loci.{name}.' if name in ("options", "torch") else f'id="loci.{name}"') in pages


def functions(header: pathlib.Path) -> list[str]:
    return re.findall(r"^LOCI_API [^;(]*?(\w+)\(", header.read_text("utf-8"), re.MULTILINE)


def searched(script: str) -> set[str]:
    """Names of what is documented, as the search page has them."""
    index = json.loads(script.removeprefix("Search.setIndex(").removesuffix(")"))
    return {f"{scope}.{entry[4]}".lstrip(".") for scope, entries in index["objects"].items() for entry in entries}


def main() -> int:
    html, source = map(pathlib.Path, sys.argv[1:3])
    if subprocess.run([*sys.argv[3:], html], check=False).returncode:
        return 1
    wrong = []

    def page(name: str) -> str:
        path = html / f"{name}.html"
        if not path.is_file():
            wrong.append(f"there is no {name}.html")
        return path.read_text("utf-8") if path.is_file() else ""

    pages = "".join(path.read_text("utf-8") for path in html.glob("docs/site/python/*.html"))
    wrong += [f"loci.{name}: on no page" for name in loci.__all__ if not described(name, pages)]
    headers = list((source / "include/loci").glob("*.h"))
    for header in headers:
        text = page(f"docs/site/c/{header.stem}")
        wrong += [
            f"{header.name}: {name}() is not on its page" for name in functions(header) if f'"c.{name}' not in text
        ]
    guides = [page(f"docs/{guide.stem}") for guide in (source / "docs").glob("*.md")]
    page("index")
    found = searched((html / "searchindex.js").read_text("utf-8"))
    wrong += [f"{name}: not found by the search" for name in ("loci.Network", "loci_network_run") if name not in found]
    if len(headers) < 10 or len(guides) < 10:
        wrong.append("headers and guides were not found")
    print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
