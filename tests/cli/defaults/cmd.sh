# What nobody says follows from the data; presets for images on tables; what is given and cannot act is refused.
prepare csv table.csv
prepare idx images
look() { sed -E 's/[0-9]+\.[0-9]+%/PERCENT/; s/loss [0-9.]+/loss LOSS/; /^epoch/d; /note: /d'; }
log() { loci train "$@" --threads 1 --force --out run 2>&1 >/dev/null | look; }
value() { grep -E "\"($1)\"" run/config.json | tr -d '\n'; echo; }

log --data table.csv
value 'input_scaling|batch|epochs|dendrite_sites'
loci train --data table.csv --threads 1 --quiet --out run --resume --json >/dev/null && echo "nothing is left to do"
refuse loci train --data table.csv --batch 20 --quiet --out run --resume
log --data table.csv --hidden 6,5 --epochs 4
log --data table.csv --neuron lif --epochs 4 --batch 8
log --data table.csv --tied yes --epochs 4
log --data images --epochs 4 --hidden 7

# a network to start from is repeated
log --data table.csv --hidden 6 --sign mask --epochs 2
cp -r run first
log --data table.csv --init first --epochs 2
refuse loci train --data table.csv --init first --input-scaling range --epochs 2 --quiet --out other

# presets for images
log arbor-mlp-2k --data table.csv --epochs 20
value 'shift|warmup|input|input_scaling'
log arbor-snn-10k --data table.csv --epochs 4
log dense-mlp-6 --data table.csv --epochs 4
refuse loci train arbor-mlp-10k --data table.csv --extent 3 --quiet --out other
refuse loci train arbor-mlp-10k --data table.csv --shift 1 --quiet --out other
refuse loci train arbor-mlp-10k --data images --input-scaling standard --quiet --out other
refuse loci train --data table.csv --neuron lif --coding latency --input-scaling standard --quiet --out other

# as C, by bytes
loci train --data table.csv --threads 1 --quiet --force --out run >/dev/null
loci export run --to c -o c >/dev/null
tr -d '\n' <c/report.json >report; echo >>report
json 'abs(j["accuracy"] - j["accuracy_before"]) < 0.1' <report
