# Presets, and what is known of a model. Presets may be tuned: what is theirs to change is not shown here.
loci info | awk 'length > 79 { print "too long: " $0 }'
loci info --json | json '[p["name"] for p in j["presets"]]'
loci info --json | json 'all(p["summary"] for p in j["presets"])'
loci info arbor-mlp-10k | sed -E 's/[0-9][0-9,.]*/N/g; s/ +/ /g; /options/,$d'
loci info arbor-mlp-10k | grep options
loci info dense-mlp-14 | sed '/^training options/,$d'
loci info paper-mlp-5d --json >paper
json 'list(j)' <paper
json 'j["layers"], j["parameters"], j["parameters_by_kind"], j["connections"], j["conventional_parameters"]' <paper
json 'j["pairs"], [j["options"][k] for k in ("dim", "planes", "sign", "tied", "hidden", "axon_sites")]' <paper

prepare idx images
loci train --hidden 4 --range -1 --data images --epochs 1 --quiet --out run >/dev/null
loci info run | grep -v '^[0-9].* -> .*%'
loci info run | grep -c '^[0-9].* -> .*%'
loci info run/model.safetensors --json >model
json 'list(j)' <model
json 'j["parameters"] == sum(j["parameters_by_kind"].values()), j["layers"], j["bytes"] > 0' <model
json '[(round(p["excitatory"] + p["inhibitory"], 6), 0 < p["shortest_distance"] < p["longest_distance"]) for p in j["pairs"]]' <model

# a law with a length, and what else is trained of it
loci train --hidden 4 --law gaussian --train-length layer --length 1.5 --range 3 --train-range layer --data images \
    --epochs 1 --lr 1e-9 --quiet --out law >/dev/null
loci info law | grep -E '^  (ranges|lengths) '
loci info law | sed -n '/^trained/p; /train-range/,$p'
loci info law --json >law.json
json 'j["parameters"] == sum(j["parameters_by_kind"].values()), j["parameters_by_kind"]["lengths"]' <law.json
json '[round(p["law_length"], 4) for p in j["pairs"]], [j["options"][k] for k in ("law", "length", "train_length")]' <law.json
json '["law_length" in p for p in j["pairs"]]' <model

# a preset wins over a file of the same name
mv run paper-mlp
loci info paper-mlp --json | json '"bytes" in j'
loci info ./paper-mlp --json | json '"bytes" in j'
refuse loci info ./absent
refuse loci info absent.safetensors
refuse loci info images

# delays: how late spikes arrive, by layer pair and of layers to themselves
prepare events whole.npz
loci train --hidden 6 --neuron adlif --data whole.npz --delay distance --speed 0.25 --train-speed layer --recurrent \
    --longest-delay 5 --train-adaptation layer --readout membrane-max --lr 1e-9 --epochs 1 --quiet --out late >/dev/null 2>&1
loci info late | grep -E '^  (speeds|adaptations) '
loci info late | sed -n '/^delays/,/^spiking/p' | sed -E 's/ [0-9.]+%$/ N/; s/ [0-9]\.[0-9]{2} / N /g'
loci info late --json >late.json
json 'j["parameters"] == sum(j["parameters_by_kind"].values()), [list(p["delay"]) for p in j["pairs"]][0]' <late.json
json '[(d["site_pairs"], round(d["speed"], 4), 0 <= d["shortest"] < d["mean"] < d["longest"] <= 5, 0 < d["clamped"] < 1) for d in [p["delay"] for p in j["pairs"]]]' <late.json
json '[(p["neurons"], p["delay"]["site_pairs"], p["delay"]["shortest"] >= 1) for p in j["loops"]]' <late.json
json '["delay" in p for p in j["pairs"]], "loops" in j' <model

# maps: grids, stencils, what these unroll to; of neurons that share what they have, one of each map is counted
loci train --maps 2,3 --window 3 --pool 2,1 --hidden 5 --dim 4 --dendrite-sites 2 --neuron lif --train-beta neuron \
    --data images --lr 1e-9 --epochs 1 --quiet --out maps >/dev/null
loci info maps | sed -n '/^maps/,/^model file/p' | grep -v '^model file'
loci info maps | grep -E '^([0-9]+|image) .*->' | sed -E 's/  .*//' | sort | uniq -c
loci info maps | sed -n '/^  layer/,/^$/p' | sed -E 's/0\.[0-9.]+/N/g'
loci info maps | grep -cE 'input (random|grid)'
loci info maps --json >maps.json
json 'j["maps"]' <maps.json
json 'j["layers"], j["connections"], j["parameters"] == sum(j["parameters_by_kind"].values()), j["conventional_parameters"]' <maps.json
json '[p.get("stencil") for p in j["pairs"]], [0 < p["shortest_distance"] < p["longest_distance"] for p in j["pairs"]]' <maps.json
json '"maps" in j, ["stencil" in p for p in j["pairs"]]' <model
