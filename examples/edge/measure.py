#!/usr/bin/python3
"""Exports a trained network in every way there is, runs each on emulated microcontrollers, and prints what it costs.

    measure.py [--loci PROGRAM] [--data NAME] [--board M4F,M3,M0] [--only positions-8,...] [--input-type TYPE]
               [--input-unit U] [--json|--markdown] MODEL...

Of every export a line per board: the classes of the stored test samples, if it classifies; instructions of one run (on
average over these samples), on the M0 also cycles; bytes of flash of the whole program and of the network alone; bytes
of RAM, which is the network's buffer plus the stack a run used. The sample and the logits belong to the caller and are
not counted. Where measurements are scaled in floats before a run, what that takes is told apart.

Fails where a step fails: an export, unless it is one that the network cannot have (no positions, too large a number),
a program, or one that gives other outputs than the exporter computed.
"""
import argparse
import collections
import json
import pathlib
import sys
import tempfile

import board as boards

MODES = {"positions": (32, 8, 4, 2), "weights": (32, 8, 4, 2), "pruned": (32, 8, 4, 2)}
# For networks that were trained through them; measured where asked for.
FEW = 2


# What a network cannot have is no failure: its export is refused in a line about that option.
REFUSED = "loci: --mode: ", "loci: --bits: ", "loci: export: "


def export(loci, model, data, mode, bits, folder, options=()):
    """Exports into the folder; returns the report, or None and why the network cannot be had so."""
    status, said = boards.command(
        loci, "export", model, "--to", "c", "-o", folder, "--name", "net", "--mode", mode, "--bits", bits, *options,
        *(("--data", data) if data else ()), check=False, seconds=3600)
    if status == 1 and said.startswith(REFUSED):
        return None, said.strip()
    if status:
        raise boards.Failed(said.strip() or f"loci export ends with status {status}")
    return json.loads((folder / "report.json").read_text()), ""


def mean(counts):
    return round(sum(counts) / len(counts))


def scaling(board, program, plugin):
    """Instructions of net_scale(), and on the M0 cycles."""
    status, said, counts = boards.run(board, program, plugin, "net_scale")
    if status or not counts:
        raise boards.Failed(f"{program.name} failed on the {board.name}: {' / '.join(said[-3:])}")
    return {"scaling_instructions": mean([count for count, _ in counts]),
            "scaling_cycles": mean([cycles for _, cycles in counts]) if board.name == "M0" else None}


def measure(board, folder, plugin):
    """Compiles an export for a board and runs it there."""
    program = folder / f"net-{board.name}.elf"
    objects = boards.build(board, (boards.HERE / "main.c", folder / "net.c"), folder, program)
    report = json.loads((folder / "report.json").read_text())
    status, said, counts = boards.run(board, program, plugin, "net_run" if "r2" in report else "net_classify")
    told = collections.defaultdict(list)
    for what, value in (line.split() for line in said if len(line.split()) == 2):
        told[what].append(value)
    if status or not counts:
        raise boards.Failed(f"{program.name} failed on the {board.name}: {' / '.join(said[-3:])}")
    return {
        **(scaling(board, program, plugin) if report.get("input_type") == "float" else {}),
        "board": board.name,
        "classes": "".join(told["class"]),
        "labels": "".join(told["label"]),
        "instructions": mean([count for count, _ in counts]),
        "cycles": mean([cycles for _, cycles in counts]) if board.name == "M0" else None,
        "flash_program": boards.flash(program) - int(told["stored"][0]),
        "flash_network": boards.flash(objects[1]),
        "ram_buffer": int(told["buffer"][0]),
        "ram_stack": int(told["stack"][0]),
    }


def measure_all(arguments, folder, tell):
    """Every model, mode, number of bits and board; a list of results."""
    plugin = boards.build_plugin(folder)
    options = [word for name in ("type", "unit") if getattr(arguments, f"input_{name}")
               for word in (f"--input-{name}", getattr(arguments, f"input_{name}"))]
    results = []
    for model in arguments.model:
        for mode, every in MODES.items():
            for bits in every:
                name = f"{mode}-{bits}"
                if name not in arguments.only.split(",") if arguments.only else bits == FEW:
                    continue
                place = folder / f"{len(results)}-{name}"
                report, refused = export(arguments.loci, model, arguments.data, mode, bits, place, options)
                for which in arguments.board.split(","):
                    row = {"model": str(model), "mode": mode, "bits": bits, "board": which}
                    try:
                        if refused:
                            raise boards.DoesNotFit(refused)
                        row.update(measure(boards.BOARDS[which], place, plugin), report=report)
                    except boards.DoesNotFit as why:
                        row["refused"] = str(why)
                    results.append(row)
                    tell(row)
                    if refused:
                        break
    return results


