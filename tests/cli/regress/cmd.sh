# Numbers are predicted: from tables and arrays, with weights, spikes, a teacher, in units of the data from the first line
# to the last. Digits are shown only where they are the same on every machine.
prepare houses houses.csv
options=(--hidden 12 --axon-sites 1 --dendrite-sites 1 --input-scaling range --epochs 40 --lr 0.05 --batch 16 --threads 1 --quiet)
# the words, without the digits after the first
rough() { sed -E 's/(R2|MAE|RMSE|loss) -?[0-9.,]*[0-9]/\1 N/g; s/TIME/T/g'; }
good='r["test_r2"] > 0.8 and 0 < r["test_mae"] <= r["test_rmse"]'

echo "== what a table holds"
try loci data info houses.csv --target price,rent
loci data info houses.csv --target rent --json | json 'j["train"], [t["target"] for t in j["targets"]], "classes" in j'
refuse loci data info houses.csv
loci data info houses.csv --task classify --json 2>/dev/null | json 'len(j["classes"]) > 100'

echo "== training"
(try loci train "${options[@]}" --data houses.csv --target price --weight trust --out price) | rough
loci train "${options[@]}" --data houses.csv --target price --weight trust --out again --json |
    json '(lambda r: ('"$good"', sorted(k for k in r if k.startswith(("test", "val"))), r["validation_r2"]))(j)'
cmp price/model.safetensors again/model.safetensors
tail -n 1 price/metrics.jsonl | json 'list(j)'
grep -E '"(version|target_columns|weight_column|task|label_column)"' price/config.json
loci train --hidden 12 --epochs 2 --threads 1 --data houses.csv --target price --validation 20 --out log 2>&1 >log.txt | rough
rough <log.txt | head -n 1
loci train "${options[@]}" --data houses.csv --target price --validation 20 --no-test --out log --force | head -n 1 | rough
# with weights another model
loci train "${options[@]}" --data houses.csv --target price --out unweighed >/dev/null
(try loci eval unweighed --json) | head -n 2 | tail -n 1 | json '(lambda r: ('"$good"', r["samples"]))(j)'
loci info price | sed -n '2p; /^model options/,$p'
loci info unweighed --json | json 'j["task"], [o["output"] for o in j["outputs"]], j["outputs"][0]["deviation"] > 1e4, j["options"]["task"]'

echo "== several outputs, several seeds"
(try loci train "${options[@]}" --data houses.csv --target price,rent --seeds 1,2 --out both) | sed -E 's/ +[0-9.,]+/ N/g' | tail -n 6
loci train "${options[@]}" --data houses.csv --target price,rent --seeds 1,2 --out both --resume --json |
    json 'len(j["runs"]), sorted(j["mean"]), sorted(j["std"]), j["mean"]["test_r2"] > 0.8, j["std"]["test_rmse"] > 0'
loci eval both/s1 | sed -E 's/ +-?[0-9.,]+/ N/g'
loci eval both/s1 --json --predictions at-once.csv >at-once
loci eval both/s1 --json --predictions one-by-one.csv --event-driven >one-by-one
json 'abs(j["test_r2"] - sum(o["r2"] for o in j["outputs"]) / 2) < 1e-12, [list(o) for o in j["outputs"]], "classes" in j' <at-once
cmp at-once.csv one-by-one.csv
json '[round(j[k], 6) for k in ("test_r2", "test_loss")]' <at-once >a
json '[round(j[k], 6) for k in ("test_r2", "test_loss")]' <one-by-one >b
cmp a b
head -n 1 at-once.csv
# targets as they stand in the table
cut -d, -f2 at-once.csv | tail -n +2 | while read -r price; do grep -q ",$price," houses.csv; done
try loci eval both/s1 --split train --json | sed -n 2p | json 'j["split"], j["samples"], j["train_r2"] > 0.8'

