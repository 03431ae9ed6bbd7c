# What is told of a model in several ways is one figure: by the training, evaluations, info, the page, a curve, exported C.
prepare idx images
train() { loci train --data images --epochs 4 --lr 0.03 --batch 16 --quiet --hidden 20,12 "$@" >/dev/null 2>notes || cat notes; }
snn="--neuron lif --time-steps 6 --dendrite-sites 4"
train --out mlp --dendrite-sites 4
train --out reaching --dendrite-sites 4 --range 0.6
train --out stored --wiring dense
train --out frozen --dendrite-sites 4 --range 0.8 --prune during:0.6 --freeze-mask
train --out spiking $snn --range 0.6 --readout count
train --out coded --neuron lif --time-steps 6 --wiring dense --coding latency
for net in mlp reaching stored spiking coded; do
    loci prune $net --sparsity 0.1 --out $net-little --quiet >/dev/null
    loci prune $net --sparsity 0.85 --by weight --out $net-much --quiet >/dev/null
    loci prune $net-much --shrink --out $net-small --quiet 2>/dev/null >/dev/null
    loci prune $net --curve 0.1,0.85 --quiet >/dev/null
done
printf '<script type="application/json" id="loci-data">__LOCI_DATA__</script>' >page.html

cat >agree.py <<'END'
import json, pathlib, subprocess

def loci(*arguments):
    return json.loads(subprocess.run(["loci", *arguments, "--json"], check=True, capture_output=True).stdout)

def numbers(value):
    if isinstance(value, (list, dict)):
        return [n for item in (value.values() if isinstance(value, dict) else value) for n in numbers(item)]
    return [] if isinstance(value, str) else [value]

# What depends on which side of a threshold a membrane falls may differ in a last digit and hence in a spike.
EXACT = "parameters", "connections", "connections_kept", "sparsity", "bytes", "input_operations", "dense_operations"
SPIKES = "spikes", "spike_rate", "spike_rate_per_layer", "synaptic_operations", "energy_estimate_joule"

def compare(net, ways, names, share):
    for name in names:
        told = {way: numbers(figures[name]) for way, figures in ways.items() if figures.get(name) is not None}
        first = next(iter(told.values()), [])
        for way, other in told.items():
            if len(other) != len(first) or any(abs(a - b) > share * abs(b) for a, b in zip(other, first)):
                print(f"{net}: {name} by {way} {other}, by {next(iter(told))} {first}")

def page_of(net):
    subprocess.run(["loci", "view", net, "--template", "page.html", "-o", "net.html"], check=True, capture_output=True)
    text = pathlib.Path("net.html").read_text(encoding="utf-8")
    return json.loads(text[text.index(">") + 1:text.rindex("</")])

def c_of(net):
    told = loci("export", net, "--to", "c", "--mode", "pruned", "--bits", "32", "-o", "c", "--force", "--data", "images")
    return {"connections_kept": told["multiply_adds_most"], "test_accuracy": told["accuracy_before"]}

nets = sorted(path.parent.name for path in pathlib.Path(".").glob("*/model.safetensors"))
for net in nets:
    ways = {"evaluation": loci("eval", net, "--data", "images"), "info": loci("info", net), "page": page_of(net),
            "events": loci("eval", net, "--data", "images", "--event-driven")}
    if pathlib.Path(net, "summary.json").exists():
        ways["training"] = json.loads(pathlib.Path(net, "summary.json").read_text())
    if "spikes" not in ways["evaluation"]: # of a spiking net steps count, too
        ways["exported C"] = c_of(net)
    compare(net, ways, EXACT, 1e-9)
    compare(net, {way: ways[way] for way in ways if way != "events"}, (*SPIKES, "test_accuracy"), 1e-9)
    compare(net, {way: ways[way] for way in ("evaluation", "events")}, SPIKES, 1e-2)
    curve = pathlib.Path(net, "sparsity_curve.json")
    if curve.exists():
        point = json.loads(curve.read_text())["points"][0]
        compare(net, {"curve": point, "pruning": loci("info", f"{net}-little")}, ("connections_kept", "sparsity"), 1e-9)
print(len(nets), "nets")
END
/usr/bin/python3 agree.py
