"""Threads, forks, cycles, leaks: what a library meets in other people's programs."""

import gc
import multiprocessing
import os
import pickle
import resource
import subprocess
import sys
import threading
import weakref

import numpy
import pytest

import loci

X = numpy.random.default_rng(1).random((64, 4), numpy.float32)


def small(**given):
    return loci.Network(inputs=4, outputs=3, hidden=(8,), **given)


def resident() -> int:
    """Bytes of this process that are in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def test_threads_may_call_one_network():
    net = loci.Network("arbor-mlp-2k")
    frozen = net.prepare()
    x = numpy.random.default_rng(2).random((300, 784), numpy.float32)
    expected, prepared = net(x), frozen(x)
    wrong = []

    def work():
        for _ in range(10):
            if not numpy.array_equal(net(x), expected) or not numpy.array_equal(frozen(x), prepared):
                wrong.append(1)
            if not numpy.array_equal(frozen(x[7]), prepared[7]):
                wrong.append(2)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_other_threads_run_while_the_library_computes():
    net = loci.Network("arbor-mlp-10k")
    x = numpy.zeros((2000, 784), numpy.float32)
    done = threading.Event()
    worker = threading.Thread(target=lambda: (net(x), done.set()))
    turns = 0
    worker.start()
    while not done.is_set() and turns < 10**7:
        turns += 1
    worker.join()
    assert turns > 100


@pytest.mark.parametrize("wanted", [1, 2, 3])
def test_the_number_of_threads_changes_nothing(wanted):
    net = loci.Network("arbor-mlp-2k")
    x = numpy.random.default_rng(3).random((100, 784), numpy.float32)
    expected = net(x)
    before = loci.threads()
    try:
        assert loci.threads(wanted) == wanted
        assert numpy.array_equal(net(x), expected)
    finally:
        loci.threads(0)
    assert loci.threads() == before
    with pytest.raises(loci.ArgumentError, match="from 0 to 256"):
        loci.threads(1000)


def test_a_child_process_goes_on():
    net, data = small(), loci.Data(X, numpy.arange(64) % 3)
    trainer = loci.Trainer(net, data, epochs=2)
    expected = net(X)  # the parent's threads are there by now
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if numpy.array_equal(net(X), expected):
                loci.Trainer(small(), data, epochs=1).run()
                try:
                    trainer.step()
                except loci.UnsupportedError as why:
                    os.write(writing, str(why).encode())
                    status = 0
            del trainer
            gc.collect()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert b"make a new one" in os.read(reading, 200)
    trainer.run()
    os.close(reading)
    os.close(writing)


def _predict(pair):
    net, x = pair
    return net(x)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_share_work(method):
    net = small()
    net(X)
    with multiprocessing.get_context(method).Pool(2) as pool:
        parts = pool.map(_predict, [(net, X[:32]), (net, X[32:])])
    assert numpy.array_equal(numpy.concatenate(parts), net(X))


def test_cycles_are_freed():
    net = small()
    data = loci.Data(X, numpy.arange(64) % 3)
    trainer = loci.Trainer(net, data)
    handles = [weakref.ref(thing._handle) for thing in (net, data, trainer)]
    net.trainer, trainer.itself, data.net = trainer, trainer, net
    del net, data, trainer
    gc.collect()
    assert all(handle() is None for handle in handles)


def test_ten_thousand_networks_leave_nothing():
    def some(count):
        for seed in range(count):
            net = small(seed=seed)
            view = net.parameters
            net.prepare()(X[0])
            del net
            view[0] = 1
        gc.collect()

    some(2000)
    before = resident()
    some(10000)
    assert resident() - before < 2 << 20


def test_trainers_and_data_leave_nothing():
    y = numpy.arange(64) % 3

    def some(count):
        for seed in range(count):
            trainer = loci.Trainer(small(seed=seed), X, y, epochs=1, threads=1)
            trainer.step()
            pickle.dumps(trainer.data)
        gc.collect()

    some(100)
    before = resident()
    some(300)
    assert resident() - before < 2 << 20


def test_it_needs_numpy_alone():
    code = "import sys, loci; print(sorted({'sklearn', 'torch', 'pandas', 'IPython', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_another_version_of_the_library_is_told():
    code = (
        "import sys, types; m = types.ModuleType('loci._installed'); m.VERSION, m.PROGRAM, m.PAGE = '9.9.9', '', ''; "
        "sys.modules['loci._installed'] = m; import loci"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "loci 9.9.9 found version" in done.stderr
