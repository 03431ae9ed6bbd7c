"""A bar that shows how far a training is, in a terminal or a notebook."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Any

__all__: list[str] = []

_CELLS = 24
_SECONDS = 0.1  # from one drawing to the next: epochs of small data are shorter


def _in_notebook() -> bool:
    """Whether a front end draws what is displayed: IPython's kernel, not its terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and shell.has_trait("kernel")


class Bar:
    """One line that is drawn over and over. At the end a terminal has it no more; in a notebook it stays."""

    def __init__(self) -> None:
        self._display: Any = None
        self._notebook = _in_notebook()
        self._drawn = 0
        self._last = ""
        self._line = ""
        self._time = 0.0

    @staticmethod
    def wanted(progress: bool | None) -> Bar | None:
        """A bar where it is asked for, or where somebody looks."""
        looks = _in_notebook() or sys.stderr.isatty()
        return Bar() if progress or (progress is None and looks) else None

    def show(self, progress: Any) -> None:
        """Draws where training is; ``progress`` is the library's."""
        share = progress.samples_done / progress.samples if progress.samples else 0.0
        filled = min(int(share * _CELLS), _CELLS)
        drawn = "#" * filled + "." * (_CELLS - filled)
        line = f"epoch {progress.epoch}/{progress.epochs} [{drawn}] loss {progress.loss:.4f}"
        if progress.finished:
            self._last = self._score(progress.finished)
        if self._last:
            line += f"  {self._last}"
        if progress.seconds_left >= 0.5:
            line += f"  {_duration(progress.seconds_left)} left"
        self._line = line
        if time.monotonic() - self._time >= _SECONDS:
            self._draw()

    @staticmethod
    def _score(metrics: Any) -> str:
        for part in "test", "validation":
            accuracy, regression = getattr(metrics, f"{part}_accuracy"), getattr(metrics, part)
            if metrics.task == 0 and accuracy >= 0:
                return f"{part} {100 * accuracy:.2f}%"
            if metrics.task == 1 and regression.r2 == regression.r2:
                return f"{part} R2 {regression.r2:.4f}"
        return ""

    def _draw(self) -> None:
        line, self._line, self._time = self._line, "", time.monotonic()
        if self._notebook:
            from IPython.display import display

            shown = {"text/plain": line, "text/html": f'<code style="white-space: pre">{line}</code>'}
            if self._display is None:
                self._display = display(shown, raw=True, display_id=True)
            else:
                self._display.update(shown, raw=True)
            return
        line = line[: shutil.get_terminal_size().columns - 1]
        sys.stderr.write("\r" + line.ljust(self._drawn))
        sys.stderr.flush()
        self._drawn = len(line)

    def close(self) -> None:
        """Takes the line off a terminal; in a notebook the last one is what stays."""
        if self._notebook and self._line:
            self._draw()
        if not self._notebook and self._drawn:
            sys.stderr.write("\r" + " " * self._drawn + "\r")
            sys.stderr.flush()
            self._drawn = 0


def _duration(seconds: float) -> str:
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
