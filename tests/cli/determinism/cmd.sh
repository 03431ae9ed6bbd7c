# The same command makes the same model, byte for byte, whatever the number of threads; another seed another one.
prepare idx images
for kind in "arbor-mlp-10k --hidden 16,8" "paper-mlp --hidden 40" "paper-mlp-relaxed --hidden 12" "dense-mlp-9" \
    "dense-mlp-5 --rotate 10 --zoom 0.1 --shear 0.1 --elastic 1"; do
    train="loci train $kind --data images --epochs 3 --batch 50 --warmup 4 --shift 1 --quiet --json --force"
    $train --threads 1 --out a >/dev/null
    $train --threads 1 --out b >/dev/null
    $train --threads 2 --out c >/dev/null 2>&1
    $train --threads 1 --out d --seed 2 >/dev/null
    cmp a/model.safetensors b/model.safetensors
    cmp a/model.safetensors c/model.safetensors
    cmp -s a/model.safetensors d/model.safetensors && echo "the seed does nothing" || echo "$kind: same"
done
