# Temporal data as arrays: trained on, measured, gone on with, predicted; and what is refused.
train() { loci train --hidden 12 --neuron lif --epochs 4 --lr 0.05 --batch 20 --threads 1 --quiet "$@"; }
prepare events whole.npz
try loci data info whole.npz
loci data info whole.npz --json | json 'j["time_steps"], j["group_channels"], j["width"]'
try train --data whole.npz --delay none --readout membrane-mean --out run
json '[j["network"][k] for k in ("coding", "time_steps", "width")]' < <(tr -d '\n' <run/config.json; echo)
loci eval run --json | json 'j["samples"], j["test_accuracy"] == json.load(open("run/summary.json"))["test_accuracy"]'
# one at a time gives the same
loci eval run --json | json 'j["accuracy"] if "accuracy" in j else j["test_accuracy"]'
loci eval run --event-driven --json | json 'j["accuracy"] if "accuracy" in j else j["test_accuracy"]'
prepare events new.npz unlabelled
loci predict run new.npz --csv | head -n 3
# the same bytes for any number of threads, and after a stop
train --data whole.npz --time-shift 2 --channel-shift 1 --time-stretch 0.1 --drop 0.1 --out moved >/dev/null
train --data whole.npz --time-shift 2 --channel-shift 1 --time-stretch 0.1 --drop 0.1 --threads 2 --out again >/dev/null
cmp moved/model.safetensors again/model.safetensors
cmp -s run/model.safetensors moved/model.safetensors || echo another model
try loci train --resume --out moved
# gathered into fewer steps and channels; the model knows
train --data whole.npz --time-steps 6 --group-channels 2 --delay none --out gathered >/dev/null 2>messages; cat messages
loci eval gathered/model.safetensors --data whole.npz --json 2>/dev/null | json 'j["samples"]'
# events imply neurons that spike
loci train --data whole.npz --coding events --time-steps 6 --hidden 4 --delay none --epochs 1 --threads 1 --quiet \
    --out implied 2>&1 | head -n 1
prepare events alone.npz alone
train --data alone.npz --delay none --out split 2>&1 | head -n 3

refuse loci train --data whole.npz --neuron relu --out no
refuse loci train --data whole.npz --neuron lif --coding poisson --out no
refuse train --data whole.npz --time-steps 13 --out no
refuse train --data whole.npz --duration 1 --out no
refuse train --data whole.npz --validation-group speaker:2 --out no
refuse train --data whole.npz --time-shift 12 --out no
refuse train --data whole.npz --channel-shift 8 --out no
prepare idx still
refuse train --data still --coding events --out no
refuse train --data still --drop 0.1 --out no
refuse train --data still --group-channels 2 --out no
refuse loci eval run --data still
train --data still --time-steps 5 --out still-run >/dev/null 2>&1
refuse loci eval still-run --data whole.npz
loci export run --to onnx -o net.onnx >/dev/null && test -s net.onnx
try loci export run --to c -o net
try loci export moved --to c --mode pruned -o moved-net
refuse loci export run --to c --input-type int8 -o other
loci export run --to nir -o net.nir >/dev/null 2>&1 || true
loci view run -o page.html >/dev/null
