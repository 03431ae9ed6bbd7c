# Recordings of spikes in HDF5: by path and by name, binned as the model was trained, whole speakers held out.
prepare recordings spoken || skip "no h5py"
loci data info spoken >/dev/null 2>"$HOME/why" || { grep -q 'cannot read HDF5' "$HOME/why" && skip "no libhdf5"; }
train() { loci train --hidden 12 --neuron lif --epochs 4 --lr 0.05 --batch 20 --threads 1 --quiet "$@"; }
try loci data info spoken
mkdir data
mv spoken data/tones
export LOCI_DATA=$PWD/data
try train --data tones --time-steps 12 --delay none --readout membrane-mean --out run
loci eval run --json | json 'j["samples"]'
# a model knows how its samples were cut up, whatever else is in the file
loci eval run/model.safetensors --data data/tones/test.h5 --split train --json 2>/dev/null | json 'j["samples"]'
loci predict run data/tones/test.h5 --csv | head -n 3
try train --data tones --time-steps 6 --duration 0.06 --group-channels 3 --delay none --out short
loci eval short --json | json 'j["samples"]'
try train --data tones --time-steps 12 --delay none --validation-group speaker:3 --no-test --out held
refuse train --data data/tones --duration 0.12 --validation-group age:1 --out no
refuse train --data tones --duration 0.12 --validation-group speaker:10 --out no
refuse train --data tones --duration -1 --out no
refuse train --data data/tones --label 1 --out no
# however the lists lie in the file
for way in chunked packed latest; do
    prepare recordings "$way" "$way"
    train --data "./$way" --time-steps 12 --delay none --readout membrane-mean --out "$way-run" >/dev/null 2>&1
    loci eval "$way-run" --json | json 'j["samples"], j["test_accuracy"] if "test_accuracy" in j else j["accuracy"]'
    cmp <(loci eval run 2>/dev/null | tail -n +2) <(loci eval "$way-run" 2>/dev/null | tail -n +2)
done
for damage in channel time length list no-bytes exponent bits label-bits sides external virtual compact sum tables times labels; do
    prepare recordings "$damage" "$damage"
    refuse loci data info "./$damage" --duration 0.12
done
head -c 3000 data/tones/train.h5 >cut.h5
refuse loci data info cut.h5 --duration 1
printf 'no HDF5' >text.h5
refuse loci data info text.h5
refuse loci data info shd
