#!/usr/bin/python3
"""Writes the source of the extension module loci._native:  native.py OUTPUT.c HEADER...

The declarations are the public headers' own, so that none is kept twice: directives and what only a compiler needs are
taken out, and the compiler checks the rest when it compiles what cffi makes of it.
"""

import pathlib
import re
import sys

import cffi

# What the library calls back, in Python.
CALLBACKS = """
extern "Python" void loci_python_progress(void *user, const loci_progress *progress);
extern "Python" int loci_python_fetch(void *user, const char *file, uint64_t done, uint64_t total);
extern "Python" void loci_python_note(void *user, const char *text);
void free(void *);
"""
# Types of the C library, whose size the compiler finds out.
SYSTEM = "typedef int... sig_atomic_t;\n"


def constants(text: str) -> list[str]:
    """#define NAME NUMBER, which lengths of arrays are given by."""
    return re.findall(r"^#define (LOCI_[A-Z_]+) \(?(-?\d+)\)?(?=\s|$)", text, re.MULTILINE)


def declarations(text: str) -> str:
    """A header without comments and directives."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"//.*", "", text)
    defined = "".join(f"#define {name} {value}\n" for name, value in constants(text))
    text = re.sub(r"^#.*(?:\\\n.*)*$", "", text, flags=re.MULTILINE)
    text = re.sub(r'extern "C" \{|^\}\s*$', "", text, flags=re.MULTILINE)
    return defined + text.replace("LOCI_API ", "")


def in_order(headers: dict[str, str]) -> list[str]:
    """The texts of headers, each after those that it includes."""
    done: dict[str, str] = {}

    def visit(name: str) -> None:
        if name in done or name not in headers:
            return
        for needed in re.findall(r"#include <loci/(\w+\.h)>", headers[name]):
            visit(needed)
        done[name] = headers[name]

    for name in headers:
        visit(name)
    return list(done.values())


def main() -> None:
    output, *paths = sys.argv[1:]
    headers = {pathlib.Path(path).name: pathlib.Path(path).read_text("utf-8") for path in paths}
    builder = cffi.FFI()
    text = SYSTEM + "\n".join(declarations(header) for header in in_order(headers)) + CALLBACKS
    builder.cdef(text)
    builder.set_source("loci._native", "#include <loci/loci.h>\n#include <stdlib.h>\n")
    builder.emit_c_code(output)


if __name__ == "__main__":
    main()
