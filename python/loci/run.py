"""Runs: a training that keeps a folder, and survives interruption."""

from __future__ import annotations

import json
import logging
import os
import pathlib
from typing import TYPE_CHECKING, Any

import numpy

from . import metrics, options
from .data import Data, check_task, lib_config, set_texts, tell
from .errors import ArgumentError, FormatError, NotFoundError, in_python
from .library import NULL, call, ffi, lib, new_pool, text, to_c
from .network import Network, load
from .progress import Bar

if TYPE_CHECKING:
    import pandas

__all__ = ["Run", "train"]

_log = logging.getLogger("loci")


class Run:
    """A run folder: what was trained, how it went, and the network that came out.

    Args:
        path: the folder.

    Raises:
        NotFoundError: there is no run in it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        if not (self.path / "config.json").is_file():
            raise NotFoundError("holds no run; there is no config.json", str(path))

    def _json(self, name: str) -> dict[str, Any]:
        path = self.path / name
        try:
            return json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise NotFoundError("is not there; the run is not complete", str(path)) from None
        except ValueError as why:
            raise FormatError(f"is no JSON: {why}", str(path)) from None

    @property
    def config(self) -> dict[str, Any]:
        """Everything that decided the result (config.json)."""
        return self._json("config.json")

    @property
    def summary(self) -> dict[str, Any]:
        """What came out (summary.json); NotFoundError while the run is not complete."""
        return self._json("summary.json")

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return lib.loci_run_result(ffi.new("loci_summary *"), to_c(self.path), NULL) == 0

    @property
    def metrics(self) -> dict[str, numpy.ndarray]:
        """The epochs, an array for each of "epoch", "train_loss" and so on; NaN is what was not measured."""
        out, count = ffi.new("loci_metrics **"), ffi.new("size_t *")
        if not (self.path / "metrics.jsonl").exists():
            return metrics.curves([])
        call(lib.loci_metrics_read, out, count, to_c(self.path))
        try:
            return metrics.curves([metrics.of_epoch(ffi.addressof(out[0], i)) for i in range(count[0])])
        finally:
            lib.free(out[0])

    @property
    def network(self) -> Network:
        """The network as the run left it, read anew."""
        return load(self.path)

    def data(self) -> Data:
        """The data that the run was trained on, opened as it was."""
        config = lib_config()
        call(lib.loci_config_load, config, to_c(self.path))
        call(lib.loci_config_locate, config, to_c(self.path))
        return open_data(config, config.spec.task, config.spec)

    def frame(self) -> pandas.DataFrame:
        """``metrics`` as a DataFrame, a row an epoch; needs pandas."""
        import pandas

        return pandas.DataFrame(self.metrics).set_index("epoch")

    def page(self, path: str | os.PathLike[str], *, data: Data | None = None) -> None:
        """Writes the run's network as a web page, with how it moved while it was trained."""
        self.network.page(path, data=data, run=self)

    def _repr_html_(self) -> str:
        from .page import frame

        return frame(self.network, self)

    def __repr__(self) -> str:
        config = self.config
        name = config["preset"] or "network"
        epochs = len(self.metrics["epoch"])
        scores = (
            ""
            if not self.complete
            else "".join(
                f", {key.replace('_', ' ')} {value:.4f}"
                for key, value in self.summary.items()
                if key in ("test_accuracy", "test_r2") and value is not None
            )
        )
        planned = config["training"]["epochs"]
        return f"<loci.Run {self.path}: {name} on {config['data']}, {epochs} of {planned} epochs{scores}>"


def open_data(config: Any, task: int = -1, spec: Any = None, steps: int = 0) -> Data:
    """The data that a configuration names, read as it says.

    Args:
        config: the configuration.
        task: what they are to teach; -1 = as they say.
        spec: of a run that is there, what its network takes; None = there is none yet.
        steps: time steps that were asked for; 0 = none were.
    """
    data = Data.__new__(Data)
    data._config, data.given = config, {}
    data._open_config(task, steps=steps)
    if spec is not None:
        call(lib.loci_dataset_fit, data.pointer, ffi.addressof(spec))
    tell(data.notes)
    return data


