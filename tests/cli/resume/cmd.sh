# --resume takes what config.json says; an option that says something else is wrong usage.
prepare idx images
start="loci train arbor-mlp-2k --hidden 6 --dendrite-sites 3 --data images --epochs 2 --lr 0.01 --out run --quiet"
$start --json --resume | json 'j["epochs"]'
cp run/model.safetensors first

refuse loci train --resume --out run --epochs 3
refuse loci train --resume --out run --lr 0.02
refuse loci train --resume --out run --hidden 7
refuse loci train --resume --out run --dendrite-sites 3,4
refuse loci train --resume --out run --planes learned
refuse loci train --resume --out run --seed 2
refuse loci train --resume --out run --data glyphs
refuse loci train --resume --out run --label 3
refuse loci train --resume --out run --test other.csv
refuse loci train --resume --out run --init first
refuse loci train --resume --out run --teacher first
refuse loci train --resume --out run --distillation 0.5
refuse loci train --resume --out run --no-test
refuse loci train arbor-mlp-10k --resume --out run
refuse loci train --resume --out run --lr fast
cmp run/model.safetensors first

# the same value written in another way is the same; a finished run stays as it is
loci train arbor-mlp-2k --resume --out run --lr 1e-2 --dendrite-sites 3,3 --seed 1 --quiet --json | json 'j["epochs"]'
cmp run/model.safetensors first

# the data may have moved
prepare idx here/mnist
loci train --hidden 3 --data mnist --data-dir here --epochs 1 --out named --quiet >/dev/null
mv here there
rm named/summary.json # else nothing is left to do, and no data are needed
refuse loci train --resume --out named
loci train --resume --out named --data-dir there --quiet --json | json 'j["epochs"]'

# a config.json that lies
echo '{"format": ' >run/config.json
refuse loci train --resume --out run
rm run/config.json
mkdir run/config.json
refuse loci train --resume --out run
