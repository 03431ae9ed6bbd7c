"""While a run trains: Ctrl-C at any moment, also when Python does nothing, and the bar."""

import signal

import loci
import numpy
import pytest

X = numpy.random.default_rng(1).normal(size=(400, 4)).astype(numpy.float32)
DATA = loci.Data(X, (X[:, 0] > 0).astype(int))


@pytest.mark.parametrize("progress", [False, True])
def test_ctrl_c_while_the_library_trains(tmp_path, progress):
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            loci.train(data=DATA, hidden=(10,), epochs=10000, out=tmp_path / "run", progress=progress)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    run = loci.Run(tmp_path / "run")
    assert not run.complete and 0 < len(run.metrics["epoch"]) < 10000


def test_a_bar_is_not_drawn_more_often_than_one_sees(tmp_path, capsys):
    loci.train(data=DATA, hidden=(10,), epochs=300, out=tmp_path / "run", progress=True)
    shown = capsys.readouterr().err.split("\r")
    assert 2 <= len(shown) < 150
    assert shown[1].startswith("epoch 1/300 ") and shown[-1] == ""
