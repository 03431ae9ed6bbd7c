#!/usr/bin/env python3
"""Files that call each other:  circles.py NAME OBJECT-OR-ARCHIVE-OR-FOLDER...

Calls between files go one way: two files that need each other are one idea in two places, or hold something that
belongs below both. What a file needs and what it defines, nm tells; a circle is a set of files each of which is
reached from each other (a strongly connected component). NAME chooses the circles that are allowed.
"""

import collections
import pathlib
import re
import subprocess
import sys

# Circles that stay, and why: {NAME: [{file, ...}, ...]}; files as their objects are called, folder_file.c.
ALLOWED = {
    "the library": [],
    "the program": [],
}


def objects(paths):
    """The files to ask nm about: of a folder the objects anywhere below it."""
    for path in map(pathlib.Path, paths):
        yield from sorted(path.rglob("*.o")) if path.is_dir() else [path]


def read_symbols(path):
    """(file, kind, symbol) of every symbol of an object, or of the objects in an archive."""
    # "lib.a:folder_file.c.o:0000000000000000 T name", or "folder_file.c.o:                 U name"
    line = re.compile(r"^(.*?):\s*[0-9a-f]*\s+(\S)\s+(\S+)$")
    out = subprocess.run(["nm", "-A", path], check=True, text=True, stdout=subprocess.PIPE)
    for text in out.stdout.splitlines():
        match = line.match(text)
        if match:
            member = re.split(r"[:/]", match[1].rstrip("]"))[-1]
            yield member.removesuffix(".o"), match[2], match[3]


def read_graph(paths):
    """{file: {file it calls: [symbols]}}"""
    defined, wanted, files = {}, [], set()
    for path in objects(paths):
        for file, kind, symbol in read_symbols(path):
            files.add(file)
            if kind == "U":
                wanted.append((file, symbol))
            elif kind.isupper():  # lower case: seen in that file alone
                defined.setdefault(symbol, file)
    graph = {file: collections.defaultdict(set) for file in files}
    for file, symbol in wanted:
        if defined.get(symbol, file) != file:
            graph[file][defined[symbol]].add(symbol)
    return graph


def find_circles(graph):
    """Strongly connected components of more than one file: what reaches each other."""
    reached = {}
    for start in graph:
        seen, rest = set(), [start]
        while rest:
            for file in graph[rest.pop()]:
                if file not in seen:
                    seen.add(file)
                    rest.append(file)
        reached[start] = seen
    circles = {frozenset(b for b in reached[a] if a in reached[b]) for a in graph if a in reached[a]}
    return sorted(circles, key=sorted)


def show(graph, circle):
    for file in sorted(circle):
        for other in sorted(circle & graph[file].keys()):
            print(f"    {file} -> {other}: {', '.join(sorted(graph[file][other]))}")


def main():
    name, *paths = sys.argv[1:]
    graph = read_graph(paths)
    calls = sum(len(others) for others in graph.values())
    if calls < 10:
        sys.exit(f"no calls between the files of {name}")
    allowed = [frozenset(circle) for circle in ALLOWED.get(name, [])]
    circles = find_circles(graph)
    status = 0
    for circle in circles:
        if circle not in allowed:
            print(f"{name}: {len(circle)} files that call each other:")
            show(graph, circle)
            status = 1
    for circle in allowed:
        if circle not in circles:
            print(f"{name}: no circle any more, take it off the list: {', '.join(sorted(circle))}")
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