def train(
    preset: str | None = None,
    *,
    data: Any,
    out: str | os.PathLike[str] | None = None,
    seed: int = 1,
    resume: bool = False,
    force: bool = False,
    threads: int | None = None,
    progress: bool | None = None,
    **given: Any,
) -> Run:
    """Trains a network into a run folder, as the command ``loci train`` does: the same bytes.

        run = loci.train("arbor-mlp-10k", data="mnist", out="runs/x")

    Ctrl-C saves; the same call with ``resume=True`` goes on and ends with the same model.

    Args:
        preset: a name of ``loci.presets()``; without one what is not given follows from the data.
        data: a name or a path, read with the options of ``loci train``, or a ``loci.Data``.
        out: the run folder; None = runs/PRESET-sSEED.
        seed: of start positions, order of samples, augmentation.
        resume: go on with the run that is there, or start it.
        force: replace a run that is there.
        threads: 0 = one per core; None = as ``loci.threads()`` says. The result does not depend on it.
        progress: show a bar; None = where somebody looks, in a terminal or a notebook.
        **given: any option of ``loci train`` by name, '_' for '-'.

    Raises:
        TypeError: an option that there is not.
        ExistsError: a run is there, and neither ``resume`` nor ``force`` is given.
        LociError: whatever the library says.
        KeyboardInterrupt: after Ctrl-C, with everything saved.
    """
    beside = {"init": None, "teacher": None, "no_test": None}
    allowed = {**options.of_network(), **options.of_training(), **options.of_data(), **beside}
    options.check_names("train()", given, allowed, {})
    reading = [name for name, value in given.items() if name in options.of_data() and value is not None]
    if isinstance(data, Data) and reading:
        raise TypeError(f"train() takes '{reading[0]}' with a path; what is a loci.Data has been read")
    if not isinstance(data, (Data, str, os.PathLike)):
        raise TypeError("data is a name, a path or a loci.Data; arrays go into loci.Data(x, y)")
    if resume and force:
        raise ArgumentError("resume and force exclude each other", "force")
    folder = pathlib.Path(out) if out is not None else pathlib.Path("runs") / f"{preset or 'custom'}-s{seed}"
    config, opened = lib_config(), data if isinstance(data, Data) else None
    there = resume and (folder / "config.json").is_file()
    if there:
        call(lib.loci_config_load, config, to_c(folder))
        named = data if opened is None else opened.source or text(config.data)
        config.data = b""  # which is where the caller says, whatever folder the run was started in
        call(lib.loci_config_locate, config, to_c(folder))
        set_texts(config, {**given, "seed": seed, "data": named})
    else:
        of_data = opened.given if opened is not None else {}
        source = opened.source or opened.name if opened is not None else data
        of_c = options.Given({**of_data, **given, "data": source, "seed": seed})
        call(lib.loci_config_plan, config, to_c(preset) if preset is not None else NULL, of_c.array, of_c.count)
    if opened is not None:
        check_task(opened, given.get("task"))
    elif there:
        opened = open_data(config, config.spec.task, config.spec)
    else:
        asked = {name for name, value in given.items() if value is not None}
        steps = config.spec.time_steps if "time_steps" in asked else 0
        opened = open_data(config, config.spec.task if "task" in asked else -1, steps=steps)
    if not there:
        _choose(config, opened, options.Given(given))
    _train(config, opened, folder, resume, force, threads, Bar.wanted(progress))
    return Run(folder)


def _choose(config: Any, data: Data, given: options.Given) -> None:
    """What was not given, from the data; once they are known, options are looked at again."""
    note = ffi.new("char[]", 512)
    config.spec.task = lib.loci_dataset_task(data.pointer)
    call(lib.loci_config_choose, config, data.pointer, given.names, given.count, note, 512)
    if text(note):
        _log.info("%s", in_python(text(note)))
    for i in range(given.count):
        call(lib.loci_config_use, config, given.names[i])


class _Watcher:
    """What the library calls back while it trains: it shows, warns, and passes Ctrl-C on."""

    def __init__(self, bar: Bar | None) -> None:
        self.bar = bar
        self.stop = ffi.new("sig_atomic_t *")
        self.notes: list[str] = []
        self.raised: BaseException | None = None


def _stop(kind: Any, value: BaseException, trace: Any) -> None:
    """What a callback raises ends the run: the library saves, then it is raised. KeyboardInterrupt too, which comes at
    the callback's first instruction, before any ``try`` of its own."""
    watcher: _Watcher = ffi.from_handle(trace.tb_frame.f_locals["user"])
    watcher.raised = value
    watcher.stop[0] = 1


@ffi.def_extern(onerror=_stop)
def loci_python_progress(user: Any, progress: Any) -> None:
    watcher: _Watcher = ffi.from_handle(user)
    if watcher.bar is not None:
        watcher.bar.show(progress)


@ffi.def_extern(onerror=_stop)
def loci_python_note(user: Any, line: Any) -> None:
    ffi.from_handle(user).notes.append(in_python(text(line)))


def _train(config: Any, data: Data, folder: pathlib.Path, resume: bool, force: bool, threads: Any, bar: Any) -> None:
    watcher = _Watcher(bar)
    user = ffi.new_handle(watcher)
    chosen = ffi.new("loci_run_options *")
    lib.loci_run_options_defaults(chosen)
    chosen.resume, chosen.force, chosen.stop, chosen.user = resume, force, watcher.stop, user
    chosen.progress, chosen.note = lib.loci_python_progress, lib.loci_python_note
    pool = new_pool(threads)
    try:
        call(lib.loci_run_train, config, data.pointer, to_c(folder), pool.pointer, chosen, NULL)
    except BaseException:
        if watcher.raised is not None:
            raise watcher.raised from None
        raise
    finally:
        if bar is not None:
            bar.close()
    tell(watcher.notes)
