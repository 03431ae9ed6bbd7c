# A model scales inputs by the range it was trained with, whatever else is in the file at hand: far.csv has one row of class
# "b" that is far out.
prepare csv near.csv
sed -i 's/"[a-z, ]*"$/a/; 0~2s/a$/b/' near.csv
sed '2s/.*/-900.5,7000.5,b/' near.csv >far.csv
sed -n '1p; 40,70p' near.csv >test.csv
loci train --hidden 8 --neuron lif --threshold 0.05 --time-steps 5 --epochs 20 --lr 0.03 --batch 8 --threads 1 --quiet --data near.csv --test test.csv --out run >/dev/null
for data in near far; do
    loci eval run --data $data.csv --test test.csv --predictions $data.all --json | json 'j["samples"]'
    loci eval run --data $data.csv --test test.csv --predictions $data.each --event-driven --json | json 'j["samples"]'
    loci figure fig6 run --data $data.csv --digit 0 -o $data.svg
    loci prune run --data $data.csv --test test.csv --sparsity 0.3 --threads 1 --out $data --quiet >/dev/null
    loci eval $data --data near.csv --test test.csv --predictions $data.cut >/dev/null
done
cmp near.all far.all
cmp near.each far.each
cmp near.svg far.svg
cmp near.cut far.cut

# a model of values from 0 to 1 has no range; others are worth a note
awk -F, -v OFS=, 'NR > 1 { $1 /= 4; $2 /= 40 } 1' near.csv >small.csv
loci train --hidden 8 --input-scaling range --epochs 1 --threads 1 --quiet --data small.csv --out plain >/dev/null
(try loci eval plain --data near.csv --json) | grep note
