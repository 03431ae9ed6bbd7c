#!/usr/bin/python3
"""Small networks, exported as C, run on emulated microcontrollers as they run here:  edge.py LOCI

In every mode and with every number of bits, of ReLU and of spiking networks, of those whose spikes travel or come back,
of maps, of events, and of regressors, the C compiles without a warning for this machine and for Cortex-M4F, M3 and M0,
passes its own self-test on each, and gives the same logits, bit for bit in integers; tables come as floats and as counts.
Skipped (77) without the tools that `tools/setup.sh edge` installs. With LOCI_EVERYTHING in the environment every kind of
network in every mode.
"""
import concurrent.futures
import json
import os
import pathlib
import random
import re
import struct
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLE = HERE.parent.parent / "examples" / "edge"
sys.path.insert(0, str(EXAMPLE))
import board as boards  # noqa: E402
import measure  # noqa: E402

ARBOR = "--input", "grid", "--sign", "charge", "--axon-sites", "1,2", "--dendrite-sites", "2,1"
SPIKING = *ARBOR, "--neuron", "lif", "--time-steps", "5"
TRAVELS = "--neuron", "lif", "--delay", "distance", "--longest-delay", "6", "--threshold", "0.3"
NETS = {
    "arbor": ("--hidden", "10,8", *ARBOR),
    "paper": ("--hidden", "12"),
    "relaxed": ("--hidden", "8", "--planes", "relaxed", "--dim", "4", "--sign", "charge"),
    "sheet": ("--hidden", "8", "--input", "sheet", "--sign", "charge", "--dendrite-sites", "3"),
    "dense": ("--hidden", "8", "--wiring", "dense"),
    "cut": ("--hidden", "12", *ARBOR, "--prune", "after:0.7"),
    "law": ("--hidden", "10,8", *ARBOR, "--law", "exponential", "--range", "2"),
    "gelu": ("--hidden", "10,8", *ARBOR, "--law", "gaussian", "--activation", "gelu"),
    "spiking": ("--hidden", "10", *SPIKING),
    "values": ("--hidden", "10,8", *ARBOR),
    "spikingvalues": ("--hidden", "10", *SPIKING, "--readout", "membrane-mean"),
    "spikingcut": ("--hidden", "10", *SPIKING, "--prune", "after:0.7"),
    "table": ("--hidden", "8", "--axon-sites", "2", "--dendrite-sites", "3"),
    "travels": ("--hidden", "8", *TRAVELS, "--dendrite-sites", "3,2", "--readout", "softmax-sum"),
    "loops": ("--hidden", "8,6", *TRAVELS, "--recurrent", "--neuron", "adlif", "--train-adaptation", "neuron",
              "--adaptation-spike", "0.1", "--dendrite-sites", "3,2,2", "--readout", "membrane-max"),
    "returns": ("--hidden", "8", "--neuron", "adlif", "--recurrent", "--wiring", "dense", "--time-steps", "6",
                "--coding", "latency", "--latency-span", "0.6", "--threshold", "0.3", "--adaptation-spike", "0.1"),
    "waits": ("--hidden", "8", *SPIKING, "--delay", "distance", "--longest-delay", "4", "--readout", "softmax-sum"),
    "maps": ("--maps", "3,4", "--hidden", "6", "--dim", "5", "--dendrite-sites", "3", "--gap", "0.3"),
    "tenths": ("--hidden", "8", "--axon-sites", "2", "--dendrite-sites", "3"),
}
# Of tables: what exports are given beside the measurements that they scale in floats.
COUNTS = {"table": ("--input-type", "uint16"), "tenths": ("--input-type", "int16", "--input-unit", "0.1")}
BITS = 32, 8, 4
REGRESSORS = "values", "spikingvalues"
EVENTS = "travels", "loops"
SIDE, CLASSES, OUTPUTS, POSTURES = 12, 6, 2, 5  # of the images; classes of the table
STEPS, CHANNELS = 16, 12  # of the recordings
TOLERANCE = 1e-4  # of the largest logit, in floating point
# Each kind of network once or twice; the values of the rest are compared on this machine by export_c and export_time.
QUICK = [
    *(("arbor", "positions", bits) for bits in BITS), ("arbor", "weights", 32), ("spiking", "weights", 4),
    ("cut", "pruned", 8), ("spikingcut", "pruned", 8), ("cut", "positions", 8), ("law", "positions", 32),
    ("gelu", "positions", 8), ("values", "positions", 8), ("spikingvalues", "positions", 8),
    ("travels", "pruned", 8), ("loops", "positions", 8), ("returns", "weights", 8), ("maps", "pruned", 8),
    ("table", "weights", 8), ("tenths", "pruned", 4),
]
MORE = [(net, mode, bits) for net in NETS for mode in measure.MODES for bits in BITS
        if not (net in ("dense", "returns") and mode == "positions")] # have none

