# Figures: each in each format, the same bytes twice; what is refused.
prepare idx images
look() { /usr/bin/python3 "$TOOLS/look.py" "$@"; }
small() { loci train "$@" --data images --epochs 3 --batch 16 --quiet >/dev/null; }
one="--axon-sites 1 --input random --range -1"
small --hidden 16 $one --dendrite-sites 4 --seeds 1,2 --out arbor
small --hidden 12 $one --dendrite-sites 1 --planes relaxed --out relaxed
small --hidden 8 $one --dendrite-sites 1 --neuron lif --time-steps 5 --out spiking
small dense-mlp-5 --out dense
small paper-mlp-5d --hidden 6 --out five
small paper-mlp --hidden 6 --out three
prepare events whole.npz
loci train --hidden 6,5 --neuron adlif --data whole.npz --delay distance --recurrent --longest-delay 5 --epochs 1 \
    --readout membrane-max --quiet --out late >/dev/null 2>&1
shared="--maps 3,2 --window 3 --pool 2,1 --hidden 0"
small $shared --dim 5 --dendrite-sites 3 --out maps
small $shared --dim 4 --dendrite-sites 3 --neuron lif --time-steps 5 --threshold 0.1 --out spiking-maps
small $shared --wiring dense --out convolution
for when in after during; do
    mkdir $when
    cat >$when/sparsity_curve.json <<END
{"model": "runs/small-s1", "dataset": "images", "when": "$when", "by": "distance", "scope": "layer", "points": [
    {"sparsity": 0, "connections_kept": 1000, "test_accuracy": 0.9},
    {"sparsity": 0.5, "connections_kept": 500, "test_accuracy": 0.8},
    {"sparsity": 0.9, "connections_kept": 100, "test_accuracy": 0.4}]}
END
done

draw() {
    for end in svg pdf png; do
        loci figure "$@" -o "$1.$end"
        loci figure "$@" -o "again.$end"
        cmp "$1.$end" "again.$end"
        look "$1.$end"
    done
}
draw fig1 arbor/s1
draw fig3 after during
draw fig4 relaxed
draw fig5 arbor/s1 arbor/s2 dense three five spiking
draw fig6 spiking --digit 2
draw dims three five dense
draw frontier arbor/s1 arbor/s2 dense three spiking
draw training arbor/s1 arbor/s2 dense
draw raster late --sample 2
draw delays late
draw stencils maps

# heights are by the errors, of which half as many are as far everywhere; discs are whole, between the axes; lines of the
# legend are weights, whose sign an arbor's neuron does not decide
geometry() { /usr/bin/python3 "$TOOLS/geometry.py" "$@"; }
rated() {
    cp -r "$1" "rated-$1"
    sed -i -E "s/\"test_accuracy\": [0-9.]+/\"test_accuracy\": $2/" "rated-$1/summary.json"
}
rated relaxed 0.96
rated spiking 0.92
rated five 0.6
loci figure frontier rated-relaxed rated-spiking rated-five -o low.svg
loci figure frontier rated-relaxed rated-spiking rated-five --width 300 -o narrow.svg
small --hidden 400 $one --dendrite-sites 1 --out many
loci figure fig6 many -o six.svg
loci figure fig1 arbor/s1 -o one.svg
geometry low.svg narrow.svg six.svg one.svg

# every kind of network; a model file; names with any bytes in them
for run in arbor/s1 relaxed spiking three five; do
    loci figure fig1 $run -o one.svg
    loci figure fig6 $run -o six.svg
    look one.svg six.svg
done
for run in maps spiking-maps; do
    for figure in fig1 fig6 delays stencils; do
        loci figure $figure $run -o $figure.svg
    done
    look fig1.svg fig6.svg delays.svg stencils.svg
done
loci figure raster spiking-maps -o one.svg
loci figure stencils convolution -o two.svg
loci figure frontier maps spiking-maps convolution arbor/s1 -o three.svg
look one.svg two.svg three.svg
for coding in constant latency poisson; do
    for readout in count softmax-sum; do
        small --hidden 5 --neuron lif --time-steps 6 --coding $coding --readout $readout --delay none --out coded
        loci figure raster coded -o one.svg
        look one.svg
        rm -r coded
    done
done
loci figure delays five -o one.svg
loci figure delays spiking/model.safetensors -o two.svg
loci figure raster spiking/model.safetensors --data images -o three.svg
look one.svg two.svg three.svg
loci figure fig1 relaxed/model.safetensors -o one.svg
loci figure fig6 relaxed/model.safetensors --data images -o six.png
mv arbor/s1 $'<i>\xff \xe2\x82\xac a name that is longer than any legend of any figure has room for, and then some more'
loci figure training ./*'<i>'* -o named.svg
look named.svg

# what is refused leaves no file
rm -f ./*.svg ./*.pdf ./*.png
refuse loci figure fig1 dense -o out.svg
refuse loci figure fig1 relaxed spiking -o out.svg
refuse loci figure fig1 absent -o out.svg
refuse loci figure fig3 relaxed -o out.svg
refuse loci figure fig4 three -o out.svg
refuse loci figure fig4 dense -o out.svg
refuse loci figure fig6 relaxed --digit 3 -o out.svg
refuse loci figure fig6 relaxed/model.safetensors -o out.svg
refuse loci figure fig6 relaxed --data glyphs -o out.svg
refuse loci figure fig1 relaxed -o absent/out.png
refuse loci figure raster relaxed -o out.svg
refuse loci figure raster spiking --sample 60 -o out.svg
refuse loci figure raster spiking/model.safetensors -o out.svg
refuse loci figure raster spiking --data whole.npz -o out.svg
refuse loci figure raster spiking late -o out.svg
refuse loci figure delays dense -o out.svg
refuse loci figure stencils arbor/s2 -o out.svg
refuse loci figure fig1 convolution -o out.svg
refuse loci figure fig4 maps -o out.svg
mv three/summary.json kept
refuse loci figure fig5 three -o out.svg
echo rubbish >three/summary.json
refuse loci figure fig5 three -o out.svg
: >three/metrics.jsonl
refuse loci figure training three -o out.svg
echo rubbish >three/metrics.jsonl
refuse loci figure training three -o out.svg
echo '{"points": []}' >after/sparsity_curve.json
refuse loci figure fig3 after -o out.svg
refuse loci figure training after -o out.svg
refuse loci figure dims dense spiking -o out.svg
(ulimit -f 1 && refuse loci figure fig1 relaxed -o out.png)
find . -maxdepth 1 -name 'out*'

# usage
refuse loci figure
refuse loci figure fig1
refuse loci figure fig2 relaxed -o out.svg
refuse loci figure trianing relaxed -o out.svg
refuse loci figure fig1 relaxed
refuse loci figure fig1 relaxed -o out.jpg
refuse loci figure fig1 relaxed -o svg
refuse loci figure fig6 relaxed --digit -1 -o out.svg
refuse loci figure raster spiking --sample one -o out.svg
refuse loci figure fig1 relaxed --width 400 -o out.svg
refuse loci figure frontier relaxed --width 299 -o out.svg
