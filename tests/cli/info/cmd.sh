# Presets, and what is known of a model.
loci info
loci info arbor-mlp-10k
loci info dense-mlp-14
loci info paper-mlp-5d --json
loci info --json | json '[p["name"] for p in j["presets"]]'

$make idx images
loci train --hidden 4 --data images --epochs 1 --quiet --out run >/dev/null
loci info run | grep -v '^[0-9].* -> .*%'
loci info run | grep -c '^[0-9].* -> .*%'
loci info run/model.safetensors --json >model
json 'list(j)' <model
json 'j["parameters"] == sum(j["parameters_by_kind"].values()), j["layers"], j["bytes"] > 0' <model
json '[(round(p["excitatory"] + p["inhibitory"], 6), 0 < p["shortest_distance"] < p["longest_distance"]) for p in j["pairs"]]' <model

# a preset wins over a file of the same name
mv run paper-mlp
loci info paper-mlp | head -1
loci info ./paper-mlp | head -1
refuse loci info ./absent
refuse loci info absent.safetensors
refuse loci info images
