"""Results as tables, and against the limits."""

import itertools
import statistics

import rows


def median(numbers):
    return statistics.median(numbers)


def number(figure):
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.2f}"


def spread(entry):
    return f"{number(entry['ratio_low'])} - {number(entry['ratio_high'])}"


def on(threads):
    return "one thread" if threads == 1 else f"{threads} threads"


def brief(seconds):
    """A short time with its unit."""
    for unit, size in ("us", 1e-6), ("ms", 1e-3):
        if seconds < 1000 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.2f} s"


def table(head, lines):
    """Markdown that also reads well as plain text."""
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    rule = ["-" * width for width in widths]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
                     for line in [head, rule, *lines])


def training_table(entries):
    lines = []
    for row in entries:
        for i, peer in enumerate(row["peers"]):
            lines.append([row["title"] if i == 0 else "", peer["title"], f"{median(row['seconds']):.2f} s",
                          f"{median(peer['seconds']):.1f} s", f"**{number(peer['ratio'])}**", spread(peer),
                          f"{median(row['floor_seconds']):.2f} s", f"{row['floor_ratio']:.2f}",
                          f"{row['megabytes']:.0f} MB", f"{peer['megabytes']:.0f} MB"])
    return table(["one epoch of", "PyTorch written with", "Loci", "PyTorch", "PyTorch / Loci", "lowest - highest",
                  "dense floor", "Loci / floor", "memory Loci", "PyTorch"], lines)


def inference_table(entries):
    lines = [[row["name"] if i == 0 else "", f"{row['images']:,}", str(row["threads"]), peer["title"],
              brief(median(row["seconds"])), brief(median(peer["seconds"])), f"**{number(peer['ratio'])}**",
              spread(peer)]
             for row in entries for i, peer in enumerate(row["peers"])]
    return table(["inference of", "images", "threads", "PyTorch with", "Loci", "PyTorch", "PyTorch / Loci",
                  "lowest - highest"], lines)


def pruned_table(entries):
    lines = [[row["name"] if i == 0 else "", f"{1 - row['connections_kept'] / row['connections']:.1%}",
              f"{images:,}", blas, brief(race["loci_seconds"]), brief(race["blas_seconds"]),
              f"**{number(race['ratio'])}**", spread(race)]
             for row in entries for i, (images, blas, race) in enumerate(
                 [(1, "sgemv", row["one"]), (row["images"], "sgemm", row["batch"])])]
    return table(["pruned", "sparsity", "images", "BLAS", "Loci", "BLAS", "BLAS / Loci", "10% - 90%"], lines)


def threads_table(entries):
    lines = [[row["title"], f"{median(row['one']):.2f} s", f"{median(row['two']):.2f} s",
              f"**{row['speedup']['ratio']:.2f}**", spread(row["speedup"]), f"{median(row['beside']):.2f} s",
              f"**{row['slowdown']['ratio']:.2f}**", spread(row["slowdown"]), "yes" if row["same"] else "NO"]
             for row in entries]
    return table(["one epoch of", "one thread", "two", "one / two", "lowest - highest", "two beside a spinning process",
                  "beside / two", "lowest - highest", "same bytes"], lines)


RACES = {"epoch": "an epoch", "batch": "1,000 images", "one": "one image"}


def right(row, race):
    """Whether the library's choice costs nothing, or at most 5%."""
    figure = row[race]["ratio"]
    return figure >= 0.95 if row["chosen"][race] == "lists" else figure <= 1.05


def lists_table(entries):
    def cell(row, race):
        verdict = "" if right(row, race) else ", **wrong**"
        return f"{number(row[race]['ratio'])} ({spread(row[race])}): {row['chosen'][race]}{verdict}"

    return table(["zeros / lists (lowest - highest): choice", "kept", *RACES.values()],
                 [[row["name"], f"{row['density']:.0%}", *(cell(row, race) for race in RACES)] for row in entries])


def memory_table(entries):
    return table(["training of", "threads", "peak memory"],
                 [[row["name"], str(row["threads"]), f"{row['megabytes']:.0f} MB"] for row in entries])