echo "== loss, patience, a teacher, spikes, whole numbers"
loci train "${options[@]}" --data houses.csv --target price --loss huber --validation 20 --patience 5 --out huber --json |
    json '(lambda r: ('"$good"', r["validation_r2"] > 0.8))(j)'
loci train "${options[@]}" --data houses.csv --target price --teacher unweighed --out taught --json | json '(lambda r: ('"$good"'))(j)'
loci train "${options[@]}" --data houses.csv --target rent --neuron lif --time-steps 8 --threshold 0.1 --out spikes --json |
    json 'j["test_r2"] > 0.3, j["time_steps"], j["spikes"] > 0'
loci train "${options[@]}" --data houses.csv --label rent --task regress --out last --json | json '(lambda r: ('"$good"'))(j)'
cut -d, -f1,2,3 houses.csv >whole.csv
loci train "${options[@]}" --task regress --data whole.csv --out whole --json | json '"test_rmse" in j'

echo "== pictures"
prepare numbers spots.npz
(try loci train --hidden 24 --wiring dense --epochs 60 --lr 0.02 --batch 16 --threads 1 --quiet --data spots.npz --out spots) | rough
prepare numbers whole.npz i
refuse loci train --hidden 8 --data whole.npz
loci train --hidden 8 --epochs 1 --data whole.npz --task regress --threads 1 --json --quiet --out wholes | json '"test_r2" in j'
prepare bar bar.png
(try loci predict spots bar.png) | sed -E 's/[0-9.]+([,]|$)/N\1/g' | head -n 3
loci predict spots bar.png --json | json '[(list(p), [o["output"] for o in p["values"]]) for p in j["predictions"]]'
refuse loci predict spots bar.png --top 2
refuse loci predict price bar.png

echo "== going on"
loci train "${options[@]}" --data houses.csv --target price --weight trust --out price --resume --json | json '(lambda r: ('"$good"'))(j)'
cp -r price resumed
rm resumed/summary.json resumed/model.safetensors
loci train --resume --out resumed --quiet --threads 1 >/dev/null
cmp price/model.safetensors resumed/model.safetensors
refuse loci train --resume --out price --target rent
refuse loci train --resume --out price --weight age
refuse loci train --resume --out price --task classify
refuse loci train --resume --out price --label price

echo "== pruning"
(try loci prune unweighed --curve 0.1,0.2 --quiet) | sed -E 's/ +-?[0-9.,%]+/ N/g'
python3 -c 'import json; print([list(p) for p in json.load(open("unweighed/sparsity_curve.json"))["points"]][0])'
loci prune unweighed --sparsity 0.2 --finetune 5 --out cut --quiet --json | json '(lambda r: (r["test_r2"] > 0.5, r["sparsity"] > 0.15))(j)'
loci prune price --data houses.csv --target price --weight trust --sparsity 0.1 --out cut2 --quiet --json | json '"test_r2" in j'

echo "== figures and the page"
try loci figure training both/s1 both/s2 -o training.svg
try loci figure fig3 unweighed -o curve.svg
try loci figure predictions both/s1 -o predictions.svg
grep -o 'xml version' predictions.svg
refuse loci figure predictions price/model.safetensors -o no.svg
loci figure predictions price/model.safetensors --data houses.csv --target price --weight trust -o predictions.png
for name in fig5 fig6 dims frontier; do refuse loci figure $name price -o no.svg; done
printf '<title>x</title>\n<script type="application/json" id="loci-data">__LOCI_DATA__</script>\n' >page.html
loci view both/s1 --template page.html -o net.html >/dev/null
sed -n 's/^<script[^>]*>\(.*\)<\/script>$/\1/p' net.html >net.json
json 'j["task"], j["classes"], list(j["units"]), list(j["samples"]), j["confusion"], len(j["outputs"]), list(j["metrics"][0])' <net.json
json 'j["samples"]["targets"]["shape"], j["samples"]["logits"]["shape"], abs(j["test"]["r2"] - j["summary"]["test_r2"]) < 1e-9' <net.json

