# A model that separates its classes well: the whole table is known.
prepare idx images
loci train --hidden 16 --dendrite-sites 4 --range -1 --data images --epochs 120 --lr 0.03 --batch 16 --quiet --out run >/dev/null
loci eval run | sed -E '1s/loss [0-9.]+/loss LOSS/'
loci eval run/model.safetensors --data images --split train --json >train.json
json 'sorted(j)' <train.json
json 'j["dataset"], j["split"], j["samples"], j["train_accuracy"], j["parameters"], j["connections"]' <train.json
json 'sum(map(sum, j["confusion"])) == j["samples"], [c["class"] for c in j["classes"]]' <train.json

loci eval run --predictions out.csv --json | json 'j["test_accuracy"]'
head -4 out.csv | sed -E 's/,[01]\.[0-9]{6}$/,CONFIDENCE/'
wc -l <out.csv
loci eval run --predictions /dev/stdout --json | head -1
ls

# names of classes from a table, quoted where they must be
prepare csv table.csv
loci train --hidden 6 --data table.csv --label kind --epochs 60 --lr 0.03 --batch 8 --quiet --out table >/dev/null
loci eval table | sed -E '1s/loss [0-9.]+/loss LOSS/; s/[0-9]+\.[0-9]+%/PERCENT/g; s/ +/ /g' | head -6
loci eval table --predictions out.csv >/dev/null
grep -c ',"comma, too",' out.csv

# what does not fit
refuse loci train --hidden 6 --data table.csv --label kind --rotate 5 --quiet --out turned
refuse loci eval run --data glyphs
refuse loci eval run/model.safetensors --data table.csv
prepare idx two 2
loci eval run --data two --json | json 'j["confusion"][2], j["classes"][2]["samples"]'
sed 's/third/other/' table.csv >renamed.csv
refuse loci eval table --data renamed.csv
(head -1 table.csv; grep third table.csv) >one.csv
loci eval table/model.safetensors --data one.csv --json | json 'j["samples"], [c["samples"] for c in j["classes"]]'
