# No command writes over what it reads, however the name is spelt; everything is as it was afterwards.
prepare idx images
loci train --hidden 6 --data images --epochs 1 --threads 1 --quiet --out run >/dev/null
loci export run --to npz -o net.npz >/dev/null
cp -r run copy
ln -s run soft
ln run/model.safetensors hard
printf 'a,b,y\n1,2,0\n2,1,1\n3,1,1\n1,3,0\n2,2,1\n' >table.csv
ln -s "$PWD/table.csv" run/frames.csv
train="loci train --hidden 6 --epochs 1 --threads 1 --quiet --force"
sum() { find run net.npz table.csv hard images -type f -exec sha256sum {} + | sort; }
sum >before

for name in run run/ ./run/../run soft run/model.safetensors hard; do
    refuse $train --data images --init $name --out run
done
refuse $train --data images --init run --out soft/
refuse $train --data images --teacher run --out run
refuse $train --data images --teacher copy/../run/model.safetensors --out run
mkdir many
ln -s ../run many/s2
refuse $train --data images --init run --seeds 1,2 --out many
refuse loci prune run --sparsity 0.5 --out run --force
refuse loci prune run/model.safetensors --sparsity 0.5 --out soft --force
refuse loci prune run --shrink --out run --force
refuse loci export run --to npz -o run/model.safetensors
refuse loci export hard --to onnx -o run/model.safetensors
refuse loci import net.npz -o ./net.npz --force
ln -s "$PWD/run/model.safetensors" net.svg
refuse loci figure training run -o net.svg
refuse loci view run --template net.npz -o run/metrics.jsonl
refuse loci view run --template net.npz -o net.npz
refuse loci view run --template net.npz -o images/t10k-images-idx3-ubyte
refuse loci eval run --predictions run/model.safetensors
refuse loci eval hard --data images --predictions run/model.safetensors
refuse loci eval run --predictions images/t10k-labels-idx1-ubyte
refuse loci train --hidden 4 --data table.csv --test table.csv --epochs 1 --quiet --out table.csv
refuse loci eval run --data table.csv --predictions run/frames.csv
sum | cmp - before

# a file beside those of the run, or data in its folder, are in nobody's way
loci eval run --predictions run/predictions.csv >/dev/null
loci eval run --predictions run/predictions.csv >/dev/null
cp table.csv copy/table.csv
loci train --hidden 4 --data copy/table.csv --epochs 1 --quiet --threads 1 --out copy --force >/dev/null
cmp table.csv copy/table.csv