def tell(row):
    """One line of the table."""
    start = f"{row['mode'] + '-' + str(row['bits']):13} {row['board']:4}"
    if "refused" in row:
        print(f"{start} {row['refused']}", flush=True)
        return
    cycles = f"{row['cycles']:12,}" if row["cycles"] else f"{'-':>12}"
    print(f"{start} {row['instructions']:12,} {cycles} {row['flash_program']:9,} {row['flash_network']:9,} "
          f"{row['ram_buffer'] + row['ram_stack']:7,}  {row['classes'] or '-'}", flush=True)
    if "scaling_instructions" in row:
        cycles = f"{row['scaling_cycles']:12,}" if row["scaling_cycles"] else f"{'-':>12}"
        print(f"{'  + net_scale':18} {row['scaling_instructions']:12,} {cycles}", flush=True)


def markdown(results):
    """The results as a table, one line an export."""
    cores = list(dict.fromkeys(row["board"] for row in results))
    regress = any("r2" in row.get("report", {}) for row in results)
    print("| export |", "R2 |" if regress else "accuracy |", *(f"{core} |" for core in cores),
          "M0 cycles | flash | RAM |")
    print("|---|" + "---:|" * (len(cores) + 4))
    exports = {}
    for row in results:
        exports.setdefault((row["model"], row["mode"], row["bits"]), {})[row["board"]] = row
    for (_, mode, bits), rows in exports.items():
        fitting = [row for row in rows.values() if "refused" not in row]
        if not fitting:
            print(f"| {mode}, {bits} bits | {next(iter(rows.values()))['refused']} |" + " |" * (len(cores) + 3))
            continue
        counts = (f"{rows[core]['instructions']:,}" if "instructions" in rows.get(core, {}) else "too large" for core in cores)
        cycles = rows.get("M0", {}).get("cycles")
        last = fitting[-1]
        report = last["report"]
        quality = f"{report['r2']:.4f}" if "r2" in report else f"{100 * report['accuracy']:.2f}"
        print(f"| {mode}, {bits} bits | {quality} |", *(f"{count} |" for count in counts),
              f"{cycles:,} |" if cycles else "- |", f"{last['flash_network']:,} |",
              f"{max(row['ram_buffer'] + row['ram_stack'] for row in fitting):,} |")


def check(parser, arguments):
    """A board or an export that there is not is no reason to do nothing and say nothing."""
    every = [f"{mode}-{bits}" for mode, each in MODES.items() for bits in each]
    for name in arguments.board.split(","):
        if name not in boards.BOARDS:
            parser.error(f"--board: '{name}' is none of {', '.join(boards.BOARDS)}")
    for name in filter(None, arguments.only.split(",")):
        if name not in every:
            parser.error(f"--only: '{name}' is none of {', '.join(every)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="+", type=pathlib.Path)
    parser.add_argument("--loci", default="loci")
    parser.add_argument("--data", help="(default: that of the run)")
    parser.add_argument("--board", default=",".join(boards.BOARDS))
    parser.add_argument("--only", default="", help="for example positions-8,weights-8; 2 bits are measured where named here")
    parser.add_argument("--input-type", help="int8, uint8, int16, uint16: counts of a sensor")
    parser.add_argument("--input-unit", help="what one count is in the data")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    check(parser, arguments)
    missing = boards.missing_tools()
    if missing:
        print(f"measure.py: not installed: {', '.join(missing)}; tools/setup.sh edge installs them", file=sys.stderr)
        return 1
    quiet = arguments.json or arguments.markdown
    if not quiet:
        print(f"{'export':13} {'core':4} {'instructions':>12} {'cycles':>12} {'program':>9} {'network':>9} {'RAM':>7}"
              "  classes of the stored samples")
    with tempfile.TemporaryDirectory() as folder:
        try:
            results = measure_all(arguments, pathlib.Path(folder), (lambda row: None) if quiet else tell)
        except boards.Failed as failed:
            print(f"measure.py: {failed}", file=sys.stderr)
            return 1
    if not any("instructions" in row for row in results):
        print("measure.py: nothing was measured", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(results, indent=2))
    if arguments.markdown:
        markdown(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
