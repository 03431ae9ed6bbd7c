# On a terminal: a progress line that is rewritten and never wraps, and pictures without being asked for.
terminal="/usr/bin/python3 $TOOLS/terminal.py"
$terminal true 2>/dev/null || skip "no pseudo-terminal"
prepare idx images
prepare bar bar.png
train="loci train --hidden 30 --range -1 --data images --epochs 60 --batch 4 --threads 1"
$terminal $train >screen
head -1 screen
grep '^> epoch' screen | grep -vE '^> epoch [0-9]+/60 +[0-9]+%  [0-9,]+ samples/s  loss [0-9.]+' || echo "all alike"
grep -c '^> epoch' screen | awk '{ print ($1 > 3 && $1 < 200) }'
awk '/^> epoch/ && length($0) - 2 > most { most = length($0) - 2 } END { print "at most", most < 60 ? "59" : most }' screen
sed -n '/^> custom/,$p' screen | sed -E 's/loss [0-9.]+/loss LOSS/'
$terminal $train --out quiet --quiet | wc -l
$terminal loci predict runs/custom-s1 bar.png --top 1 | sed -E 's/[0-9] \([0-9.]+%\)/CLASS/'
# where a line cannot be written anew there are plain ones
TERM=dumb $terminal $train --out dumb | grep -c '^> ' || true
# where there is room, how the loss came to where it is; in blocks, where the locale has them
spark='^> epoch.*loss [0-9.]+ (▁|▂|▃|▄|▅|▆|▇|█){4,16}(,|  )'
WIDTH=100 $terminal $train --out wide | grep -E "$spark" | head -1 | wc -l
WIDTH=100 LC_ALL=C $terminal $train --out plain | grep -cE "$spark" || true
