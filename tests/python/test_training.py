"""Training from Python: the same bytes as the command, in loops, runs and pieces."""

import math
import pickle
import signal
import subprocess

import numpy
import pytest

import loci
from loci.figure import program
from loci.progress import Bar

RANDOM = numpy.random.default_rng(1)
X = RANDOM.random((200, 4), numpy.float32)
Y = (X[:, 0] + X[:, 1] > 1).astype(int) + (X[:, 2] > 0.6)
TABLE = {"hidden": (10,), "epochs": 3}


@pytest.fixture(name="table")
def fixture_table(tmp_path):
    """A table of words, units and gaps, by its path."""
    path = tmp_path / "table.csv"
    rows = [
        f"{100 * a:.2f},{b:.3f},{'up' if c > 0.5 else 'down'},{'?' if d < 0.02 else f'{d:.3f}'},kind {y}"
        for (a, b, c, d), y in zip(X, Y)
    ]
    path.write_text("\n".join(["a,b,c,d,kind", *rows]) + "\n", "utf-8")
    return path


def command(*words):
    """`loci train` with these words."""
    done = subprocess.run([program(), "train", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ---- the same as the command ----


def same_files(a, b):
    """Everything that two runs left, but for seconds."""
    assert (a / "model.safetensors").read_bytes() == (b / "model.safetensors").read_bytes()
    assert (a / "config.json").read_text("utf-8") == (b / "config.json").read_text("utf-8")
    assert (a / "frames.npz").read_bytes() == (b / "frames.npz").read_bytes()


@pytest.mark.parametrize("seed", [1, 5])
def test_a_run_on_a_table(tmp_path, table, seed):
    command(
        "--data", table, "--missing", "mean", "--hidden", "10", "--epochs", 3, "--seed", seed, "--out", tmp_path / "c"
    )
    run = loci.train(data=table, missing="mean", seed=seed, out=tmp_path / "p", **TABLE)
    same_files(tmp_path / "c", tmp_path / "p")
    assert run.complete and run.summary["epochs"] == 3
    assert run.network.note("columns") and run.network.classes == ["kind 0", "kind 1", "kind 2"]
    # the loop of one's own, too
    data = loci.Data(table, missing="mean")
    net = loci.Network(data=data, hidden=(10,), seed=seed)
    loci.Trainer(net, data, epochs=3, seed=seed).run()
    assert net.to_bytes() == (tmp_path / "c" / "model.safetensors").read_bytes()


GLYPHS = {"epochs": 1, "validation": 1000, "prune": "after:0.5", "prune_by": "weight", "batch": 600, "test_every": 0}


def test_shards(tmp_path, table):
    words = "--missing", "mean", "--hidden", 10, "--epochs", 3, "--shards", 3, "--out", tmp_path / "c"
    command("--data", table, *words)
    loci.train(data=table, missing="mean", shards=3, out=tmp_path / "p", **TABLE)
    same_files(tmp_path / "c", tmp_path / "p")
    data = loci.Data(table, missing="mean")
    trained = []
    for shards in 3, 1:
        net = loci.Network(data=data, hidden=(10,))
        loci.Trainer(net, data, epochs=3, shards=shards).run()
        trained.append(net.to_bytes())
    assert trained[0] == (tmp_path / "c" / "model.safetensors").read_bytes() != trained[1]


def test_a_preset_on_images(tmp_path):
    words = [word for name, value in GLYPHS.items() for word in ("--" + name.replace("_", "-"), value)]
    command("arbor-mlp-2k", "--data", "glyphs", *words, "--out", tmp_path / "c", "--threads", 2)
    loci.train("arbor-mlp-2k", data="glyphs", out=tmp_path / "p", threads=1, **GLYPHS)
    same_files(tmp_path / "c", tmp_path / "p")
    data = loci.Data("glyphs")
    for net in loci.Network("arbor-mlp-2k", data=data), loci.Network("arbor-mlp-2k"):
        trainer = loci.Trainer(net, data, **GLYPHS)
        while not trainer.finished:
            trainer.step()
        trainer.finish()
        assert net.to_bytes() == (tmp_path / "c" / "model.safetensors").read_bytes()


def test_arrays_train_as_a_file_of_them(tmp_path):
    numpy.savez(tmp_path / "mine.npz", x_train=X[:150], y_train=Y[:150], x_test=X[150:], y_test=Y[150:])
    command("--data", tmp_path / "mine.npz", "--epochs", 2, "--out", tmp_path / "c")
    data = loci.Data(X[:150], Y[:150], test=(X[150:], Y[150:]), name="mine.npz")
    run = loci.train(data=data, epochs=2, out=tmp_path / "p")
    assert run.network.to_bytes() == (tmp_path / "c" / "model.safetensors").read_bytes()


# ---- runs ----


def test_what_a_run_holds(tmp_path, table):
    run = loci.train(data=table, missing="drop", out=tmp_path / "run", validation=20, **TABLE)
    metrics = run.metrics
    assert metrics["epoch"].tolist() == [1, 2, 3] and (numpy.diff(metrics["train_loss"]) < 0).all()
    assert set(metrics) == {
        "epoch",
        "learning_rate",
        "train_loss",
        "train_accuracy",
        "validation_accuracy",
        "test_accuracy",
        "seconds",
    }
    assert metrics["test_accuracy"][-1] == pytest.approx(run.summary["test_accuracy"])
    assert run.config["missing"] == "drop" and "3 of 3 epochs, test accuracy" in repr(run)
    assert repr(run.data()).startswith("<loci.Data table.csv")
    assert pickle.loads(pickle.dumps(run)).metrics.keys() == metrics.keys()
    evaluation = run.network.evaluate(run.data())
    assert evaluation.accuracy == pytest.approx(run.summary["test_accuracy"])
    pandas = pytest.importorskip("pandas")
    frame = run.frame()
    assert isinstance(frame, pandas.DataFrame) and frame.index.name == "epoch" and len(frame) == 3


def test_new_rows_are_read_as_the_model_knows_them(tmp_path, table):
    net = loci.train(data=table, missing="mean", out=tmp_path / "run", **TABLE).network
    data = loci.Data(table, missing="mean")
    expected = [*net.predict(data.train[0]), *net.predict(data.test[0])]
    new = tmp_path / "new.csv"
    rows = [line.rsplit(",", 1)[0] for line in table.read_text("utf-8").splitlines()]
    new.write_text("\n".join(";".join(reversed(row.split(","))) for row in rows), "utf-8")  # other order, no answers
    assert sorted(net.predict(new)) == sorted(expected) and net.probabilities(new).shape == (200, 3)
    assert net.evaluate(table).count == len(data.test[1])  # the part that was never learnt from
    other = tmp_path / "other.csv"
    other.write_text("x\n1\n", "utf-8")
    with pytest.raises(loci.MismatchError, match="lacks what the model was trained on: a, b"):
        net.predict(other)
    with pytest.raises(TypeError, match="give model="):
        loci.Data(new, labelled=False)


def test_gaps_of_rows_to_predict(table):
    """All rows have an answer: none may be left out, whatever the training did."""
    net = loci.Network(data=loci.Data(table, missing="drop"), hidden=(4,))
    with pytest.raises(loci.FormatError, match="the value is missing") as told:
        net.predict(table)
    assert told.value.hint == "missing mean puts the column's mean there"
    assert len(net.predict(table, missing="mean")) == len(net.probabilities(table, missing="mean")) == 200
    with pytest.raises(loci.ArgumentError, match="missing: there is an answer for each row; give mean"):
        net.predict(table, missing="drop")
    with pytest.raises(TypeError, match="missing says how a file is read"):
        net.predict(numpy.zeros((1, 3)), missing="mean")


def test_runs_are_not_replaced_by_mistake(tmp_path, table):
    once = {"data": table, "missing": "drop", "out": tmp_path / "run", **TABLE}
    loci.train(**once)
    with pytest.raises(loci.ExistsError, match="resume"):
        loci.train(**once)
    with pytest.raises(loci.MismatchError):
        loci.train(**{**once, "hidden": (11,)}, resume=True)
    loci.train(**once, resume=True)
    loci.train(**{**once, "hidden": (11,)}, force=True)
    assert loci.Run(tmp_path / "run").network.layers[1] == 11
    with pytest.raises(loci.NotFoundError):
        loci.Run(tmp_path / "nothing")


def test_options_of_a_run_are_checked(tmp_path):
    for given, kind, words in (
        ({"epoch": 3}, TypeError, "did you mean 'epochs'"),
        ({"lr": "fast"}, loci.ArgumentError, "lr: 'fast' is not a number"),
        ({"missing": "men"}, loci.ArgumentError, "did you mean 'mean'"),
        ({"temperature": 3}, loci.ArgumentError, "add teacher"),
        ({"epochs": 0}, loci.ArgumentError, "at least 1"),
    ):
        with pytest.raises(kind, match=words):
            loci.train("arbor-mlp-2k", data="glyphs", out=tmp_path / "x", **given)
    with pytest.raises(loci.NotFoundError):
        loci.train(data=tmp_path / "nowhere.csv", out=tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_what_would_change_nothing_is_a_mistake(tmp_path, table):
    data = loci.Data("yin-yang")
    for empty in ({"teacher": ""}, {"teacher": []}, {"init": ""}, {"label": ""}, {"hidden": ""}, {"test": ""}):
        with pytest.raises(loci.ArgumentError, match="is empty"):
            loci.train(data="yin-yang", out=tmp_path / "run", epochs=1, progress=False, **empty)
    with pytest.raises(TypeError, match="has been read"):
        loci.train(data=data, bias_input=True, out=tmp_path / "run", progress=False)
    with pytest.raises(TypeError, match="arrays go into loci.Data"):
        loci.train(data=data.train, out=tmp_path / "run", progress=False)


def test_what_data_have_is_not_given_again():
    data = loci.Data("yin-yang")
    x, y = data.test
    net = loci.Network(data=data, hidden=(4,))
    for beside in ({"y": y}, {"test": (x, y)}, {"sample_weight": y}):
        with pytest.raises(TypeError, match="leave y"):
            loci.Trainer(net, data, epochs=1, **beside)
    with pytest.raises(TypeError, match="leave y"):
        net.evaluate(data, y)
    with pytest.raises(loci.ArgumentError, match="none of train, test"):
        net.evaluate(data, part="tests")
    with pytest.raises(TypeError, match="data is a loci.Data"):
        loci.Network(data="yin-yang")


def test_ctrl_c_saves_and_the_run_goes_on(tmp_path, monkeypatch):
    data = loci.Data(X, Y)
    again = {"data": data, "hidden": (10,), "epochs": 30, "progress": True}
    loci.train(**again, out=tmp_path / "whole")

    def press(bar, progress):
        if progress.epoch == 7:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bar, "show", press)
    with pytest.raises(KeyboardInterrupt):
        loci.train(**again, out=tmp_path / "run")
    monkeypatch.undo()
    run = loci.Run(tmp_path / "run")
    assert not run.complete and len(run.metrics["epoch"]) < 30
    loci.train(**again, out=tmp_path / "run", resume=True)
    assert run.complete
    same_files(tmp_path / "whole", tmp_path / "run")


def test_what_a_bar_raises_is_not_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(Bar, "show", lambda bar, progress: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        loci.train(data=loci.Data(X, Y), hidden=(10,), progress=True, out=tmp_path / "run")


# ---- trainers ----


def made(**given):
    net = loci.Network(inputs=4, outputs=3, hidden=(10,), dendrite_sites=4, seed=2)
    return net, loci.Trainer(net, X, Y, **{"epochs": 4, "lr": 0.05, **given})


def test_a_loop_of_ones_own():
    net, trainer = made(test=(X[:50], Y[:50]))
    before = net.evaluate(X, Y).loss
    epochs = [epoch["epoch"] for epoch in trainer]
    assert epochs == [1, 2, 3, 4] and trainer.finished and trainer.epochs == 4
    assert net.evaluate(X, Y).loss < 0.9 * before
    assert trainer.metrics["test_accuracy"][-1] == pytest.approx(net.evaluate(X[:50], Y[:50]).accuracy)
    with pytest.raises(loci.ArgumentError):
        trainer.step()


def test_steps_make_the_same_as_epochs():
    net, trainer = made()
    other, stepped = made()
    trainer.run()
    losses = [stepped.step() for _ in range(4 * stepped.batches)]
    stepped.finish()
    assert numpy.array_equal(net.parameters, other.parameters) and losses[-1] == trainer.metrics["train_loss"][-1]


def test_a_trainer_in_pieces(tmp_path):
    net, trainer = made()
    trainer.run()
    other, first = made()
    first.epoch()
    first.step()
    first.save(tmp_path / "checkpoint")
    again = pickle.loads(pickle.dumps(first))
    again.run()
    assert numpy.array_equal(again.network.parameters, net.parameters)
    assert again.metrics["train_loss"].tolist() == trainer.metrics["train_loss"].tolist()
    third, second = made()
    second.load(tmp_path / "checkpoint")
    assert second.epochs == 1
    second.run()
    assert numpy.array_equal(third.parameters, net.parameters) and not numpy.array_equal(
        other.parameters, net.parameters
    )


def test_options_of_a_trainer():
    _, trainer = made(batch=7, schedule="constant", class_weight="balanced")
    assert trainer.options["batch"] == 7 and trainer.options["schedule"] == "constant"
    assert trainer.options["class_weight"] == "balanced" and trainer.batches == math.ceil(200 / 7)
    for given, kind, words in (
        ({"hidden": (3,)}, TypeError, "give it to loci.Network"),
        ({"epohs": 3}, TypeError, "did you mean 'epochs'"),
        ({"patience": 3}, loci.ArgumentError, "give validation N too"),
        ({"loss": "squared"}, loci.ArgumentError, "loss"),
        ({"test_every": 2}, loci.ArgumentError, "test"),
    ):
        with pytest.raises(kind, match=words):
            made(**given)


def test_what_is_not_given_is_the_presets_or_follows_from_the_data():
    net = loci.Network("arbor-mlp-2k")
    x, y = RANDOM.random((40, 784), numpy.float32), numpy.arange(40) % 10
    assert loci.Trainer(net, x, y).options["lr"] == 0.02
    assert loci.Trainer(net, x, y, lr=0.03).options["lr"] == 0.03
    assert made(epochs=None)[1].options["batch"] == 16


def test_weights_of_samples_count():
    net, trainer = made(sample_weight=numpy.where(Y == 0, 1, 0))
    trainer.run()
    assert (net.predict(X) == 0).all()


def test_numbers_are_predicted():
    y = 1000 + 50 * X[:, 0] - 20 * X[:, 1]
    net = loci.Network(inputs=4, outputs=1, task="regress", hidden=(20,), seed=1)
    trainer = loci.Trainer(net, X, y, epochs=40, lr=0.02)
    trainer.run()
    result = net.evaluate(X, y, details=True)
    assert result.r2 > 0.9 and math.isnan(result.accuracy) and result.prediction.shape == (200, 1)
    assert numpy.allclose(net.predict(X), y, atol=15) and net.target_scaling[0] == pytest.approx(y.mean(), rel=1e-4)


def test_data_of_other_units_give_a_fresh_network_its_scaling():
    net = loci.Network(inputs=4, outputs=3, hidden=(10,), dendrite_sites=4)
    trainer = loci.Trainer(net, 100 * X - 7, Y, epochs=8, lr=0.05)
    low, span = net.input_scaling
    assert numpy.allclose(low, (100 * X - 7).min(0)) and numpy.allclose(span, numpy.ptp(100 * X, axis=0), rtol=1e-5)
    trainer.run()
    assert net.evaluate(100 * X - 7, Y).accuracy > 0.6
    # one that has learnt keeps what it has
    loci.Trainer(net, X, Y, epochs=1)
    assert numpy.array_equal(net.input_scaling[0], low)


def test_words_are_classes():
    names = numpy.array(["low", "mid", "top"])
    net = loci.Network(inputs=4, outputs=3, hidden=(10,))
    loci.Trainer(net, X, names[Y], epochs=8, lr=0.05).run()
    assert net.classes == ["low", "mid", "top"] and set(net.predict(X)) <= set(names)
    assert (net.predict(X) == names[Y]).mean() == pytest.approx(net.evaluate(X, names[Y]).accuracy)
    assert net.evaluate(X, names[Y], details=True).confusion.sum() == 200
    with pytest.raises(loci.ArgumentError, match="'other', which is none of the classes"):
        net.evaluate(X, numpy.where(Y == 0, "other", "mid"))


def test_a_teacher_is_learnt_from(tmp_path):
    net, trainer = made()
    trainer.run()
    net.save(tmp_path / "teacher")
    pupil, taught = made(teacher=tmp_path / "teacher", distillation=1.0)
    other, untaught = made()
    taught.run()
    untaught.run()
    assert not numpy.array_equal(pupil.parameters, other.parameters)
    with pytest.raises(loci.ArgumentError, match="add teacher"):
        made(temperature=3)


def test_several_teachers(tmp_path):
    paths = [tmp_path / name for name in ("first", "second")]
    for seed, path in enumerate(paths):
        loci.Network(inputs=4, outputs=3, hidden=(10,), seed=seed).save(path)
    models = []
    for teacher in (paths, f"{paths[0]},{paths[1]}", [paths[0]], paths[1]):
        pupil, trainer = made(teacher=teacher, distillation=1.0)
        trainer.step()
        copy = pickle.loads(pickle.dumps(trainer))
        models.append(trainer.run().parameters.copy())
        assert numpy.array_equal(copy.run().parameters, models[-1])
    assert numpy.array_equal(models[0], models[1])
    assert not numpy.array_equal(models[0], models[2]) and not numpy.array_equal(models[0], models[3])
    with pytest.raises(loci.ArgumentError, match="comma"):
        made(teacher=[paths[0], tmp_path / "a,b"])
    run = loci.train(data="glyphs", hidden=5, epochs=1, out=tmp_path / "large", progress=False)
    run = loci.train(data="glyphs", hidden=5, epochs=1, teacher=[run.path], out=tmp_path / "one", progress=False)
    both = [tmp_path / "large", tmp_path / "one"]
    run = loci.train(data="glyphs", hidden=5, epochs=1, teacher=both, out=tmp_path / "two", progress=False)
    assert run.config["teacher"] == [str(path) for path in both]
    again = loci.train(data="glyphs", teacher=both, out=tmp_path / "two", resume=True, progress=False)
    assert again.summary == run.summary


def test_a_loss_that_is_not_finite_is_told():
    net, trainer = made(lr=1e3, schedule="constant", epochs=50)
    net.parameters[:] = 1e30
    with pytest.raises(loci.DivergedError):
        trainer.run()


def test_ctrl_c_acts_between_batches():
    net, trainer = made(epochs=100000)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            trainer.run()
    finally:
        signal.signal(signal.SIGALRM, previous)
    done = trainer.epochs
    trainer.epoch()
    assert trainer.epochs in (done, done + 1) and numpy.isfinite(net.parameters).all()


def test_ctrl_c_between_the_last_batch_of_an_epoch_and_its_end():
    net, trainer = made(epochs=2)
    for _ in range(trainer.batches):
        trainer._do(loci.library.lib.loci_trainer_step)
    assert trainer.epoch()["epoch"] == 1 and trainer.epochs == 1
    twin, other = made(epochs=2)
    other.epoch()
    assert numpy.array_equal(net.parameters, twin.parameters)


def test_it_does_not_fit():
    net = loci.Network(inputs=4, outputs=2, hidden=(5,))
    with pytest.raises(loci.ArgumentError, match="the network takes"):
        loci.Trainer(net, X[:, :3], Y)
    with pytest.raises(loci.LociError):
        loci.Trainer(net, X, Y)  # three classes
    with pytest.raises(loci.ArgumentError, match="beside 200 samples"):
        loci.Trainer(net, X, Y[:10])


def test_rounding(tmp_path):
    net, trainer = made(quantise=4, quantise_charges=8, quantise_start=0.2)
    assert net.rounding is None
    for _ in trainer:
        pass
    copy = pickle.loads(pickle.dumps(trainer))
    assert net.rounding == (4, 8) and copy.network.rounding == (4, 8)
    assert numpy.array_equal(copy.network(X), net(X))
    net.save(tmp_path / "net")
    again = loci.load(tmp_path / "net")
    assert again.rounding == (4, 8) and numpy.array_equal(again(X), net(X))
    net.export(tmp_path / "net.npz", "npz")
    report = net.export(tmp_path / "c", "c", data=loci.Data(X, Y, test=(X, Y)))
    assert (report["bits"], report["charge_bits"]) == (4, 8)
    with pytest.raises(loci.ArgumentError, match="add quantise"):
        made(quantise_charges=8)


def test_rounded_weights(tmp_path):
    net, trainer = made(quantise="ternary", quantise_start=0.2)
    assert net.weight_bits is None
    for _ in trainer:
        pass
    assert net.weight_bits == 2 and net.rounding is None
    weights = net.weights(0)
    assert len(numpy.unique(weights)) == 3 and weights.max() == -weights.min()
    net.save(tmp_path / "net")
    again = loci.load(tmp_path / "net")
    assert again.weight_bits == 2 and numpy.array_equal(again(X), net(X))
    net.export(tmp_path / "net.npz", "npz")
    assert numpy.array_equal(loci.import_npz(tmp_path / "net.npz")(X), net(X))
    report = net.export(tmp_path / "c", "c", mode="pruned", data=loci.Data(X, Y, test=(X, Y)))
    assert report["bits"] == 2
    with pytest.raises(loci.UnsupportedError, match="weights or pruned"):
        net.export(tmp_path / "other", "c", data=loci.Data(X, Y, test=(X, Y)))
    with pytest.raises(loci.ArgumentError, match="charges only as far"):
        made(quantise="ternary", quantise_charges=8)


def test_labels_that_are_other_numbers_than_positions():
    """A network whose classes are 1, 2 and 3 takes these for them, not for the second, third and none."""
    x = numpy.eye(3, dtype=numpy.float32)[numpy.arange(60) % 3]
    y = numpy.arange(60) % 3 + 1
    net = loci.Network(data=loci.Data(x, y.astype(str)), hidden=(8,))
    loci.Trainer(net, x, y, epochs=60, threads=1).run()
    assert net.classes == ["1", "2", "3"] and net.evaluate(x, y).accuracy == 1
    some = y < 3
    assert net.evaluate(x[some], y[some]).accuracy == net.evaluate(x[some], y[some].astype(object)).accuracy == 1
    assert loci.Trainer(net, x[some], y[some], epochs=1, threads=1).epoch()["train_accuracy"] == 1
    for use in net.evaluate, lambda data: loci.Trainer(net, data):
        with pytest.raises(loci.MismatchError, match="output 0 is '0', the network's is '1'; .*classes=net.classes"):
            use(loci.Data(x[some], y[some]))
    for kind in int, float, object:
        plain = loci.Network(inputs=3, outputs=12, hidden=4)  # knows no names: numbers of any kind are positions
        trainer = loci.Trainer(plain, x, y.astype(kind), test=(x, y), epochs=1, threads=1)
        assert (trainer.data.test[1] == y).all() and (trainer.data.train[1] == y).all()


def test_trainers_look_at_frames_as_data_and_networks_do(tmp_path):
    """The order of columns, of a test part too, and numbers that float32 cannot tell apart."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(numpy.random.default_rng(1).normal(size=(60, 3)), columns=list("abc"))
    y, turned = (frame.a > 0).astype(int), frame[["c", "b", "a"]]
    frame.assign(y=y.map(lambda right: "pq"[right])).to_csv(tmp_path / "t.csv", index=False)
    made = loci.Network(inputs=3, outputs=2, hidden=(4,))
    read = loci.Network(data=loci.Data(tmp_path / "t.csv", label="y"), hidden=(4,))
    loci.Trainer(read, frame, y, test=(frame, y), epochs=1, threads=1).run()
    with pytest.raises(loci.ArgumentError, match="test: its columns are not those of the training part"):
        loci.Trainer(made, frame, y, test=(turned, y))
    with pytest.raises(loci.ArgumentError, match="x: has the columns c, b, a; the network takes a, b, c"):
        loci.Trainer(read, turned, y)
    with pytest.raises(loci.ArgumentError, match="test: has the columns c, b, a; the network takes a, b, c"):
        loci.Trainer(read, frame.to_numpy(), y, test=(turned, y))
    for use in lambda x: loci.Trainer(made, x, y), lambda x: made.evaluate(x, y):
        with pytest.warns(loci.LociWarning, match="x: the numbers of column 2 lie closer together than float32"):
            use(frame.assign(c=1.7e9 + numpy.arange(60)))
        with pytest.raises(loci.ArgumentError, match="the network takes"):
            use(frame.assign(d=1))


@pytest.mark.parametrize(
    "given",
    [
        {"prune": "after:0.5"},
        {"prune": "gradual:0.5"},
        {"average": 3},
        {"validation": 40, "patience": 2},
        {"quantise": 4},
    ],
)
def test_a_finished_trainer_is_pickled_with_what_finishing_made(given):
    trainer = loci.Trainer(loci.Network(inputs=4, hidden=(8,), outputs=3, seed=1), X, Y, epochs=4, batch=32, **given)
    made = trainer.run().to_bytes()
    net, twin = pickle.loads(pickle.dumps((trainer.network, trainer)))
    assert twin.network is net and twin.finished
    assert net.to_bytes() == made
    assert twin.metrics["train_loss"].tolist() == trainer.metrics["train_loss"].tolist()


def test_a_finished_trainer_goes_on_from_an_earlier_state():
    trainer = loci.Trainer(loci.Network(inputs=4, hidden=(8,), outputs=3, seed=1), X, Y, epochs=4, prune="after:0.5")
    trainer.epoch()
    state = trainer.state()
    made = trainer.run().to_bytes()
    trainer.set_state(state)
    assert not trainer.finished and len(trainer.metrics["epoch"]) == 1
    assert trainer.run().to_bytes() == made and len(trainer.metrics["epoch"]) == 4
