# A full disk: an error line, exit 1, no half file.
[ -c /dev/full ] || skip "no /dev/full"
prepare idx images
loci train --hidden 4 --data images --epochs 1 --quiet --out run >/dev/null
refuse loci eval run --predictions /dev/full
[ -c /dev/full ] || echo "/dev/full was replaced"
for command in "info paper-mlp" "info --json" "eval run --json" "data list" "--help" "--version"; do
    status=0
    loci $command >/dev/full || status=$?
    echo "$command: $status"
done
# limits on the size of files, in blocks of 1024 bytes; `try` itself needs one
(ulimit -f 1 && refuse loci eval run --data images --split train --predictions out.csv)
(ulimit -f 4 && refuse loci train --hidden 200 --data images --epochs 1 --quiet --out big --threads 1)
find . -name '*.tmp' -o -name out.csv -o -name 'model.safetensors' | sort
