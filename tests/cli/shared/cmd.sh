# Several processes share runs out: none is done twice, a killed one's is taken over, and all of it ends with the bytes
# of one process alone.
prepare idx images
again="loci reproduce table1 --data images --seeds 1,2 --epochs 12 --threads 1"
$again --out alone --quiet >/dev/null 2>&1

# The runs that a log says were begun.
begun() { sed -n 's/.* -> //p' "$@"; }
same() {
    for run in alone/runs/*; do
        for file in model.safetensors frames.npz; do
            [ ! -e $run/$file ] || cmp $run/$file $1/runs/${run##*/}/$file
        done
    done
    for page in results.md index.html; do
        for where in alone "$1"; do
            sed -E 's/([0-9]+ min )?[0-9.]+ s\b/TIME/g' "$where/$page" >"$where.$page"
        done
        cmp "alone.$page" "$1.$page"
    done
    find $1 -name 'run.lock*' -o -name '*.tmp'
}

# Begins all of it in folder $1 and holds it still in the middle of a run, however fast this machine is: sets `one`, its
# process, and `run`, that run's folder.
hold_one() {
    while :; do
        rm -rf $1
        $again --out $1 >first 2>first.log &
        one=$!
        while kill -0 $one 2>/dev/null; do
            lock=$(grep -ls "\"pid\":$one," $1/runs/*/run.lock) || continue
            kill -STOP $one || break
            until grep -q '^State:.[TZ]' /proc/$one/status; do :; done
            run=${lock%/run.lock}
            [ ! -e $lock ] || [ -e $run/summary.json ] || return 0
            kill -CONT $one
        done
        wait $one
    done
}

# two at once: each run in one of the logs, and both have some
hold_one both
$again --out both >second 2>second.log &
two=$!
await_line second.log
kill -CONT $one
wait $one
wait $two
begun first.log second.log | sort | uniq -c | sed 's/^ *//'
[ -n "$(begun first.log)" ] && [ -n "$(begun second.log)" ] || echo "one did all"
same both

# one is killed in the middle of a run: the other, at work by then, does the rest
hold_one torn
$again --out torn >second 2>second.log &
two=$!
await_line second.log
exec 3>&2 2>/dev/null # the shell says that it was killed
kill -KILL $one
wait $one || echo "= $?"
exec 2>&3
wait $two
[ "$(begun second.log | grep -cx $run)" = 1 ] || echo "nothing was taken over"
begun second.log | sort | uniq -d
same torn

# seeds, likewise; both print all of them
train="loci train --hidden 8 --data images --epochs 100 --threads 1 --quiet"
$train --seeds 1,2,3 --out by-one --json >one.json
$train --seeds 1,2,3 --out by-two --resume --json >two.json &
one=$!
$train --seeds 1,2,3 --out by-two --resume --json >three.json
wait $one
for seed in 1 2 3; do cmp by-one/s$seed/model.safetensors by-two/s$seed/model.safetensors; done
for file in one.json two.json three.json; do
    json '[r["seed"] for r in j["runs"]], j["mean"], j["std"]' <$file
done | uniq | wc -l

# a run that a process far away is at work on
elsewhere() {
    mkdir -p $1
    echo '{"format":"loci-lock","host":"far-away","boot":"b","space":"s","pid":7,"start":1,"token":"00000000000000ff"}' \
        >$1/run.lock
}
elsewhere far/s1
refuse $train --resume --out far/s1
try $train --resume --seeds 1,2 --out far --no-wait --json | sed -E 's/"(seconds[a-z_]*|train_loss|mean|std|test[a-z_]*)": *[^,}]*/"\1": NUMBER/g; s/^\{.*"seed": ?([0-9]+).*/only seed \1/'
ls far/s1
# is waited for, and said once
loci train --hidden 8 --data images --epochs 100 --threads 1 --resume --seeds 1,2 --out far >printed 2>err &
one=$!
await_line err
rm far/s1/run.lock
wait $one
grep note err
grep -c . printed
# it failed there: told, and not tried here
elsewhere far/s3
rm err # whose line would be taken for one of the next
loci train --hidden 8 --data images --epochs 100 --resume --seeds 3 --out far >printed 2>err &
one=$!
await_line err
echo '{"status": "LOCI_E_DIVERGED", "where": "far/s3", "message": "the loss is not finite"}' >far/s3/failure.json
rm far/s3/run.lock
wait $one || echo "= $?"
cat printed err
ls far/s3
# it was asked for again: once more
$train --resume --seeds 3 --out far >printed
ls far/s3
# not touched for more than a minute: it is gone
elsewhere far/s4
touch -d '70 seconds ago' far/s4/run.lock
$train --resume --out far/s4 >printed
cmp far/s2/config.json far/s4/config.json >differs || sed 's/.*differ.*/another seed/' differs

refuse $train --seeds 1,2 --no-wait

# tuning: a plan's candidates, likewise, and one whole log
cat >plan.txt <<'END'
base: --hidden 8 --data images --epochs 60 --validation 60
--lr 0.01
--lr 0.03
--lr 0.05
END
tune() { /usr/bin/python3 -B "$TOOLS/../../tuning/run.py" plan.txt --seeds 1,2 --jobs 1 --loci "$(command -v loci)" "$@"; }
tune --logs alone-log >alone-ranked
tune --logs log --work tuned >first-ranked 2>first.log &
one=$!
tune --logs log --work tuned >second-ranked 2>second.log
wait $one
figures() { sed 's/\t[^\t]*$//' | sort; }
figures <alone-log/plan.tsv >expected
figures <log/plan.tsv >found
cmp expected found
wc -l <expected
ls log
grep -v '^waiting for . runs that' first.log second.log || true
