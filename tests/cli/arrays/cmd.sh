# Arrays as people save them: what is read of them, and what is said.
train() { loci train --hidden 12 --axon-sites 2 --dendrite-sites 4 --epochs 3 --lr 0.05 --threads 1 --quiet "$@"; }
prepare arrays words.npz words
try loci data info words.npz
try train --data words.npz --out run
# a run goes on with the parts it had
loci eval run --json | json 'j["samples"], j["test_accuracy"] == json.load(open("run/summary.json"))["test_accuracy"]'
loci eval run --split train --json | json 'j["samples"]'
loci eval run --predictions p.csv | tail -n 4
head -3 p.csv
# without --no-test and with it the same is trained
train --data words.npz --no-test --out untested >/dev/null
cmp run/model.safetensors untested/model.safetensors
loci eval untested --json | json 'j["samples"]'
loci prune untested --sparsity 0.3 --quiet --out pruned --json | json 'j["test_accuracy"] is not None'
# a run of version 0.1, which had no fingerprints, was trained on all there is
sed -i '/fingerprint/d; /"reading"/d' untested/config.json
loci eval untested --split train --json | json 'j["samples"]'
refuse loci eval untested
# other data than a run's are measured as they are
loci eval run --data words.npz --split train --json | json 'j["samples"]'
refuse loci eval run --data words.npz

prepare arrays named.npz named
loci data info named.npz --json | json '[c["class"] for c in j["classes"]]'
prepare arrays objects.npz objects
refuse loci data info objects.npz
