# What a run leaves behind and says. Accuracies depend on the kind of CPU: they are checked, not shown.
prepare idx images
hide() { sed -E 's/[0-9]+\.[0-9]+%/PERCENT/; s/loss [0-9.]+/loss LOSS/' ; }

loci train --hidden 12 --range -1 --data images --epochs 30 --lr 0.05 --batch 16 --threads 1 2>log | hide
hide <log
ls runs/custom-s1

# one JSON object, the one that summary.json holds; --quiet says nothing
loci train dense-mlp-6 --data images --epochs 40 --lr 0.02 --batch 16 --quiet --json --seed 7 --threads 1 >summary
json 'list(j)' <summary
json '[j[k] for k in ("preset", "dataset", "seed", "epochs", "threads", "parameters", "connections", "sparsity")]' \
    <summary
json 'j["test_accuracy"] > 0.9' <summary
json '(lambda file: list(j) == list(file) and all(j[k] == file[k] or abs(j[k] - file[k]) < 1e-9 for k in j))(
    json.load(open("runs/dense-mlp-6-s7/summary.json")))' <summary
wc -l <runs/dense-mlp-6-s7/metrics.jsonl

# a run that is there is kept, unless --force says otherwise
refuse loci train dense-mlp-6 --data images --seed 7
refuse loci train dense-mlp-6 --data images --seed 7 --json
loci train dense-mlp-6 --data images --epochs 1 --seed 7 --force --quiet --json | json 'j["epochs"]'

# without the test part
loci train dense-mlp-6 --data images --epochs 1 --no-test --out none --quiet --json | json 'j.get("test_accuracy")'

# go on from a model; a preset's lists are cut to the layers asked for
loci train dense-mlp-6 --data images --epochs 1 --init runs/dense-mlp-6-s7 --out on --quiet --json | json 'j["epochs"]'
loci train arbor-mlp-10k --hidden 4 --data images --epochs 1 --out short --quiet --json | json 'j["parameters"] > 0'
refuse loci train dense-mlp-7 --data images --epochs 1 --init runs/dense-mlp-6-s7 --out other --quiet
refuse loci train dense-mlp-6 --data images --epochs 1 --init nothing --out other --quiet

# learn from another model: the same bytes whatever the number of threads, and others than without
taught="loci train dense-mlp-3 --data images --epochs 2 --teacher runs/dense-mlp-6-s7 --quiet"
$taught --threads 1 --out taught --json | json 'j["epochs"]'
$taught --threads 2 --out again --json | json 'j["epochs"]'
cmp taught/model.safetensors again/model.safetensors
loci train dense-mlp-3 --data images --epochs 2 --quiet --out untaught >/dev/null
cmp -s taught/model.safetensors untaught/model.safetensors && echo "the teacher makes no difference"
grep -E '"(teacher|distillation|temperature)"' taught/config.json
refuse $taught --teacher nothing --out other
refuse loci train dense-mlp-3 --data glyphs --epochs 2 --teacher runs/dense-mlp-6-s7 --out other --quiet
refuse loci train dense-mlp-3 --data images --temperature 3 --out other
refuse loci train dense-mlp-3 --data images --distillation 0.5 --out other
refuse $taught --distillation 1.5 --out other
ls -d other 2>/dev/null || true

# from several models their mean; which of them does not fit is said
both="loci train dense-mlp-3 --data images --epochs 2 --quiet --teacher runs/dense-mlp-6-s7,untaught"
$both --threads 1 --out by-both --json | json 'j["epochs"]'
$both --threads 2 --out by-both-again --json | json 'j["epochs"]'
cmp by-both/model.safetensors by-both-again/model.safetensors
for one in taught untaught; do
    cmp -s by-both/model.safetensors $one/model.safetensors && echo "$one is the same"
done
grep -A3 -E '"(version|teacher)"' by-both/config.json
rm by-both/summary.json
loci train --resume --out by-both --teacher runs/dense-mlp-6-s7,untaught --quiet --json | json 'j["epochs"]'
cmp by-both/model.safetensors by-both-again/model.safetensors
refuse loci train --resume --out by-both --teacher untaught,runs/dense-mlp-6-s7
refuse loci train --resume --out by-both --teacher untaught
refuse $both,nothing --out other
refuse $both, --out other
refuse $both,untaught --out other
refuse $both --out untaught --force
loci train dense-mlp-4 --data glyphs --epochs 1 --out of-digits --quiet >/dev/null
refuse $both,of-digits --out other
cp -r untaught 'with,comma'
loci train dense-mlp-3 --data images --epochs 1 --quiet --teacher 'with,comma' --out by-one --json | json 'j["epochs"]'
grep '"teacher"' by-one/config.json
ls -d other 2>/dev/null || true

# more threads than cores is allowed, and said
loci train dense-mlp-6 --data images --epochs 1 --threads 200 --out many --quiet --json 2>log >many.json
sed 's/on [0-9]* core.*/on CORES/' log