# Of which sizes and counts are looked at.
MEASURED = [
    "arbor-positions-8", "arbor-positions-32", "spiking-positions-8", "cut-pruned-8", "law-positions-8",
    "law-positions-32", "gelu-positions-8", "gelu-positions-32", "travels-positions-8", "travels-pruned-8",
    "maps-positions-8", "maps-pruned-8", "loops-positions-8", "loops-weights-32", "returns-weights-8", "values-positions-8", "values-weights-32",
    "spikingvalues-positions-8", "table-weights-8", "table-weights-8-counts", "table-positions-32-counts",
    "tenths-pruned-4-counts",
]


def write_images(folder):
    """A small data set of 12 x 12 images as IDX files: one pattern a class, with noise."""
    draw = random.Random(1)
    patterns = [[draw.random() < 0.3 for _ in range(SIDE * SIDE)] for _ in range(CLASSES)]
    folder.mkdir()
    for part, count in ("train", 800), ("t10k", 100):
        labels = bytes(i % CLASSES for i in range(count))
        pixels = bytes(draw.randint(60, 255) if lit != (draw.random() < 0.08) else 0
                       for label in labels for lit in patterns[label])
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, SIDE, SIDE) + pixels)


def write_array(archive, name, kind, shape, numbers):
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head.encode() + numbers)


def write_numbers(path):
    """The like with numbers to predict: where light is, and how much there is."""
    draw = random.Random(2)
    with zipfile.ZipFile(path, "w") as archive:
        for part, count in ("train", 400), ("test", 50):
            images = [[draw.choice((0, 0, draw.randint(60, 255))) for _ in range(SIDE * SIDE)] for _ in range(count)]
            pixels = b"".join(map(bytes, images))
            values = b"".join(struct.pack("<ff", sum(image), 1e-3 * sum(p * x for p, x in enumerate(image)))
                              for image in images)
            arrays = ("x", "|u1", (count, SIDE, SIDE), pixels), ("y", "<f4", (count, OUTPUTS), values)
            for name, kind, shape, numbers in arrays:
                write_array(archive, f"{name}_{part}", kind, shape, numbers)


