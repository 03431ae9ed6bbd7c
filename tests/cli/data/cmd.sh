# What is known by name, and what is in a data set.
loci data list | head -6
loci data list --json | json '[d["name"] for d in j["datasets"]], [d["found"] for d in j["datasets"]][0]'
prepare idx cache/mnist
loci data list --data-dir cache | sed -n '/^mnist/,/found/p'
loci data info cache/mnist
prepare csv table.csv
loci data info table.csv
loci data info table.csv --label 3 --json
loci data fetch glyphs
refuse loci data fetch mnits
refuse loci data info mnist --data-dir nowhere
refuse loci data info table.csv --label colour
refuse loci data info table.csv --test absent.csv
cp table.csv again.csv
loci data info table.csv --test again.csv 2>&1 | grep 'once more'

# pictures of any size, drawn as they are needed; what a run would take, of which nothing is kept
loci data info glyphs-32 | sed -n '1,2p;/^training sample/p'
refuse loci data info glyphs-31
refuse loci data info glyphs-SIDE
loci train --hidden 8 --data glyphs-32 --epochs 1 --seed 1 --dry-run --json \
    | json 'sorted(j), min(j.values()) > 0'
loci train --hidden 8 --data glyphs-32 --epochs 1 --dry-run --quiet | cut -c 1-12
refuse loci train --hidden 8 --data glyphs-32 --epochs 1 --dry-run --init absent
ls

# nobody listens at port 1: one line, nothing left behind
refuse loci data fetch mnist --url http://127.0.0.1:1 --data-dir store | sed 's/: Failed to connect.*; /: CURL; /'
find store -type f
