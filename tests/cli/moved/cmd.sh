# A run finds its own data from anywhere, never takes a namesake in silence, and says where it looked.
mkdir a b elsewhere
prepare csv a/t.csv
sed 's/third/plain/; 2s/plain/third/' a/t.csv >b/t.csv
train="loci train --hidden 6 --epochs 30 --lr 0.03 --batch 8 --threads 1 --quiet"
(cd a && $train --data t.csv --out run) >/dev/null
grep -E '"(data|data_dir|origin|init)"' a/run/config.json
grep -cE '"(train|test)_fingerprint": "[0-9a-f]{16}"' a/run/config.json

# what a command makes of the run from where it was started, and from elsewhere
same() {
    local here there
    here=$(cd a && "${@/#RUN/run}")
    there=$(cd b && "${@/#RUN/..\/a\/run}")
    [ "${there//..\/a\//}" = "$here" ] || echo "DIFFERS: $*"
}
same loci eval RUN --split train
same loci eval RUN --predictions /dev/stdout
same loci export RUN --to c -o ../x --force
same loci figure fig6 RUN -o ../f.svg
same loci prune RUN --sparsity 0.5 --out ../p --force --quiet
same loci prune RUN --curve 0.2,0.5 --out ../p --force --quiet
(cd b && loci prune ../a/run --sparsity 0.5 --out ../cut --quiet) >/dev/null
grep -E '"(data|origin|init)"' cut/config.json
loci eval cut | head -1 | sed -E 's/loss [0-9.]+/loss LOSS/'

# the folder may move as a whole, and so may the run if its data are where one works
mv a c
loci eval c/run --json | json 'j["samples"]'
mv b/t.csv other.csv
cp c/t.csv b
mv c/run b/run
(cd b && loci eval run --json) | json 'j["samples"]'

# what lies where the run was started is another table now; so is the only one there is
cp other.csv b/t.csv
(cd b && try loci eval run --split train) | grep note
mv b/run elsewhere/run
(cd b && try loci export ../elsewhere/run --to c -o ../d) | grep note
(cd b && try loci prune ../elsewhere/run --sparsity 0.5 --out ../d2 --quiet) | grep note

# gone: one line, with what was looked for
for command in "eval run" "eval run --split train" "export run --to c -o out" "figure fig6 run -o out.svg" \
    "prune run --sparsity 0.5 --out out" "prune run --curve 0.5"; do
    (cd elsewhere && refuse loci $command)
done
refuse loci eval elsewhere/run
rm elsewhere/run/summary.json
refuse loci train --resume --out elsewhere/run --quiet
rm -r elsewhere/run

# the data named anew are as good, if they are the same
prepare csv elsewhere/t.csv
(cd elsewhere && $train --data t.csv --out run --json) | json 'j["epochs"]'
mv elsewhere/t.csv moved.csv
rm elsewhere/run/summary.json
refuse loci train --resume --out elsewhere/run --quiet --data other.csv
loci train --resume --out elsewhere/run --quiet --data moved.csv --json | json 'j["epochs"]'

# teacher and model to start from likewise
mv moved.csv elsewhere/t.csv
(cd elsewhere && $train --data t.csv --teacher run --init run/model.safetensors --out taught) >ended
rm elsewhere/taught/summary.json
loci train --resume --out elsewhere/taught --quiet | tail -1
rm elsewhere/taught/summary.json
(cd elsewhere && $train --data t.csv --seed 2 --out run --force) >/dev/null
refuse loci train --resume --out elsewhere/taught --quiet
mv elsewhere/run elsewhere/kept
refuse loci train --resume --out elsewhere/taught --quiet

# finished, nothing but the folder is needed, and what comes is what came
(
    cd elsewhere || exit
    $train --data t.csv --teacher taught --seeds 1,2 --out twice >../ended
    rm -r t.csv taught
    chmod -R a-w twice
    loci train --resume --seeds 1,2 --out twice --quiet >../again
    loci train --resume --seeds 1,2 --out twice --quiet --json | json 'len(j["runs"])'
    cmp ../ended ../again
    refuse loci train --resume --seeds 1,2 --out twice --epochs 3
    chmod -R u+w twice
)

# runs of 0.1 know nothing of this: their data are where one works
sed -i '/fingerprint/d; /"origin"/d' elsewhere/twice/s1/config.json
refuse loci eval elsewhere/twice/s1
(cd b && loci eval ../elsewhere/twice/s1 --json) | json 'j["samples"]'
