# The page of a network: where its data come from, what is refused, what it says.
prepare idx images
loci train --hidden 16 --dendrite-sites 2 --data images --epochs 3 --batch 16 --quiet --out run >/dev/null
printf '<title>x</title>\n<script type="application/json" id="loci-data">__LOCI_DATA__</script>\n' >page.html
view() { try loci view --template page.html "$@" | sed -E 's/[0-9.]+ kB/SIZE/'; }
payload() {
    sed -n 's/^<script[^>]*>\(.*\)<\/script>$/\1/p' "$1" | json "$2"
}

view run -o net.html
payload net.html 'j["title"], j["classes"], [l["size"] for l in j["layers"]], len(j["metrics"]), j["left_out"]'
payload net.html 'len(j["samples"]["labels"]), sum(map(sum, j["confusion"])), abs(j["test_accuracy"] - j["summary"]["test_accuracy"]) < 1e-12'
payload net.html 'j["frames"]["epochs"], [t["name"] for t in j["frames"]["tensors"]]'

# a model alone has no run, and knows no data
view run/model.safetensors -o model.html
payload model.html 'j["metrics"], j["summary"], j["frames"], j["samples"], j["left_out"]'
view run/model.safetensors --data images -o model.html
payload model.html 'len(j["samples"]["labels"]), j["left_out"]'

# a run whose data are gone, or unknown
mv images away
view run -o net.html
payload net.html 'j["samples"], len(j["metrics"])'
mv run/config.json kept
view run -o net.html
mv kept run/config.json
mv away images

# a run that never looked at its test part
loci train --hidden 4 --data images --epochs 1 --no-test --quiet --out blind >/dev/null
view blind -o blind.html
payload blind.html 'j["samples"], j["left_out"]'

# the page goes where it is told to
loci view run --template page.html -o /dev/stdout | tail -c 10

# a network in time
loci train --hidden 4 --neuron adlif --coding latency --time-steps 9 --delay distance --longest-delay 6 --recurrent \
    --data yin-yang --epochs 1 --quiet --out time >/dev/null
view time -o time.html
payload time.html 'j["format"], j["spiking"], len(j["recurrent"]), len(j["samples"]["labels"]), j["left_out"]'
payload time.html '[[p["first_delay"], p["longest_delay"]] for p in j["pairs"] + j["recurrent"]], "adaptation_decay" in j["pairs"][0]'

# two networks on one page, one of them without test images
view run blind -o both.html
payload both.html 'j["name"], j["other"]["name"], len(j["samples"]["labels"]), j["other"]["samples"], j["other"]["left_out"], "other" in j["other"]'
view run run/model.safetensors --data images -o both.html
payload both.html 'j["samples"]["logits"] == j["other"]["samples"]["logits"], len(j["metrics"]), j["other"]["metrics"]'

# names that look like HTML
printf 'a,b,kind\n' >table.csv
for i in $(seq 60); do
    printf '%s,%s,</script><b>%s\n' "$i" "$((i % 7))" "$((i % 2))" >>table.csv
done
loci train --hidden 3 --data table.csv --epochs 1 --quiet --out '<i>&' >/dev/null
view '<i>&' -o table.html
grep -c '</script>' table.html
payload table.html 'j["classes"]'

# what is refused leaves no page
rm -f ./*.html
printf '<script type="application/json" id="loci-data">__LOCI_DATA__</script>' >page.html
no_page() { refuse loci view --template page.html "$@" -o net.html; }
no_page absent
no_page images
no_page run --data absent.npz
no_page run --data table.csv
no_page run --data glyphs
no_page run absent
no_page run time --data images
refuse loci view run blind --template page.html -o blind
refuse loci view run --template page.html -o absent/net.html
refuse loci view run --template run/config.json -o net.html
refuse loci view run --template absent.html -o net.html
for file in metrics.jsonl summary.json frames.npz config.json sparsity_curve.json; do
    [ ! -f run/$file ] || cp run/$file kept
    echo rubbish >run/$file
    no_page run
    rm run/$file
    [ ! -f kept ] || mv kept run/$file
done
ls ./*.html

# usage
refuse loci view
refuse loci view run
refuse loci view run blind time -o net.html
refuse loci view run -o net.html --temlpate x
refuse loci view run -o

# without the template, from a program that stands alone
mkdir -p alone
program=$(readlink -f "$(command -v loci)")
cp "$program" alone/loci
export LD_LIBRARY_PATH="${program%/*}/../src"
refuse alone/loci view run -o net.html
