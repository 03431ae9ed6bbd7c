# Ctrl-C and SIGTERM: the state is saved, exit 130, one line that says how to go on; gone on with, the run ends with
# the bytes of an undisturbed one.
prepare idx images
train="loci train --hidden 16 --data images --batch 8 --epochs 1000 --threads 1 --quiet"
$train --out whole >/dev/null
for signal in INT TERM; do
    $train --out $signal --json >out 2>err &
    await_line $signal/metrics.jsonl
    kill -$signal $!
    status=0
    wait $! || status=$?
    echo "$signal: $status"
    sed -E 's/epoch [0-9]+/epoch N/' err
    wc -c <out
    [ "$(wc -l <$signal/metrics.jsonl)" -lt 1000 ] || { echo "too late to interrupt"; exit 1; }
    [ ! -e $signal/summary.json ] || echo "there is a summary"
    loci train --resume --out $signal --quiet >/dev/null
    cmp $signal/model.safetensors whole/model.safetensors
    wc -l <$signal/metrics.jsonl
done
