#!/usr/bin/env python3
"""Turns files into a table of C strings:  templates.py OUTPUT FILE..."""
import pathlib
import sys

ESCAPES = {"\\": "\\\\", '"': '\\"', "\t": "\\t"}


def literal(line):
    return '    "' + "".join(ESCAPES.get(c, c) for c in line) + '\\n"'


output, *files = map(pathlib.Path, sys.argv[1:])
text = ['#include "codegen/template.h"', "", "const loci_template loci_templates[] = {"]
for file in files:
    lines = "\n".join(map(literal, file.read_text(encoding="ascii").splitlines()))
    text.append(f'    {{"{file.name}",\n{lines}}},')
text += ["    {0, 0}};", ""]
output.write_text("\n".join(text), encoding="ascii")
