"""Emulated microcontrollers: compile C for them, run it, count its instructions.

Needs arm-none-eabi-gcc with picolibc, qemu-system-arm, and a C compiler of this machine for the counting plugin.
"""
import collections
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = "arm-none-eabi-gcc", "arm-none-eabi-nm", "arm-none-eabi-size", "qemu-system-arm", "cc"

# Without -fno-math-errno every square root brings a call along.
WARNINGS = "-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"
OPTIMISE = "-O2", "-fno-math-errno", "-ffunction-sections", "-fdata-sections"

Board = collections.namedtuple("Board", "name machine flash ram flags")
BOARDS = {
    board.name: board
    for board in (
        Board("M4F", "mps2-an386", 4 << 20, 4 << 20,
              ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")),
        Board("M3", "mps2-an385", 4 << 20, 4 << 20, ("-mcpu=cortex-m3", "-mthumb")),
        Board("M0", "microbit", 256 << 10, 16 << 10, ("-mcpu=cortex-m0", "-mthumb")),
    )
}


class Failed(Exception):
    """A command that did not do what it should; the text says which and why."""


class DoesNotFit(Failed):
    """The program is larger than the board's flash or RAM."""


def missing_tools():
    """Those of the needed programs that are not there."""
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    if not absent and command("arm-none-eabi-gcc", "--specs=picolibc.specs", "-E", "-xc", "/dev/null", check=False)[0]:
        absent.append("picolibc")
    return absent


def command(*words, check=True, seconds=300):
    """Runs a command; returns its exit status and what it said, or raises Failed if that is not 0."""
    words = [str(word) for word in words]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds, check=False, encoding="utf-8", errors="replace")
    except subprocess.TimeoutExpired as late:
        raise Failed(f"{words[0]} still runs after {seconds} s") from late
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(words)}\n{done.stdout}")
    return done.returncode, done.stdout


def build_plugin(folder):
    """Compiles count.c; returns the plugin."""
    plugin = pathlib.Path(folder).resolve() / "count.so"
    command("cc", "-O2", "-shared", "-fPIC", "-o", plugin, HERE / "count.c")
    return plugin


def build(board, sources, include, program):
    """Compiles the sources, a warning is an error, and links them; returns the objects."""
    program = pathlib.Path(program)
    objects = []
    for source in map(pathlib.Path, sources):
        objects.append(program.with_name(f"{program.stem}-{source.stem}.o"))
        command("arm-none-eabi-gcc", *board.flags, "--specs=picolibc.specs", *WARNINGS, *OPTIMISE, f"-I{include}",
                "-c", source, "-o", objects[-1])
    places = {"__flash": 0, "__flash_size": board.flash, "__ram": 0x20000000, "__ram_size": board.ram}
    status, said = command(
        "arm-none-eabi-gcc", *board.flags, "--specs=picolibc.specs", "--oslib=semihost", "--crt0=hosted",
        "-Wl,--gc-sections", *(f"-Wl,--defsym={name}={value:#x}" for name, value in places.items()),
        *objects, "-lm", "-o", program, check=False)
    over = re.search(r"region `(\w+)' overflowed by (\d+) bytes", said)
    if over:
        raise DoesNotFit(f"{over[2]} bytes too many for the {board.name}'s {over[1]}")
    if status:
        raise Failed(f"{program.name} does not link:\n{said}")
    return objects


def flash(path):
    """Bytes of flash an object or a program takes: code, constants, and what variables start with."""
    text, data = command("arm-none-eabi-size", path)[1].splitlines()[1].split()[:2]
    return int(text) + int(data)


def run(board, program, plugin=None, function=None, seconds=300):
    """Runs a program. Returns its exit status, what it said, and per call of the function (instructions, cycles on a
    Cortex-M0)."""
    words = ["qemu-system-arm", "-M", board.machine, "-nographic", "-monitor", "none", "-serial", "none",
             "-semihosting-config", "enable=on,target=native", "-kernel", program]
    if plugin:
        symbols = command("arm-none-eabi-nm", program)[1]
        address = re.search(rf"^(\w+) T {function}$", symbols, re.MULTILINE)
        if not address:
            raise Failed(f"{program} has no function {function}")
        words += ["-plugin", f"{plugin},function=0x{address[1]}"]
    status, said = command(*words, check=False, seconds=seconds)
    lines = said.splitlines()
    counts = [tuple(map(int, line.split()[1:])) for line in lines if line.startswith("count: ")]
    return status, [line for line in lines if not line.startswith("count: ")], counts
