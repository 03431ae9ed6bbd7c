"""What can go wrong: one family of exceptions, one for each status of the C library."""

from __future__ import annotations

import re

__all__ = [
    "LociError",
    "LociWarning",
    "ArgumentError",
    "BusyError",
    "OutOfMemoryError",
    "FileError",
    "FormatError",
    "MismatchError",
    "DivergedError",
    "InterruptedRun",
    "NotFoundError",
    "ExistsError",
    "UnsupportedError",
    "NetworkFailure",
]


class LociWarning(UserWarning):
    """Something that is no mistake, but may not be what was meant."""


class LociError(Exception):
    """A call that failed.

    Attributes:
        where: the file, option or part at fault; may be empty.
        message: what happened, one line.
        hint: what to do about it; may be empty.
        status: the library's name for it, such as ``"LOCI_E_FORMAT"``.
    """

    status = "unknown"

    def __init__(self, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message, where, hint)
        self.message, self.where, self.hint = message, where, hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"


class ArgumentError(LociError, ValueError):
    """A value outside of its range, or an unknown name."""

    status = "LOCI_E_ARGUMENT"


class OutOfMemoryError(LociError, MemoryError):
    """Memory is short."""

    status = "LOCI_E_MEMORY"


class FileError(LociError, OSError):
    """A file could not be read or written."""

    status = "LOCI_E_IO"


class FormatError(LociError, ValueError):
    """A file's content is not what it should be."""

    status = "LOCI_E_FORMAT"


class MismatchError(LociError, ValueError):
    """Network and data, or two parts of a model, do not fit each other."""

    status = "LOCI_E_MISMATCH"


class DivergedError(LociError, ArithmeticError):
    """A loss or a parameter is no longer finite."""

    status = "LOCI_E_DIVERGED"


class InterruptedRun(LociError):
    """Something asked to stop; what was done is kept."""

    status = "LOCI_E_INTERRUPTED"


class NotFoundError(LociError, FileNotFoundError):
    """There is no such file, data set or entry."""

    status = "LOCI_E_NOT_FOUND"


class ExistsError(LociError, FileExistsError):
    """It would overwrite something that is there already."""

    status = "LOCI_E_EXISTS"


class UnsupportedError(LociError, NotImplementedError):
    """A combination that this build, or this version, cannot do."""

    status = "LOCI_E_UNSUPPORTED"


class NetworkFailure(LociError, ConnectionError):
    """A download failed."""

    status = "LOCI_E_NETWORK"


class BusyError(LociError):
    """Another process is at work there."""

    status = "LOCI_E_BUSY"


_BY_STATUS = {kind.status: kind for kind in LociError.__subclasses__()}


# Options of the program that functions here take by the same name; loci.options adds those of the library's tables.
known_options = {
    *("bits", "data", "digit", "follow", "force", "init", "input_type", "input_unit", "mode", "name", "no_test", "out"),
    *("resume", "sample", "samples", "seed", "shrink", "teacher", "threads", "to", "width"),
}
_OTHERWISE = {"no_header": "header=False"}

# What a line quotes is somebody's own and stays as it is.
_QUOTED = r"(?<!\w)'.*?'(?!\w)"
_OPTION = re.compile(rf"{_QUOTED}|(?:^|(?<=[\s(\[]))--([a-z][a-z-]*)(?!\w)")
_HINT = re.compile(rf"{_QUOTED}|\([^()]*\)|(; )")


def in_python(line: str) -> str:
    """Options as they are written in Python: ``--prune-by weight`` is ``prune_by weight``."""

    def option(match: re.Match[str]) -> str:
        name = (match[1] or "").replace("-", "_")
        return name if name in known_options else _OTHERWISE.get(name, match[0])

    return _OPTION.sub(option, line)


def of_exit(status: int, said: str) -> LociError:
    """The exception for what the program ``loci`` ended with and its last line: 2 is wrong usage."""
    line = said.strip().splitlines()[-1].removeprefix("loci: ") if said.strip() else f"the program ended with {status}"
    return of_status("LOCI_E_ARGUMENT" if status == 2 else "", "", line)


def of_status(status: str, where: str, line: str) -> LociError:
    """The exception for a status of the library and the line it has for a person."""
    line = in_python(line)
    ends = next((match for match in _HINT.finditer(line) if match[1]), None)
    message, hint = (line[: ends.start()], line[ends.end() :]) if ends else (line, "")
    if status == "LOCI_E_ARGUMENT" and where.replace("-", "_") in known_options:
        where = where.replace("-", "_")
    return _BY_STATUS.get(status, LociError)(message, where, hint)