def write_events(path):
    """Recordings: which channels have events, and when, goes by the class."""
    draw = random.Random(3)
    with zipfile.ZipFile(path, "w") as archive:
        for part, count in ("train", 400), ("test", 50):
            labels = bytes(i % CLASSES for i in range(count))
            events = bytes(draw.randint(1, 3) if draw.random() < (0.5 if (c + t // 4) % CLASSES == label else 0.06) else 0
                           for label in labels for t in range(STEPS) for c in range(CHANNELS))
            write_array(archive, f"events_{part}", "|u1", (count, STEPS, CHANNELS), events)
            write_array(archive, f"y_{part}", "|u1", (count,), labels)


def counts_what_is_known(folder, plugin):
    """What the plugin says of functions whose cost is known by looking at them."""
    for board in boards.BOARDS.values():
        program = folder / f"known-{board.name}.elf"
        boards.build(board, [HERE / "known.c"], folder, program)
        for function, known in ("counted", [(502, 1002)]), ("called", [(9, 22), (9, 22)]):
            status, _, counts = boards.run(board, program, plugin, function)
            assert status == 0 and counts == known, f"{function} on the {board.name}: {counts}, not {known}"


def compile_here(folder, *sources, program, flags=()):
    boards.command("cc", *boards.WARNINGS, "-O1", *flags, f"-I{folder}", *sources, "-lm", "-o", folder / program)
    return folder / program


def logits(said, bits):
    """The logits that a program printed, as numbers."""
    words = [line.split()[1] for line in said if line.startswith("logit ")]
    kind = ">f" if bits == 32 else ">i"
    return [struct.unpack(kind, bytes.fromhex(word))[0] for word in words]


def agree(ours, theirs, bits):
    if bits != 32:
        return ours == theirs
    limit = TOLERANCE * max(map(abs, ours))
    return len(ours) == len(theirs) and all(abs(a - b) <= limit for a, b in zip(ours, theirs))


# What a compiler may put in by itself, besides floats where there is no unit for them.
OWN = re.compile(r"memset|__aeabi_mem(set|clr)[48]?|__aeabi_uidiv(mod)?")


def calls_nothing_else(board, program, report, bits):
    """What the network's object wants of others is what its README says."""
    lines = boards.command("arm-none-eabi-nm", "-u", program.with_name(f"{program.stem}-net.o"))[1].split()
    wanted = [name for name in lines if name != "U" and not OWN.fullmatch(name)]
    assert "division" in (program.parent / "README.md").read_text() or "uidiv" not in "".join(lines), lines
    floats = bits == 32 or report.get("input_type") == "float"
    assert floats or not wanted, f"on the {board.name} whole numbers take {wanted}"
    assert bits == 32 or all(re.match("__aeabi_(f|i2f|ui2f)", name) for name in wanted), wanted
    if floats and bits != 32 and board.name == "M0":
        assert "__aeabi_fdiv" in wanted, f"scaling in floats takes only {wanted}"


def check(loci, folder, model, data, mode, bits, outputs, options=()):
    """One export, here and on every board."""
    report, refused = measure.export(loci, model, data, mode, bits, folder, options)
    assert not refused, refused
    assert bool(options) == (report.get("input_type", "float") != "float"), report
    sources = folder / "net.c", HERE / "logits.c"
    expected = logits(boards.command(compile_here(folder, *sources, program="logits"))[1].splitlines(), bits)
    assert len(expected) == 10 * outputs and len(set(expected)) > outputs, "the stored cases have hardly any logits"
    for board in boards.BOARDS.values():
        program = folder / f"logits-{board.name}.elf"
        boards.build(board, sources, folder, program)
        calls_nothing_else(board, program, report, bits)
        status, said, _ = boards.run(board, program)
        assert status == 0, f"the self-test fails on the {board.name}: {said}"
        assert agree(expected, logits(said, bits), bits), f"other logits on the {board.name}"


def self_test_can_fail(folder):
    """With one stored logit changed, the self-test of an export fails, here and on a board."""
    source = folder / "net_test.c"
    before, array, after = source.read_text().partition(" expected[")
    values = after.index("{")
    spoilt = re.sub(r"-?\d+", lambda number: str(int(number[0]) + 1), after[values:], count=1)
    source.write_text(before + array + after[:values] + spoilt)
    program = compile_here(folder, folder / "net.c", folder / "net_test.c", program="spoilt")
    assert boards.command(program, check=False)[0] != 0, "the self-test does not notice a wrong logit"
    board = boards.BOARDS["M0"]
    boards.build(board, [folder / "net.c", folder / "net_test.c"], folder, folder / "spoilt.elf")
    assert boards.run(board, folder / "spoilt.elf")[0] != 0, "the self-test does not notice a wrong logit on the M0"


def measures_what_was_reported(folder, plugin, again):
    """Sizes and counts of an export are what its report promised, and the same in a second run."""
    report = json.loads((folder / "report.json").read_text())
    for board in boards.BOARDS.values():
        once = measure.measure(board, folder, plugin)
        twice = measure.measure(board, folder, plugin) if again else once
        assert once == twice, f"{once} became {twice}"
        assert once["instructions"] > 1000, once
        assert report["flash_bytes"] < once["flash_network"] < once["flash_program"], (report, once)
        assert report["scratch_bytes"] == once["ram_buffer"], (report, once)
        assert 0 < once["ram_stack"] <= report["stack_bytes"], (report, once)


def example_runs(loci, model):
    """The example's one command prints a line for the board it was asked for."""
    said = boards.command("make", "-s", "-C", EXAMPLE, f"LOCI={loci}", f"MODEL={model}", "BOARDS=M0",
                          "ONLY=positions-8")[1]
    assert re.search(r"^positions-8 +M0 +[\d,]{5,} +[\d,]{5,} +[\d,]+ +[\d,]+ +[\d,]+  \d{10}$", said, re.M), said


def example_fails(loci, model, work):
    """A step that fails makes the example fail: data that are not there, a board or an export that there is not, a
    training that comes to nothing, a network that gives other outputs than the exporter computed."""
    wrong = work / "wrong.py"
    wrong.write_text("#!/usr/bin/python3\nimport pathlib, re, subprocess, sys\n"
                     f"done = subprocess.run(['{loci}', *sys.argv[1:]])\n"
                     "test = pathlib.Path(sys.argv[sys.argv.index('-o') + 1]) / 'net_test.c'\n"
                     "before, array, after = test.read_text().partition(' expected[')\n"
                     "head, brace, numbers = after.partition('{')\n"
                     "numbers = re.sub(r'-?\\d+', lambda n: str(int(n[0]) + 1), numbers, count=1)\n"
                     "test.write_text(before + array + head + brace + numbers)\n"
                     "sys.exit(done.returncode)\n")
    wrong.chmod(0o755)
    make = "make", "-s", "-C", EXAMPLE, f"LOCI={loci}", f"MODEL={model}"
    for words, reason in ((("BOARDS=M0", "ONLY=positions-8", "DATA=nowhere"), "nowhere"),
                          (("BOARDS=M9", "ONLY=positions-8"), "'M9' is none of"),
                          (("BOARDS=M0", "ONLY=weights-7"), "'weights-7' is none of"),
                          (("BOARDS=M0", "ONLY=weights-8", "INPUT_TYPE=int12"), "int12"),
                          (("BOARDS=M0", f"MODEL={work / 'none'}"), "none"),
                          (("BOARDS=M0", "ONLY=weights-8", f"LOCI={wrong}"), "wrong 1")):
        status, said = boards.command(*make, *words, check=False)
        assert status != 0 and reason in said, f"make {' '.join(words)} ends with {status}: {said}"


def tells_scaling_apart(measured):
    """Floats cost an M0 hundreds of instructions an input, whole numbers fewer than twenty."""
    floats, counts = measured
    assert floats["scaling_instructions"] > 300 * 64, floats
    assert "scaling_instructions" not in counts and counts["instructions"] < floats["instructions"] + 20 * 64, measured
    assert counts["flash_program"] < floats["flash_program"], measured


def refuses_what_does_not_fit(folder):
    """A program larger than the microbit's flash is refused with the number of bytes that are too many."""
    (folder / "large.c").write_text("#include <stdint.h>\nextern volatile uint8_t sink;\nvolatile uint8_t sink;\n"
                                    "static const volatile uint8_t large[300000] = {1};\n"
                                    "int main(void) { sink = large[sink]; return 0; }\n")
    try:
        boards.build(boards.BOARDS["M0"], [folder / "large.c"], folder, folder / "large.elf")
    except boards.DoesNotFit as refused:
        assert re.match(r"3\d{4} bytes .* M0's flash", str(refused)), refused
        return
    raise AssertionError("300 kB fit into 256")


def main():
    loci = pathlib.Path(sys.argv[1]).resolve()
    chosen = MORE if "LOCI_EVERYTHING" in os.environ else QUICK
    missing = boards.missing_tools()
    if missing:
        print(f"not installed: {', '.join(missing)}")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(2) as pool:
        work = pathlib.Path(work)
        plugin = boards.build_plugin(work)
        write_images(work / "data")
        write_numbers(work / "numbers.npz")
        write_events(work / "events.npz")

        boards.command(EXAMPLE / "sensors.py", work / "table.csv")
        boards.command(EXAMPLE / "sensors.py", "--unit", "0.1", work / "tenths.csv")

        def data_of(net):
            return work / (f"{net}.csv" if net in COUNTS else "numbers.npz" if net in REGRESSORS
                           else "events.npz" if net in EVENTS else "data")

        def outputs_of(net):
            return POSTURES if net in COUNTS else OUTPUTS if net in REGRESSORS else CLASSES

        for net in sorted({net for net, _, _ in chosen}):
            boards.command(loci, "train", *NETS[net], "--data", data_of(net), "--epochs", 20, "--batch", 20, "--quiet",
                           "--out", work / net)
        jobs = {"known": pool.submit(counts_what_is_known, work, plugin),
                "large": pool.submit(refuses_what_does_not_fit, work)}
        for net, mode, bits in chosen:
            name = f"{net}-{mode}-{bits}"
            jobs[name] = pool.submit(check, loci, work / name, work / net, data_of(net), mode, bits, outputs_of(net))
            if net in COUNTS:
                jobs[f"{name}-counts"] = pool.submit(check, loci, work / f"{name}-counts", work / net, data_of(net),
                                                     mode, bits, outputs_of(net), COUNTS[net])
        for name, job in jobs.items():
            try:
                job.result()
                print(f"{name}: ok", flush=True)
            except (AssertionError, boards.Failed) as error:
                failed += 1
                print(f"{name}: {error}", flush=True)
        if not failed:
            # a second run is one more of the same emulator: that of one export is enough for the short test
            measured = [name for name in MEASURED if name in jobs]
            again = measured if chosen is MORE else measured[:1]
            list(pool.map(lambda name: measures_what_was_reported(work / name, plugin, name in again), measured))
            tells_scaling_apart([measure.measure(boards.BOARDS["M0"], work / name, plugin)
                                 for name in ("table-weights-8", "table-weights-8-counts")])
            example_runs(loci, work / "arbor")
            example_fails(loci, work / "arbor", work)
            self_test_can_fail(work / "arbor-positions-8")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
