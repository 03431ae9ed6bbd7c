# The paper's tables and figures: what is missing is trained, what is there is taken, the page says what it is.
prepare idx images
look() { /usr/bin/python3 "$TOOLS/look.py" "$@"; }
again="loci reproduce --data images --threads 1"

# a plan makes nothing
try $again table1 table3 --dry-run
ls

# every row's options are those of a network that can be
loci reproduce all --seeds 1 --dry-run 2>&1 | grep -c -e ' to do .* reproduce/runs/' -e '^loci: note: no time can be told: mnist: '

# a table; the first line says that it is short, each row what makes it
$again table1 --seeds 1,2 --epochs 3 >printed 2>log
sed -E 's/[0-9.]+% ± [0-9.]+ /ACCURACY /' printed
head -n 1 reproduce/results.md
grep -c '^epoch 3/3' log
grep -o 'loci train [^`]*' reproduce/results.md
ls reproduce/runs

# what is done is not done again, and the page stays as it is
cp -r reproduce before
$again table1 --seeds 1,2 --epochs 3 --json >all.json 2>log
cat log
diff -r reproduce before
json 'j["shortened_to"], j["seeds"], [t["name"] for t in j["targets"]]' <all.json
json 'sorted(j["targets"][0]["rows"][1])' <all.json
json '[(r["preset"], r["paper"]["mean"], r["difference"], r["parameters"]) for r in j["targets"][0]["rows"]]' <all.json
json 'all(abs(r["mean"] - sum(s["test_accuracy"] for s in r["seeds"]) / 2) < 1e-12
    for r in j["targets"][0]["rows"])' <all.json

# another table needs only what it does not share; without --epochs nothing is shared with what was shortened
$again table3 --seeds 1,2 --epochs 3 2>&1 >printed | grep -c '^epoch 3/3'
$again table1 --seeds 1,2 --dry-run | grep ' runs: '

# a page of what is there, missing seeds and rows included
$again table1 table3 --seeds 2,3 --epochs 3 --no-train >printed
sed -n 5p reproduce/results.md
grep -o '| [0-9.]*, missing' reproduce/results.md | sed 's/[0-9.][0-9.]*/NUMBER/'
$again table2 --epochs 3 --no-train
grep -c 'missing, missing, missing' reproduce/results.md
refuse $again table2 --no-train --out nothing

# every figure, the page as HTML, and a pruning curve that 'loci prune' made
$again fig1 fig4 fig5 fig6 frontier --seeds 1 --epochs 1 --out figures --quiet >printed
for file in figures/*.svg figures/*.png; do look "$file"; done
/usr/bin/python3 -c 'import html.parser, sys
class Page(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        if tag == "img": print(dict(attributes)["src"])
Page().feed(open("figures/index.html", encoding="utf-8").read())'
# it has a dark theme and fits a phone: wide tables scroll, and no line ends within an option
grep -c -e 'prefers-color-scheme: dark' -e 'name="viewport"' figures/index.html
grep -A 1 -c '^<div class="scroll">$' figures/index.html
grep -c '^<table>$' figures/index.html
grep -o '<span>--epochs</span> <span>1</span>' figures/index.html | sort -u
loci train paper-mlp --data images --epochs 1 --out curve/runs/paper-mlp-e1-s1 --quiet >printed
loci prune curve/runs/paper-mlp-e1-s1 --curve 0.2,0.4,0.6,0.8,0.9,0.95 --quiet >printed
cp curve/runs/paper-mlp-e1-s1/sparsity_curve.json .
$again fig3 --seeds 1 --epochs 1 --out curve --json --quiet >all.json
cmp sparsity_curve.json curve/runs/paper-mlp-e1-s1/sparsity_curve.json
look curve/fig3.svg curve/fig3.png
json 'len(j["targets"][0]["rows"]), sum(r["mean"] is not None for r in j["targets"][0]["rows"])' <all.json
/usr/bin/python3 -c 'import json
rows = json.load(open("all.json"))["targets"][0]["rows"]
cut = {round(r["pruned_after"], 2): r["mean"] for r in rows if r["preset"] == "paper-mlp" and r["pruned_after"]}
curve = {round(p["sparsity"], 2): p["test_accuracy"] for p in json.load(open("sparsity_curve.json"))["points"]}
print(all(cut[share] == curve[share] for share in (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)))
kept = [r["connections_kept"] / r["connections"] for r in rows if "during:0.8" in r["options"]]
print([round(share, 2) for share in kept])'

# of data that are called MNIST the paper's figures are drawn and compared with
prepare idx mnist
loci reproduce table1 fig3 fig5 frontier --data mnist --data-dir . --seeds 1 --epochs 1 --out compared --quiet --json \
    >all.json
json '[len(t["rows"]) for t in j["targets"]]' <all.json
json 'all(abs(r["mean"] - r["paper"]["mean"] - r["difference"]) < 1e-12
    for t in j["targets"][:3] for r in t["rows"])' <all.json
grep -c -e '| the paper |' -e '^### Reported elsewhere' compared/results.md
grep -m 1 '^| 3D MLP, learned' compared/results.md | cut -d '|' -f 4
for figure in curve/fig3.svg figures/fig5.svg figures/frontier.svg; do
    with=compared/${figure#*/}
    look "$with"
    [ "$(wc -c <"$with")" -gt "$(wc -c <$figure)" ] || echo "no paper in $with"
