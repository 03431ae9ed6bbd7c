# Cutting connections: once, while training on, as a curve; and making smaller what is left.
prepare idx images
hide() { sed -E 's/[0-9]+\.[0-9]+%( *)$/PERCENT/; s/accuracy [0-9.]+%/accuracy PERCENT/; s/loss [0-9.]+/loss LOSS/' ; }
loci train --hidden 12 --axon-sites 1,2 --dendrite-sites 3,2 --range -1 --data images --epochs 12 --lr 0.05 --batch 16 --out net \
    --quiet --threads 1 >log
loci train dense-mlp-12 --data images --epochs 8 --lr 0.02 --batch 16 --out dense --quiet --threads 1 >log

# wrong usage and wrong values; nothing is made
for sparsity in 1 -1 nan abc 1.5 '' 0.9999 ; do refuse loci prune net --sparsity "$sparsity" --out new ; done
refuse loci prune net --sparsity 0.5
refuse loci prune net --out new
refuse loci prune --sparsity 0.5 --out new
refuse loci prune net dense --sparsity 0.5 --out new
refuse loci prune net --sparsity 0.5 --curve 0.5,0.6 --out new
refuse loci prune net --sparsity 0.5 --when gradual --out new
refuse loci prune net --sparsity 0.5 --when during --out new
refuse loci prune net --sparsity 0.5 --when later --finetune 1 --out new
refuse loci prune net --sparsity 0.5 --by nonsense --out new
refuse loci prune net --sparsity 0.5 --by distence --out new
refuse loci prune net --sparsity 0.5 --scope all --out new
refuse loci prune net --sparsity 0.5 --freeze-mask --out new
refuse loci prune net --sparsity 0.5 --by range --freeze-mask --finetune 1 --out new
refuse loci prune net --sparsity 0.5 --finetune -1 --out new
refuse loci prune net --sparsity 0.5 --out net
refuse loci prune net --sparsity 0.5 --out ''
refuse loci prune net --sparsity 0.5 --data nothing --out new
refuse loci prune net --curve '' --out new
refuse loci prune net --curve 0.5,x --out new
refuse loci prune net --curve 0.5,1 --out new
refuse loci prune net --curve 0.5,0.2,0.5 --out new
refuse loci prune net --curve 0.999,0.9999 --out new
refuse loci prune net --curve 0.5 --shrink --out new
refuse loci prune net --finetune 2 --shrink --out new
refuse loci prune nothing --sparsity 0.5 --out new
refuse loci prune arbor-mlp-10k --sparsity 0.5 --out new
refuse loci prune net/model.safetensors --sparsity 0.5 --out new
refuse loci prune images --sparsity 0.5 --out new
[ ! -e new ]

# once
loci prune net --sparsity 0.5 --out half --threads 1 2>log | hide | sed -E "s,[0-9.]+% of,SHARE of,"
loci prune net --sparsity 0.5 --out halfjson --quiet --json | json '[j[k] for k in ("connections", "connections_kept", "sparsity", "epochs", "parameters")]'
loci prune net --sparsity 0 --out whole --quiet --json | json '[j[k] for k in ("connections_kept", "sparsity")]'
cmp net/model.safetensors whole/model.safetensors && echo same
for by in distance weight range; do
    loci prune net --sparsity 0.8 --by $by --scope net --out "by-$by" --quiet --json | json 'j["connections_kept"]'
done
# what nobody says follows from the net: of free charges the weakest of all go, else the longest of each layer; what is
# said stays, and what a net was pruned by is said
how() { loci prune "$@" --sparsity 0.3 --force --out how --quiet --json | json 'j["by"], j["scope"]'; }
loci train paper-mlp --hidden 12 --data images --epochs 1 --batch 16 --quiet --threads 1 --out paper >log
how net
how paper
how dense
how net --by distance
how net --scope layer
how by-distance
loci prune net --curve 0.3 --out chosen --quiet --json | json 'j["by"], j["scope"]'
refuse loci prune net --sparsity 0.8 --out half
loci prune net --sparsity 0.8 --out half --force --quiet --json | json 'j["sparsity"]'
loci prune half --sparsity 0.5 --out again --quiet --json | json 'j["sparsity"]' # ranked anew
loci prune dense --sparsity 0.8 --out few --quiet --json | json 'j["connections_kept"]'
[ "$(stat -c %s few/model.safetensors)" -lt "$(stat -c %s dense/model.safetensors)" ] && echo smaller
[ "$(stat -c %s half/model.safetensors)" -le $(($(stat -c %s net/model.safetensors) + 256)) ] && echo hardly larger

