# Pictures: what the network saw, the classes, the warning when light and dark look swapped.
prepare idx images
prepare bar bar.png
prepare bar ink.png 1
loci train --hidden 16 --dendrite-sites 4 --data images --epochs 120 --lr 0.03 --batch 16 --quiet --out run >/dev/null
hide() { sed -E 's/[0-9]+\.[0-9]+%/PERCENT/g'; }
loci predict run bar.png --top 1 | hide
loci predict run bar.png --show | hide
try loci predict run bar.png ink.png --top 1 --json >out
grep -v '^{' out
grep '^{' out | json '[list(p) for p in j["predictions"]][0]'
grep '^{' out | json '[(p["file"], len(p["top"])) for p in j["predictions"]]'
loci predict run --invert --top 1 ink.png | hide
loci predict run --invert --top 1 bar.png 2>log >/dev/null
cat log
loci predict run --invert --top 3 ink.png --json | json 'abs(sum(c["confidence"] for c in j["predictions"][0]["top"]) - 1) < 1e-6'

# one bad picture does not hide the others; JSON is all or nothing
head -c 60 bar.png >cut.png
try loci predict run cut.png bar.png --top 1 | hide
refuse loci predict run cut.png bar.png --json
refuse loci predict run absent.png
refuse loci predict run images
refuse loci predict absent bar.png
refuse loci predict bar.png bar.png
prepare csv table.csv
loci train --hidden 3 --data table.csv --epochs 1 --quiet --out table >/dev/null
refuse loci predict table bar.png