def find(entries, **wanted):
    return [entry for entry in entries if all(entry[key] == value for key, value in wanted.items())]


def training_limits(results):
    for name, title, least in (("paper-mlp", rows.HAND, 2.5), ("paper-snn", rows.LOOP, 25),
                               ("arbor-mlp-10k", rows.HAND, 5), ("arbor-mlp-10k", rows.AUTOGRAD, 5)):
        for row in find(results["training"], name=name):
            figure = find(row["peers"], title=title)[0]["ratio"]
            yield f"{name}, {on(row['threads'])}, PyTorch ({title}) / Loci", ">=", least, figure
            if name == "paper-mlp":
                yield f"{name}, {on(row['threads'])}, Loci / dense floor", "<=", 0.6, row["floor_ratio"]


def other_limits(results):
    for row in find(results["inference"], images=1):
        for peer in row["peers"]:
            yield (f"{row['name']}, one image, {on(row['threads'])}, PyTorch ({peer['title']}) / Loci", ">=", 10,
                   peer["ratio"])
    for row in results["pruned"]:
        yield f"{row['name']}, pruned, one image, sgemv / Loci", ">=", 5, row["one"]["ratio"]
        yield f"{row['name']}, pruned, {row['images']:,} images, sgemm / Loci", ">=", 3, row["batch"]["ratio"]
    for row in results["threads"]:
        yield f"{row['name']}, one thread / two", ">=", 1.8, row["speedup"]["ratio"]
        yield f"{row['name']}, two threads beside a spinning process / alone", "<=", 2.2, row["slowdown"]["ratio"]
    for row in results["memory"]:
        yield f"{row['name']}, {on(row['threads'])}, peak memory in MB", "<", 250, row["megabytes"]


def plain_limits(results):
    """Those without a figure of their own."""
    threads, lists = results["threads"], results["lists"]
    if threads:
        yield "the same bytes on one thread and on two", "", all(row["same"] for row in threads)
        yield "more threads than cores are remarked on", "", all(row["warns"] for row in threads)
    if lists:
        worst = max(row["difference"] for row in lists)
        yield "lists and zeros give the same logits, to 1e-5", f"{worst:.1e}", worst <= 1e-5
        for race, title in RACES.items():
            rightly = sum(right(row, race) for row in lists)
            yield f"lists are chosen where they pay, {title}", f"{rightly} of {len(lists)}", rightly == len(lists)


def limits_table(results):
    compare = {">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "<": lambda a, b: a < b}
    verdict = {True: "held", False: "**missed**"}
    lines = [[what, f"{sign} {limit:g}", number(figure),
              verdict[compare[sign](figure, limit)]]
             for what, sign, limit, figure in itertools.chain(training_limits(results), other_limits(results))]
    lines += [[what, "", figure, verdict[held]] for what, figure, held in plain_limits(results)]
    return table(["limit", "", "figure", ""], lines)


def paths_table(results):
    """Which code ran, of Loci and of the BLAS behind its peers, of which the fastest is taken."""
    lines = [["Loci", results["code_path"], "", "yes"]]
    for name, rate in results["blas"]["gflops"].items():
        came = "as it comes" if name == results["blas"]["as_it_comes"] else "told so"
        lines.append(["OpenBLAS of the peers, " + came, name, f"{rate:.0f} GFLOP/s",
                      "yes" if name == results["blas"]["name"] else "no"])
    return table(["products by", "code path", "784 x 2048, batch 600", "measured with"], lines)


def sections(results):
    """Titles and tables, of what was measured."""
    yield "Code paths", paths_table(results)
    for threads in sorted({row["threads"] for row in results["training"]}):
        yield f"Training, {on(threads)}", training_table(find(results["training"], threads=threads))
    for name, title, draw in (("inference", "Inference", inference_table),
                              ("pruned", "Inference of pruned networks, one thread", pruned_table),
                              ("threads", "Two threads", threads_table), ("memory", "Memory", memory_table),
                              ("lists", "Lists of connections, or zeros", lists_table)):
        if results[name]:
            yield title, draw(results[name])
    yield "Limits", limits_table(results)
