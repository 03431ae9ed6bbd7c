# What is no mistake, but may not be what was meant, is said in one line, and only there.
prepare idx images
train="loci train --data images --epochs 2 --threads 1 --quiet --no-test"
said() { { "$@" >/dev/null; } 2>&1; }

# a model to start from that was trained with other options
said $train --hidden 6 --out first
said $train --hidden 6 --init first --out same
said $train --hidden 6 --init first --softening 0.3 --gap 1 --spread 2 --out other
said $train --hidden 6 --init first --neuron lif --threshold 0.01 --time-steps 3 --out spiking
refuse $train --hidden 6 --init first --sign mask --out refused
[ ! -e refused ] || echo "there is a folder"

# networks that nothing goes through
said $train --hidden 6 --neuron lif --threshold 1e5 --time-steps 3 --out silent
said $train --hidden 6,5 --range 0.11 --out unreached

# a rate that would still be rising at the end; of two steps the second reaches it
said $train --batch 256 --hidden 6 --warmup 9 --out rising
said $train --batch 256 --hidden 6 --warmup 2 --out risen
# rows of groups that are held out are no steps
{ echo a,b,g,y; for i in {1..40}; do echo "$((i * 7 % 11)),$((i * 3 % 13)),g$((i % 4)),c$((i % 3))"; done; } >groups.csv
said loci train --data groups.csv --validation-group g:1 --patience 1 --hidden 4 --epochs 2 --batch 8 --warmup 7 --threads 1 \
    --quiet --out groups

# an index, as pandas writes it
for i in 0 1 2 3 4 5 6 7 8 9; do echo "$i,$((i * 7 % 5)),$((i * 3 % 4)),$((i % 2))"; done >rows
{ echo ,a,b,y; cat rows; } >index.csv
{ echo id,a,b,y; cat rows; } >named.csv
cp rows bare.csv
{ echo ,a,b,y; tac rows; } >shuffled.csv
for table in index named bare shuffled; do
    loci data info $table.csv 2>err | sed -n 's/ inputs,.*/ inputs/p'
    cat err
done
said loci train --hidden 4 --data index.csv --epochs 1 --threads 1 --quiet --out table
said loci eval table
loci eval table --json 2>/dev/null | json 'j["samples"]'
# a run of version 0.1, which learnt from it and had no fingerprints, goes on so; so does what is pruned from it
{ echo i,a,b,y; cat rows; } >early.csv
loci train --hidden 4 --data early.csv --epochs 1 --threads 1 --quiet --out early >/dev/null
python3 -c 'import json
told = json.load(open("early/config.json"))
json.dump({k: told[k] for k in told if k not in ("reading", "table", "classes") and "fingerprint" not in k},
          open("config", "w"))'
rm early/* && cp config early/config.json
loci train --resume --out early --threads 1 --quiet >/dev/null
sed -i '/fingerprint/d' early/config.json
cp index.csv early.csv
said loci eval early
said loci prune early --sparsity 0.5 --finetune 1 --threads 1 --quiet --out early-pruned
said loci eval early-pruned
