# Trained with --no-test on data without a test part: whatever needs none works, the rest says so.
prepare idx images
rm images/t10k*
refuse loci train --hidden 6 --data images --epochs 1 --quiet --out run
loci train --hidden 6 --data images --epochs 2 --no-test --threads 1 --quiet --out run >/dev/null
loci eval run --split train --json | json 'j["samples"]'
loci eval run --split train --event-driven --json | json 'j["samples"]'
loci eval run --data images --split train --json | json 'j["samples"]'
loci info run --json | json 'j["dataset"]'
loci export run --to c -o c --json | json 'j["samples"]'
loci export run --to c --data images -o d --json | json 'j["samples"]'
loci figure fig6 run -o out.svg
printf '<script type="application/json" id="loci-data">__LOCI_DATA__</script>\n' >page.html
for data in "" "--data images"; do
    loci view run $data --template page.html -o net.html | sed 's/:.*//'
    grep -o 'test images and confusions: [a-z ]*' net.html
done
loci figure training run -o out.svg
loci prune run --sparsity 0.3 --out pruned --quiet --json | json 'j["test_accuracy"], j["sparsity"] > 0'
loci prune run --curve 0.3,0.5 --quiet --json | json '[p["test_accuracy"] for p in j["points"]]'
loci train --resume --out pruned --quiet --json | json 'j["epochs"]'
rm pruned/summary.json
loci train --resume --out pruned --quiet --json | json 'j["epochs"]'

refuse loci eval run
refuse loci eval run --event-driven
refuse loci eval run --data images
refuse loci prune run --sparsity 0.3 --data images --out out

# half a test part is a mistake
prepare idx whole
cp whole/t10k-labels-idx1-ubyte images
refuse loci eval run
