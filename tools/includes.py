#!/usr/bin/python3
"""What files of src/ and cli/ include: what declares the names they use, and nothing else; with --alone, whether each
header compiles alone, too.

A header hands on what it includes, as its own declarations need it: two steps of private headers, and public ones
however they come. Whoever uses a name includes its header, or one that hands it on. Whoever includes a header uses a name
of it or of what it hands on.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PUBLIC = ROOT / "include"
# Templates of exported C, and parts of a file that includes them once for each kind of number.
PARTS = re.compile(r"codegen/(c/|source_twin_\w+\.h)")


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def included(text):
    return re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', text, re.M)


def resolve(name, file):
    """The file of an #include of ours; None for the system's."""
    for base in (file.parent, ROOT / "src", ROOT / "cli", PUBLIC, ROOT):
        if (base / name).is_file():
            return (base / name).resolve()
    return None


def declared_in(text):
    """Names that a header declares: functions, types, macros, enumerators."""
    names = set(re.findall(r"^#define (\w+)", text, re.M))
    text = re.sub(r"^#.*?(?<!\\)$", "", without_comments(text), flags=re.M)
    names |= set(re.findall(r"\b(\w+)\s*(?:\(|\[|;|=)", text)) - set(re.findall(r"\{[^{}]*\}", text))
    names |= set(re.findall(r"\}\s*(\w+);", text)) | set(re.findall(r"^typedef [^;{]*?\b(\w+);", text, re.M))
    for body in re.findall(r"\benum\b\s*\w*\s*\{([^}]*)\}", text):
        names |= set(re.findall(r"(?:^|,)\s*(\w+)", body))
    return names | set(re.findall(r"^(?:struct|enum|union) (\w+)", text, re.M))


def inner(header):
    return {found for name in included(header.read_text()) if (found := resolve(name, header))}


def handed_on(header):
    """The header, and those that come with it."""
    near, far, todo = {header} | inner(header), set(), [header]
    near |= set().union(*(inner(one) for one in near))
    while todo:
        one = todo.pop()
        if one not in far:
            far.add(one)
            todo += inner(one)
    shared = {one.parent for one in near} | {ROOT / "cli/common"}
    return near | {one for one in far if one.is_relative_to(PUBLIC) or one.parent in shared}


PACKAGES = subprocess.run(["pkg-config", "--cflags", "cairo", "hdf5"], stdout=subprocess.PIPE,
                          check=False).stdout.decode().split()


def compiles_alone(header):
    flags = ["-std=gnu17", "-fsyntax-only", "-Wall", "-Wextra", f"-I{ROOT / 'src'}", f"-I{ROOT / 'cli'}", f"-I{PUBLIC}",
             f"-I{ROOT}", f"-I{ROOT / 'build'}", *PACKAGES, "-DLOCI_ISA=generic", "-fopenmp-simd"]
    if PARTS.search(str(header)):
        return []
    text = f'#include "{header}"\n'
    done = subprocess.run(["gcc", *flags, "-x", "c", "-"], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode().splitlines()[:3] if done.returncode or done.stdout else []


def told(file, what):
    print(f"{file.relative_to(ROOT)}: {what}")
    return 1


def main():
    headers = [file.resolve() for folder in ("src", "cli") for file in (ROOT / folder).rglob("*.h")]
    public = [file.resolve() for file in PUBLIC.rglob("*.h")]
    home = {}
    for header in headers + public:
        for name in declared_in(header.read_text()):
            home.setdefault(name, set()).add(header)
    wrong = 0
    for file in sorted([*headers, *(f.resolve() for folder in ("src", "cli") for f in (ROOT / folder).rglob("*.c"))]):
        if PARTS.search(str(file)):
            continue
        text = file.read_text()
        direct = {h for name in included(text) if (h := resolve(name, file))}
        reach = set().union(*(handed_on(h) for h in direct)) if direct else set()
        body = without_comments(re.sub(r"^#\s*include.*$", "", text, flags=re.M))
        used = set(re.findall(r"\b[A-Za-z_]\w+", body))
        used -= set(re.findall(r"\}\s*(\w+);", body)) | set(re.findall(r"\bstruct (\w+)", body))  # its own, or named only
        for name in sorted(name for name in used if re.match(r"(loci|live|cli|LOCI|LIVE|CLI)_", name)):
            homes = home.get(name)
            if homes and file not in homes and not homes & reach:
                wrong += told(file, f"uses {name} of {min(h.relative_to(ROOT) for h in homes)}, which is not included")
        for header in sorted(direct - {file.with_suffix(".h")}):
            if file.suffix == ".c" and not any(home.get(name, set()) & handed_on(header) for name in used):
                wrong += told(file, f"includes {header.relative_to(ROOT)} and uses nothing of it")
    if "--alone" in sys.argv:
        for header in sorted(headers + public):
            for line in compiles_alone(header):
                wrong += told(header, line)
    print(f"{wrong} to mend")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