done

# Fashion-MNIST has networks of its own, and what others report for it
prepare idx fashion-mnist
loci reproduce frontier --data fashion-mnist --data-dir . --seeds 1 --epochs 1 --out fashion --quiet --json >all.json
json '[r["preset"] for r in j["targets"][0]["rows"]]' <all.json
sed -n '/^### Reported elsewhere/,$p' fashion/results.md | cut -d '|' -f 3
look fashion/frontier.svg

# of what is kept without models, the teacher's is made again for those who learn from it, and for nobody else
$again frontier --seeds 1 --epochs 1 --out figures --dry-run | grep ' runs: '
$again frontier --seeds 1 --epochs 1 --out figures --dry-run --json >all.json
json 'j["seconds_left"], j["seconds_done"] > 0' <all.json
rm figures/runs/dense-mlp-1024-teacher-e1-s1/*.safetensors
$again frontier --seeds 1 --epochs 1 --out figures --dry-run | grep ' runs: '
mv figures/runs/arbor-mlp-2k-taught-e1-s1 learnt
$again frontier --seeds 1 --epochs 1 --out figures --dry-run | grep ' runs: '
$again frontier --seeds 1 --epochs 1 --out figures --dry-run --json >all.json
json 'j["seconds_left"] > 0' <all.json
$again frontier --seeds 1 --epochs 1 --out figures --quiet >printed
cmp learnt/model.safetensors figures/runs/arbor-mlp-2k-taught-e1-s1/model.safetensors
grep -o 'loci train arbor-mlp-10k --teacher[^`]*' figures/results.md
# commands say once how long they train, also of rows that have epochs of their own
grep 'loci train .*--epochs' figures/results.md | grep -c -e '--epochs.*--epochs' || :

# interrupted, the state is saved and the page says what is missing; the same command goes on, to the bytes that are made
# by hand
loci train paper-mlp-relaxed --data images --epochs 200 --test-every 7 --threads 1 --quiet --out whole >/dev/null
# a test of its own on the way makes it no other run
mkdir -p taken/runs && cp -r whole taken/runs/paper-mlp-relaxed-e200-s1
$again fig4 --epochs 200 --out taken --dry-run
env --default-signal=INT $again fig4 --epochs 200 --out half --quiet >out 2>err & # a script's jobs ignore SIGINT
await_line half/runs/paper-mlp-relaxed-e200-s1/metrics.jsonl
kill -INT $!
status=0
wait $! || status=$?
echo "$status"
wc -c <out
sed -E 's/epoch [0-9]+ of/epoch N of/' err
sed -n 5p half/results.md
grep -o 'There is no figure.*' half/results.md
$again fig4 --epochs 200 --out half --dry-run
$again fig4 --epochs 200 --out half --quiet >out
cmp half/runs/paper-mlp-relaxed-e200-s1/model.safetensors whole/model.safetensors
grep -c 'Not complete' half/results.md || true

# a run of another kind in a run's place is left alone
loci train paper-mlp --data images --epochs 1 --lr 0.1 --quiet --out other/runs/paper-mlp-e1-s1 >/dev/null
refuse $again fig1 --epochs 1 --out other
loci train paper-mlp --data images --epochs 1 --no-test --quiet --out other/runs/paper-mlp-e1-s1 --force >/dev/null
refuse $again fig1 --epochs 1 --out other
refuse loci reproduce fig1 --data glyphs --epochs 3 --out reproduce
refuse loci reproduce fig5 --data glyphs --epochs 3 --seeds 1 --out reproduce
try loci reproduce fig5 --data glyphs --epochs 3 --seeds 1 --out reproduce --dry-run
echo rubbish >reproduce/runs/paper-mlp-e3-s1/summary.json
refuse $again fig1 --epochs 3
ls other

# what cannot be is said, and is no reason to leave the rest: of two inputs little is left
prepare csv table.csv
loci reproduce fig3 --data table.csv --epochs 1 --seeds 1 --out torn --quiet >out 2>err || echo "= $?"
sort -u err
wc -c <out
grep -o '^| conventional MLP, 14 .*9.% [^|]*|.*|' torn/results.md | cut -d '|' -f 2,3 |
    sed -E 's/[0-9.]+%\*/NUMBER*/'
look torn/fig3.svg

# data that are not there: nothing is left behind
refuse loci reproduce fig1 --data absent.csv --out nothing
ls -d nothing 2>/dev/null || true

# usage
refuse loci reproduce
refuse loci reproduce table4
refuse loci reproduce tabel1 table2
refuse loci reproduce everything
refuse $again table1 --seeds 1,1
refuse $again table1 --seeds 1,2,3,4,5,6,7,8,9,10,11
refuse $again table1 --epochs 0
refuse $again table1 --epochs many
refuse $again table1 --out ''
refuse $again table1 --json=yes
