# Pictures of red, green and blue: arrays and folders, shifts, predictions, grey, exports.
prepare colour rgb.npz
prepare colour planar.npz 1
prepare pictures lights
hide() { sed -E 's/[0-9]+\.[0-9]+%/PERCENT/g; s/[0-9.]+ s\b/TIME/g'; }
net="--hidden 16 --dendrite-sites 4 --lr 0.03 --batch 16 --quiet"

# what it is
loci data info rgb.npz | head -8
loci data info planar.npz --json >planar.json
loci data info rgb.npz --json | sed 's/rgb/planar/' | cmp - planar.json && echo the same
json '(j["height"], j["width"], j["channels"])' <planar.json
loci data info lights | head -7

# a shift moves all channels of a pixel: the classes are learnt
loci train $net --data rgb.npz --epochs 30 --shift 1 --out rgb | hide
loci eval rgb --data planar.npz --json | json 'j["test_accuracy"] > 0.99'
loci info rgb | head -2
grep -o '"channels": 3' rgb/config.json
loci train $net --data lights --epochs 30 --shift 1 --input sheet --out sheet | hide
loci eval sheet --event-driven --json | json 'j["test_accuracy"] > 0.99'
loci train --hidden 8 --neuron lif --time-steps 5 --data rgb.npz --epochs 2 --quiet --out lif >/dev/null && loci eval lif >/dev/null

# pictures: in colour for a model of colour, which also takes grey ones
prepare bar bar.png
loci predict sheet --top 1 lights/test/red/000.png lights/test/blue/002.png | hide
loci predict sheet --top 1 bar.png | sed 's/: .*//'
CLICOLOR_FORCE=1 loci predict sheet --top 1 --show lights/test/green/001.png | head -5 | tail -1 | tr '\033' '^'
loci predict sheet --show --top 1 lights/test/green/001.png | hide | head -4

# grey, of the data or because the model is; remembered by the run
loci train $net --data rgb.npz --colour grey --epochs 1 --out grey >/dev/null
grep '"colour"' grey/config.json
loci info grey | sed -n 2p
loci eval grey --json | json 'j["dataset"]' 
loci eval grey/model.safetensors --data planar.npz 2>&1 | hide | head -2
loci predict grey --top 1 lights/test/red/000.png | sed 's/: .*//'
refuse loci train --resume --out grey --colour keep
refuse loci eval sheet --data bar.npz
refuse loci train $net --data rgb.npz --colour sepia
refuse loci train $net --data rgb.npz --image-size 4x4 --out none

# other sizes
loci eval sheet --data lights --image-size 8x8 --json | json 'j["test_accuracy"] > 0.99'
loci train $net --data lights --image-size 4x6 --epochs 1 --out small >/dev/null
loci eval small --json | json 'j["dataset"]'
loci eval small --data lights --json 2>&1 | head -1
cp bar.png lights/train/red/x.png
head -c 50 bar.png >lights/train/red/y.png
refuse loci data info lights
rm lights/train/red/y.png
prepare bar lights/train/odd.png
loci data info lights 2>&1 | head -2
rm lights/train/odd.png lights/train/red/x.png

# what follows from a model
loci prune sheet --sparsity 0.97 --scope net --out pruned --quiet >/dev/null
loci prune pruned --shrink --out shrunk >/dev/null
loci info shrunk | sed -n 2,3p
loci eval shrunk --data rgb.npz >/dev/null 2>&1 || loci eval shrunk --data lights >/dev/null
loci export rgb --to onnx -o rgb.onnx | sed 's/:.*//'
loci export rgb --to c --mode weights -o crgb >/dev/null && grep -h CHANNELS crgb/*.h
loci export sheet --to npz -o sheet.npz >/dev/null
loci import sheet.npz -o back.safetensors >/dev/null && cmp back.safetensors sheet/model.safetensors && echo the same
refuse loci export sheet --to c -o c
loci export sheet --to c --mode weights -o c >/dev/null && test -f c/Makefile
echo '<script type="application/json" id="loci-data">__LOCI_DATA__</script>' >template.html
loci view sheet --template template.html -o page.html | sed 's/: .*//'
grep -o '"channels": *3' page.html
