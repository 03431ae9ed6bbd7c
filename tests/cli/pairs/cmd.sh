# Two options that have no use for each other: one line that says why, exit 2, and nothing is left on disk. What a
# preset asks for may be overridden, and what a run was started with may be said again.
prepare idx images
prepare csv table.csv
run="loci train --hidden 4 --data images --epochs 1 --quiet --out new"
layerless="loci train --hidden 0 --data images --epochs 1 --quiet --out new"

# positions
refuse $run --wiring dense --law gaussian
refuse $run --wiring dense --lr-positions 2
refuse $run --length 0.5
refuse $run --law inverse-square --train-length layer
refuse $run --train-range layer
refuse $run --steepness 3
refuse $run --extent 3
refuse $run --noise 0.1
refuse $run --input sheet --dendrite-sites 2 --noise 0.1
refuse $layerless --input grid --spread 2
refuse $run --planes relaxed --gap 1
refuse $run --gap 2 --range 1.5
refuse loci train arbor-mlp-10k --data images --quiet --out new --range 0.1

refuse $layerless --tied yes

# neurons
refuse $layerless --activation tanh
refuse $run --neuron lif --activation tanh
refuse $layerless --neuron lif --slope 3
refuse $layerless --neuron lif --train-threshold layer
refuse $run --neuron lif --time-steps 1 --beta 0.5
refuse $run --neuron lif --time-steps 1 --reset zero

# training
refuse $run --prune-by weight
refuse $run --prune-scope net
refuse $run --prune during:0 --prune-by weight
refuse $layerless --prune during:0.5 --prune-scope net
refuse $run --prune during:0.5 --prune-ramp 0.3
refuse $run --wiring dense --prune during:0.5 --prune-by distance
refuse $run --range 2 --prune during:0.5 --prune-by range
refuse $run --freeze-mask
refuse $run --prune after:0.5 --freeze-mask
refuse $run --patience 3
refuse $run --average 2 --patience 3 --validation 10
refuse $run --average 100 --epochs 5
refuse $run --average 3 --epochs 4 --prune gradual:0.5
refuse $run --no-test --test-every 2
refuse loci train --hidden 4 --data table.csv --epochs 1 --quiet --out new --zoom 0.1
$run --out teacher >/dev/null
refuse $run --teacher teacher --distillation 0 --temperature 3
ls

# what goes together, or asks for nothing
allow() {
    echo "$*"
    "$@" >out 2>&1 || cat out
    rm -r new out
}
allow $run --law gaussian --length 0.5 --train-length layer --range 3 --train-range layer
allow $run --length -1 --train-length no --train-range no --patience 0
allow $run --sign mask --steepness 3 --input grid --extent 1 --noise 0.1
allow $layerless --input grid --law gaussian --spread 2
allow $layerless --neuron lif --readout count --slope 3
allow $run --neuron lif --time-steps 1 --readout count --train-beta no
allow $run --wiring dense --prune gradual:0.5 --prune-by weight --prune-ramp 0.3 --freeze-mask
allow $run --no-test --test-every 0
preset="loci train arbor-mlp-10k --data images --epochs 1 --quiet --out new"
allow $preset --wiring dense
allow $preset --hidden 4
allow $preset --planes relaxed
allow $preset --hidden 4 --neuron lif --time-steps 2
allow $preset --range -1 --tied no --law exponential

# the same command again, and what 0.1 took in silence
again="loci train --hidden 4 --data images --epochs 1 --quiet --out kept --planes relaxed --neuron lif --train-beta no"
$again >first 2>/dev/null
$again --gap 0.1 --extent 2 --resume >second
cmp first second
refuse $again --extent 3 --resume
refuse $again --gap 0.1,0.2 --resume
refuse $again --activation tanh --resume
