# A spiking net from training to its last spike. What depends on the kind of CPU is checked, not shown.
prepare idx images
hide() { sed -E 's/[0-9.]+ +[0-9]+\.[0-9]+%$/N PERCENT/; s/[0-9]+\.[0-9]+%/PERCENT/g; s/loss [0-9.]+/loss LOSS/; s/[0-9][0-9.,]* (synaptic|spikes|micro|additions|multiply|[nu]J|pJ)/N \1/g; s/ +/ /g'; }
train="loci train --hidden 24 --range -1 --neuron lif --time-steps 8 --dendrite-sites 4 --data images --epochs 40 --lr 0.03 --batch 16"
$train --out run --quiet | hide
$train --out run --quiet --json --force >summary
keys='("time_steps", "spike_rate", "spike_rate_per_layer", "synaptic_operations", "input_operations", "dense_operations", "energy_estimate_joule")'
json "[k for k in $keys if k not in j], j['time_steps'], j['dense_operations'], j['test_accuracy'] > 0.9" <summary
json 'list(j) == list(json.load(open("run/summary.json")))' <summary
json 'sorted(j["energy_estimate_joule"]), j["energy_estimate_joule"]["source"]' <summary
# one layer spikes: its rate is the net's; a spike reaches three outputs; 0.9 pJ an addition, 4.6 a multiply-add
json '0 < j["spike_rate"] < 1, [j["spike_rate"]] == j["spike_rate_per_layer"]' <summary
json '(lambda close: [close(j["spikes"], j["spike_rate"] * 24 * 8), close(j["synaptic_operations"], 3 * j["spikes"]),
    close(j["energy_estimate_joule"]["dense"], 1608 * 4.6e-12),
    close(j["energy_estimate_joule"]["spiking"], j["synaptic_operations"] * .9e-12 + j["input_operations"] * 4.6e-12)])(
    lambda a, b: abs(a - b) < 1e-9 * b)' <summary

# evaluation says the same as the end of the training; the event-driven one, input by input, too
loci eval run | sed '2,/^spiking/{/^spiking/!d}' | hide
loci eval run --event-driven | sed '2,/^spiking/{/^spiking/!d}' | hide
loci eval run --json --predictions clocked.csv >clocked
loci eval run --json --predictions events.csv --event-driven >events
json "[k for k in $keys + ('test_accuracy',) if j[k] != json.load(open('run/summary.json'))[k]]" <clocked
json 'sorted(set(j) - set(json.load(open("clocked")))), j["threads"], j["microseconds_per_inference"] > 0' <events
json "(lambda c: [k for k in c if isinstance(c[k], float) and k != 'seconds_total' and
    abs(j[k] - c[k]) > 2e-3 * abs(c[k])])(json.load(open('clocked')))" <events # a spike or two of all
json 'j["confusion"] == json.load(open("clocked"))["confusion"]' <events
cut -d, -f1-3 clocked.csv >a
cut -d, -f1-3 events.csv >b
cmp a b
# coded input and every readout, event by event; a net that does not spike
for options in "--coding poisson --readout count --train-threshold layer" "--coding latency --readout membrane-max --reset zero" \
    "--readout membrane-last --train-beta neuron --reset none --hidden 12,8" "--hidden 0" "--neuron relu"; do
    loci train --hidden 12 --range -1 --neuron lif --data images --epochs 3 --lr 0.02 --quiet --force --out other $options >/dev/null
    loci eval other --json >clocked
    # of a net that has learned little, classes are tied, and one spike more or less parts them
    loci eval other --json --event-driven | json '(lambda c: (sum(abs(a - b) for rows in zip(j["confusion"], c["confusion"])
        for a, b in zip(*rows)) <= 2,
        [k for k in ("spikes", "synaptic_operations", "input_operations") if k in c and abs(j[k] - c[k]) > 1e-3 * c[k]],
        len(j.get("spike_rate_per_layer", []))))(json.load(open("clocked")))'
done
loci eval other --event-driven | tail -1 | hide

# predictions
prepare bar bar.png
loci predict run bar.png --top 1 | hide
loci predict run bar.png --json | json "[k for k in $keys if k not in j['predictions'][0]], j['predictions'][0]['spikes'] > 0"

# what it is made of, before and after training
$train --out constants --quiet --force --train-beta neuron --train-threshold layer --readout count --slope 5 >/dev/null
loci info run | sed -n '/^spiking/,/^$/p'
loci info constants | sed -n '/^spiking/,/^$/p' | sed -E 's/[0-9.]+\.\.[0-9.]+/RANGE/g; s/ 0?1?\.[0-9]+/ NUMBER/g; s/ +/ /g'
loci info constants --json | json '(j["parameters_by_kind"]["betas"], j["parameters_by_kind"]["thresholds"],
    [0 <= n["beta"][0] < n["beta"][1] <= 1 and n["threshold"][0] == n["threshold"][1] for n in j["neurons"]])'
loci info dense-snn-14 --json | json 'j["parameters"], j["options"]["neuron"], len(j["neurons"])'

# the same bytes for any number of threads, and after an interruption
for kind in "--hidden 16,8 --coding poisson" "--hidden 20 --readout count --train-beta neuron"; do
    again="loci train $kind --neuron lif --time-steps 6 --data images --epochs 4 --batch 50 --shift 1 --quiet --json --force"
    $again --threads 1 --out a1 >/dev/null
    $again --threads 2 --out a2 >/dev/null
    cmp a1/model.safetensors a2/model.safetensors
done
loci train --resume --out a1 --time-steps 6 --beta 0.95 --quiet --json | json 'j["epochs"], j["time_steps"]'
long="loci train --hidden 16 --neuron lif --time-steps 6 --coding poisson --train-beta layer --data images --batch 8 --epochs 300 --threads 1 --quiet"
$long --out whole >/dev/null
$long --out cut >/dev/null 2>&1 &
await_line cut/metrics.jsonl
kill -KILL $!
wait $! 2>/dev/null || true
[ ! -e cut/summary.json ] || { echo "too late to kill"; exit 1; }
loci train --resume --out cut --quiet --json | json 'j["epochs"], j["time_steps"]'
cmp cut/model.safetensors whole/model.safetensors

# what does not fit
refuse loci train --resume --out a1 --time-steps 7
refuse loci train --resume --out other --time-steps 7
refuse loci train --hidden 4 --data images --time-steps 25
refuse loci train --hidden 4 --data images --neuron relu --beta 0.5
refuse loci train arbor-snn-10k --data images --neuron relu --readout count
refuse loci train dense-snn-4 --data images --dendrite-sites 2
refuse loci train --hidden 4 --data images --neuron lif --time-steps 0
refuse loci train --hidden 4 --data images --neuron lif --beta 1.1
refuse loci train --hidden 4 --data images --neuron lif --threshold 0
refuse loci train --hidden 4 --data images --neuron lif --reset hard
refuse loci train --hidden 4 --data images --neuron lf
refuse loci eval run --event-driven --threads 2
refuse loci eval run --event-driven --data glyphs
refuse loci train dense-snn-H --data images
refuse loci train dense-snm-14 --data images
