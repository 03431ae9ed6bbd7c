# Networks in the formats of other tools, and back.
prepare idx images
export_() { try loci export "$@" | sed -E 's/[0-9.]+ k?B$/SIZE/'; }
numpy() {
    /usr/bin/python3 -c 'import sys
try:
    import numpy
except ImportError:
    sys.exit(77)
z = dict(numpy.load(sys.argv[1]))
exec(sys.argv[2])
if len(sys.argv) > 3:
    numpy.savez(sys.argv[3], **z)' "$@"
}
loci train --hidden 6 --dendrite-sites 2 --data images --epochs 1 --quiet --out run >/dev/null
loci train --hidden 6 --neuron lif --time-steps 4 --data images --epochs 1 --quiet --out lif >/dev/null

# there and back, nothing is lost
export_ run --to npz -o net.npz
try loci import net.npz -o back.safetensors
cmp run/model.safetensors back.safetensors
loci prune run --sparsity 0.5 --no-test --quiet --out cut >/dev/null
loci export cut --to npz -o cut.npz >/dev/null
loci import cut.npz -o cut.safetensors >/dev/null
cmp cut/model.safetensors cut.safetensors
refuse loci import cut.npz -o back.safetensors
loci import cut.npz -o back.safetensors --force
cmp cut/model.safetensors back.safetensors

# edited: what numpy writes is read, and what was made of it is told; without numpy there is nothing to see
if numpy net.npz 'z["pair0.axon.position"] *= 1.5' moved.npz; then
    loci import moved.npz -o moved.safetensors 2>note
    grep -q 'the weights in moved.npz do not follow' note
    numpy net.npz 'z["pair1.weight"] += 1' weights.npz
    loci import weights.npz -o never.safetensors 2>note && exit 1
    grep -q "'pair1.weight' was changed, but it follows from positions" note
    numpy cut.npz 'z["pair0.kept"][:] = True' kept.npz
    loci import kept.npz -o kept.safetensors 2>note
    grep -q 'kept.npz keeps other connections than a cut leaves' note
    numpy net.npz 'z["layer1.bias"] = z["layer1.bias"].astype("f8"); z["classes"] = "[\"|\", \"-\", \"é\"]"' named.npz
    loci import named.npz -o named.safetensors
    loci export named.safetensors --to onnx -o named.onnx
    grep -q 'é' named.onnx
fi >/dev/null
[ ! -f never.safetensors ]

# other formats
export_ run --to onnx -o net.onnx
loci export run --to onnx -o /dev/stdout | cmp - net.onnx
export_ lif --to onnx -o lif.onnx
if loci export lif --to nir -o lif.nir --dt 0.001 >said 2>error; then
    grep -q '^lif.nir: ' said
    loci export run --to nir -o refused.nir 2>error && exit 1
    grep -q '^loci: refused.nir: not written: NIR has no neurons that do not spike' error
else
    grep -q 'built without HDF5' error
fi

# in 8 bits; figures differ from one kind of CPU to the next
export_ run --to onnx --bits 8 -o eight.onnx | sed 's/^\(accuracy *\).*/\1.../'
loci export run/model.safetensors --to onnx --bits 8 --data images --samples 2000 -o again.onnx >/dev/null
cmp eight.onnx again.onnx
loci export run --to onnx --bits 8 -o eight.onnx --json --threads 1 | json 'sorted(j)'
cmp eight.onnx again.onnx
loci export run --to onnx --bits 32 -o floats.onnx >/dev/null
cmp net.onnx floats.onnx
refuse loci export run --to onnx --bits 4 -o refused.onnx
refuse loci export lif --to onnx --bits 8 -o refused.onnx
refuse loci export run/model.safetensors --to onnx --bits 8 -o refused.onnx
refuse loci export run --to onnx --bits 8 -o absent/refused.onnx

# layers of maps
loci train --maps 2,3 --window 3 --pool 2,1 --hidden 0 --dim 5 --dendrite-sites 3 --neuron lif --time-steps 4 --threshold 0.1 \
    --data images --epochs 1 --quiet --out maps >/dev/null
export_ maps --to npz -o maps.npz
try loci import maps.npz -o maps.safetensors
cmp maps/model.safetensors maps.safetensors
export_ maps --to onnx -o maps.onnx
refuse loci export maps --to c -o refused
refuse loci export maps --to c --mode weights -o refused
loci export maps --to nir -o refused.nir 2>error && exit 1
grep -q 'layers of maps\|built without HDF5' error

# what cannot be leaves no file
loci train --hidden 6 --neuron lif --coding poisson --data images --epochs 1 --quiet --out drawn >/dev/null
refuse loci export drawn --to onnx -o refused.onnx
refuse loci export absent --to onnx -o refused.onnx
refuse loci export run --to onnx -o absent/refused.onnx
refuse loci export run --to npz -o images
refuse loci import absent.npz -o refused.safetensors
refuse loci import run/model.safetensors -o refused.safetensors
refuse loci import run/frames.npz -o refused.safetensors
refuse loci import net.npz -o absent/refused.safetensors
refuse loci import net.npz -o images
find . -name 'refused*' -o -name '*.tmp'

# usage
refuse loci export
refuse loci export run
refuse loci export run --to onnx
refuse loci export run --to onx -o x
refuse loci export run --to tflite -o x
refuse loci export run lif --to onnx -o x
refuse loci export run --to onnx -o x --dt 0.001
refuse loci export run --to onnx -o x --samples 50
refuse loci export run --to onnx -o x --data images
refuse loci export run --to onnx --bits 8 -o x --mode weights
refuse loci export run --to nir -o x --bits 8
refuse loci export run --to nir -o x --dt 0
refuse loci export run --to nir -o x --dt ten
refuse loci import
refuse loci import net.npz
refuse loci import net.npz cut.npz -o x