echo "== refused"
refuse loci train --hidden 4 --data houses.csv --out no
refuse loci train --hidden 4 --data houses.csv --target rnt --out no
refuse loci train --hidden 4 --data houses.csv --target price --label rent --out no
refuse loci train --hidden 4 --data houses.csv --target price --task classify --out no
refuse loci train --hidden 4 --data houses.csv --target price --weight price --out no
refuse loci train --hidden 4 --data houses.csv --target price,price --out no
refuse loci train --hidden 4 --data houses.csv --target price --loss cross-entropy --out no --quiet
refuse loci train --hidden 4 --data houses.csv --target price --class-weight balanced --out no
refuse loci train --hidden 4 --data houses.csv --target price --class-weight balanced --task regress --out no
refuse loci train --hidden 4 --data houses.csv --target price --teacher price --temperature 3 --out no
refuse loci train --hidden 4 --data houses.csv --target price --neuron lif --readout count --out no --quiet
refuse loci train --hidden 4 --data glyphs --task regress --out no
refuse loci train --hidden 4 --data glyphs --loss huber --out no --quiet
refuse loci train --hidden 4 --data glyphs --target 3 --out no
refuse loci eval price --target rent
refuse loci eval unweighed --data glyphs
sed '5s/^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*/1,2,3,1,dear/' houses.csv >dear.csv
refuse loci train --hidden 4 --data dear.csv --target price --out no
sed '5s/^[^,]*,[^,]*,[^,]*,[^,]*/1,2,3,-1/' houses.csv >negative.csv
refuse loci train --hidden 4 --data negative.csv --target price --weight trust --out no
sed -E 's/^([^,]*,[^,]*,[^,]*,)[^,]*/\10/; 1s/,0,/,trust,/' houses.csv >nothing.csv
refuse loci train --hidden 4 --data nothing.csv --target price --weight trust --out no --quiet
# other numbers, of the same count: neither a teacher nor a beginning, nor what to prune by
refuse loci train --hidden 12 --data houses.csv --target rent --teacher unweighed --out no --quiet
refuse loci train --hidden 12 --data houses.csv --target rent --init unweighed --out no --quiet
try loci prune unweighed --target rent --sparsity 0.2 --out no --quiet
[ ! -e no ] || ls no

echo "== classes, weighed"
prepare csv kinds.csv
sed -E '1s/kind/kind,count/; 2,$s/$/,2/' kinds.csv >weighed.csv
loci train --hidden 6 --epochs 20 --lr 0.05 --threads 1 --quiet --data kinds.csv --out plain >/dev/null
loci train --hidden 6 --epochs 20 --lr 0.05 --threads 1 --quiet --data weighed.csv --label kind --weight count --out same >/dev/null
python3 - <<'END'
import json
plain, same = (json.load(open(f"{run}/summary.json")) for run in ("plain", "same"))
print("equal weights are none:", abs(plain["train_loss"] - same["train_loss"]) < 1e-5)
END
loci train --hidden 6 --epochs 20 --lr 0.05 --threads 1 --quiet --data kinds.csv --class-weight balanced --out balanced --json | json 'j["test_accuracy"] > 0.5'
refuse loci figure predictions balanced -o no.svg

echo "== numbers that are classes after all: runs of 0.1 know no task, and go on as they did"
loci train --hidden 6 --input-scaling range --epochs 2 --threads 1 --quiet --data houses.csv --task classify --out classes >/dev/null 2>&1
grep -c '"task"' classes/config.json || grep '"version"' classes/config.json
loci eval classes --split train --json 2>/dev/null | json '"train_accuracy" in j, len(j["classes"]) > 100'
loci prune classes --sparsity 0.1 --quiet --out cut-classes --json 2>/dev/null | json '"test_accuracy" in j'
loci train --resume --quiet --out classes --json 2>/dev/null | json '"test_accuracy" in j'
