# Several seeds: a folder each; mean and standard deviation with n - 1.
prepare idx images
train="loci train --hidden 8 --data images --epochs 5 --lr 0.05 --batch 16 --quiet"
$train --seeds 1,2,5 --json >three
json 'list(j)' <three
json '[run["seed"] for run in j["runs"]]' <three
json '(lambda a: abs(j["mean"] - sum(a) / 3) < 1e-12)([run["test_accuracy"] for run in j["runs"]])' <three
json '(lambda a, m: abs(j["std"] - (sum((x - m) ** 2 for x in a) / 2) ** 0.5) < 1e-12)(
    [run["test_accuracy"] for run in j["runs"]], j["mean"])' <three
ls runs

# a seed alone makes the same model as among others; one seed has no deviation
$train --seeds 5 --out alone --json | json 'len(j["runs"]), j["std"]'
cmp alone/s5/model.safetensors runs/custom-s5/model.safetensors

# nothing starts when one of the folders is taken
refuse $train --seeds 9,5 --out alone
ls alone

# runs on different data are not gone on with together
prepare idx others
loci train --hidden 8 --data others --epochs 1 --quiet --seed 7 --out alone/s7 >/dev/null
refuse loci train --resume --seeds 5,7 --out alone

$train --seeds 3,9223372036854775807 --out two | sed -E 's/[0-9]+\.[0-9]+%/PERCENT/'
