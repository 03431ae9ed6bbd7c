# Following runs in the terminal; what a page cannot be had with.
prepare idx images
train="loci train --hidden 4 --data images --batch 4 --threads 1 --quiet"
$train --epochs 3 --out runs/a >/dev/null
$train --epochs 2 --seed 2 --out runs/b >/dev/null
mkdir runs/none
loci watch --text runs/a | sed -E 's/loss [0-9.]+.*%/loss LOSS, test SHARE/'
loci watch --text runs | sed -E 's/loss [0-9.]+.*%/loss LOSS, test SHARE/'
# a line cut short is none yet
head -c -9 runs/b/metrics.jsonl >short && cp short runs/b/metrics.jsonl
loci watch --text runs/b | sed -E 's/loss [0-9.]+.*%/loss LOSS, test SHARE/'
cp runs/a/metrics.jsonl runs/b/metrics.jsonl
echo nonsense >>runs/b/metrics.jsonl
loci watch --text runs/b
try loci watch
try loci watch runs/c
try loci watch --text runs/a --port 7411
try $train --epochs 1 --port 7411
try $train --epochs 1 --bind 127.0.0.1
try loci figure fig1 runs/a --follow -o a.svg
