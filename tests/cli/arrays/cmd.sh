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
prepare arrays moments.npz moments
loci data info moments.npz 2>&1 | grep apart
# a model that knows no columns takes any table: one of commas as version 0.1 did, others as they are read now
train --data moments.npz --out rows >/dev/null 2>&1
printf 'a;b\n3;1700000003\n4;1700000009\n' >semi.csv
loci predict rows semi.csv 2>&1 | sed 's/: .*apart.*/: .../'
loci predict rows --separator ';' semi.csv 2>/dev/null | wc -l
seq 1700000000 1700000019 | sed 's/.*/3,&,&/' >answers.csv
loci eval rows --data answers.csv 2>&1 | grep -e chosen -e '^rows'
prepare arrays objects.npz objects
refuse loci data info objects.npz

# bytes of 0 and 1: divided by 1, by everyone who gets the model
prepare arrays binary.npz binary
try train --neuron lif --time-steps 5 --data binary.npz --out spiking
train --data binary.npz --out grey >/dev/null 2>&1
loci export grey --to c --mode weights -o c --json 2>/dev/null | json 'j["accuracy"] == j["accuracy_before"]'
prepare bar bar.png
loci predict grey bar.png | head -n 1
# a model that takes pixels of the whole range goes on so
prepare idx whole
train --data whole --out whole-run >/dev/null
try loci eval whole-run/model.safetensors --data binary.npz

# what is worth a line
prepare arrays lost.npz lost
loci data info lost.npz >/dev/null
prepare arrays first.npz first
loci data info first.npz >/dev/null
loci data info first.npz --json 2>/dev/null | json 'j["classes"]'
# a damaged label of a set whose classes are known
printf '\310' | dd of=whole/train-labels-idx1-ubyte bs=1 seek=20 conv=notrunc status=none
refuse loci data info mnist --data-dir whole
loci data info whole >/dev/null