# the model file alone knows no data
loci prune net/model.safetensors --sparsity 0.5 --data images --out filed --quiet --json | json 'j["connections_kept"]'

# while training on; what it ends with is what it says
for when in after during gradual; do
    loci prune net --sparsity 0.7 --when $when --finetune 2 --out "tuned-$when" --quiet --json --threads 1 |
        json '[j["epochs"], j["connections_kept"]]'
    loci eval "tuned-$when" --data images --json >eval.json
    json "abs(j['test_accuracy'] - json.load(open('tuned-$when/summary.json'))['test_accuracy']) < 1e-9" <eval.json
done
loci prune net --sparsity 0.7 --finetune 2 --freeze-mask --out frozen --quiet --json | json 'j["connections_kept"]'
refuse loci prune net --sparsity 0.9999 --when gradual --finetune 1 --out lost --quiet

# as a curve; a point that leaves nothing is left out
loci prune net --curve 0.2,0.9999,0.8 --out curve --quiet 2>log | hide
cat log
json '[sorted(j), [(p["sparsity"], p["connections_kept"]) for p in j["points"]]]' < <(tr -d '\n' <curve/sparsity_curve.json; echo)
ls curve
loci prune net --curve 0.5,0.9999 --when gradual --finetune 1 --out gradual --quiet --json --threads 1 2>log |
    json '[(p["sparsity"], p["connections_kept"]) for p in j["points"]]'
cat log
(cd net && loci prune . --curve 0.3 --data ../images --quiet | hide && ls)

# shrunk: fewer neurons, the same answers
# how the few that are left do depends on last digits
loci prune net --sparsity 0.95 --shrink --out small --quiet 2>log | hide | sed -E '/of the test part/s/[0-9.]+%/PERCENT/'
sed -E 's/[0-9.]+ (kB|bytes)/SIZE/g; s/became [0-9]+-[0-9]+-3/became FEWER/' log
loci prune net --sparsity 0.95 --out sparse --quiet --json >sparse.json
loci prune sparse --shrink --out small2 2>log
cmp small/model.safetensors small2/model.safetensors && echo same
# what the run says is of the smaller net; of a spiking one its rates, too
told() { tr -d '\n' <"$1/summary.json"; echo; }
loci info small --json >info.json
told small | json '[j[k] == json.load(open("info.json"))[k] for k in ("parameters", "connections_kept")]'
loci train --hidden 12 --neuron lif --time-steps 4 --threshold 0.1 --data images --epochs 1 --quiet --threads 1 --out firing >log
loci prune firing --sparsity 0.9 --shrink --out fewer --quiet >log 2>&1
loci eval fewer --data images --json >eval.json
told fewer | json '[abs(j[k] - json.load(open("eval.json"))[k]) < 1e-9 for k in ("spike_rate", "dense_operations")]'
loci eval small --data images --json | json 'abs(j["test_accuracy"] - json.load(open("sparse.json"))["test_accuracy"])'
refuse loci prune small --sparsity 0.5 --out new
refuse loci prune sparse --shrink --out small
refuse loci prune nothing --shrink --out new
# nothing stays of the run that it replaces; nor is one of which there is no model yet written into
refuse loci prune sparse --shrink --out whole
rm small2/*
cp whole/config.json small2
refuse loci prune sparse --shrink --out small2
loci prune sparse --shrink --out whole --force 2>log
ls whole small2
refuse loci prune sparse --shrink
prepare bar bar.png
loci predict sparse bar.png --json >a.json
loci predict small bar.png --json >b.json
/usr/bin/python3 -c 'import json
a, b = (json.load(open(name)) for name in ("a.json", "b.json"))
print(a.keys() == b.keys())'

# while training from the start
loci train --hidden 12 --data images --epochs 2 --prune during:0.6 --out cut --quiet --json | json 'j["connections_kept"]'
refuse loci train --hidden 12 --data images --epochs 1 --prune during:2 --out new
refuse loci train --hidden 12 --data images --epochs 1 --prune sometimes:0.5 --out new
refuse loci train --hidden 12 --data images --epochs 1 --prune 0.5 --out new
try loci train --hidden 12 --data images --epochs 1 --threads 1 --freeze-mask --out new
try loci train --hidden 12 --data images --epochs 1 --threads 1 --init cut --out new
loci train --hidden 12 --data images --epochs 1 --init cut --freeze-mask --out on --quiet --json | json 'j["connections_kept"]'
refuse loci train --hidden 12 --data images --epochs 1 --prune none:0.5 --out new
