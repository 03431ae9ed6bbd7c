# Ctrl-C, SIGTERM and SIGHUP: the state is saved, exit 130, one line that says how to go on; gone on with, the run ends
# with the bytes of an undisturbed one.
prepare idx images
plain="env --default-signal=INT,TERM,HUP" # a script's jobs ignore SIGINT, and all of nohup's SIGHUP
train="loci train --hidden 16 --data images --batch 8 --epochs 1000 --threads 1 --quiet"
$train --out whole >/dev/null
for signal in INT TERM HUP; do
    status=0
    until [ $status != 0 ]; do # 0: done before the signal came, on a busy machine
        rm -rf $signal
        $plain $train --out $signal --json >out 2>err &
        await_line $signal/metrics.jsonl
        kill -$signal $! 2>/dev/null || true
        wait $! || status=$?
    done
    echo "$signal: $status"
    sed -E 's/epoch [0-9]+/epoch N/' err
    wc -c <out
    [ ! -e $signal/summary.json ] || echo "there is a summary"
    loci train --resume --out $signal --quiet >/dev/null
    cmp $signal/model.safetensors whole/model.safetensors
    wc -l <$signal/metrics.jsonl
done

# A signal that was ignored when the program began stays ignored, as in a script's jobs in the background; nohup.
ignored() {
    exec $plain --ignore-signal=$1 $train --out ignored --epochs 100000 >/dev/null 2>err
}
for signal in INT HUP TERM; do
    rm -rf ignored
    ignored $signal &
    await_line ignored/metrics.jsonl
    kill -$signal $!
    lines=$(wc -l <ignored/metrics.jsonl)
    until [ "$(wc -l <ignored/metrics.jsonl)" -gt $((lines + 1)) ]; do
        kill -0 $! || { echo "$signal ended it"; exit 1; }
        sleep 0.05
    done
    end=TERM
    [ $signal != TERM ] || end=HUP
    kill -$end $!
    status=0
    wait $! || status=$?
    echo "$signal ignored; $end: $status"
done

# A second SIGHUP, as a shell and the kernel may send it, does not cut the saving short.
$plain $train --out twice --epochs 100000 >/dev/null 2>err &
await_line twice/metrics.jsonl
kill -HUP $! && kill -HUP $!
status=0
wait $! || status=$?
echo "HUP, HUP: $status"
sed -E 's/epoch [0-9]+/epoch N/' err
