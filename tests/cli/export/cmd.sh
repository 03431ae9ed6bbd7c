# A network as C: what is printed, what is written, what is refused.
prepare idx images
loci train --hidden 6 --dendrite-sites 2 --range -1 --data images --epochs 1 --quiet --out run >/dev/null
loci train --hidden 6 --neuron lif --coding poisson --time-steps 4 --data images --epochs 1 --quiet --out poisson >/dev/null
loci train --hidden 6 --wiring dense --data images --epochs 1 --quiet --out dense >/dev/null
files() { find "$@" | sort; }

# figures differ from one kind of CPU to the next, as the network does
figures() { sed -E 's/^(accuracy +).*/\1.../; s/(multiply-adds|roots) +[0-9,]+ per/\1 N per/'; }
try loci export run --to c -o net | figures
files net
try loci export run --to c --mode weights --bits 32 --name digits -o parts/digits | figures
files parts
try loci export dense --to c --mode pruned --bits 4 -o lists | grep note
loci prune dense --sparsity 0.8 --no-test --quiet --out cut >/dev/null
loci export cut --to c --mode pruned --bits 8 -o cut/net >/dev/null
rm -r cut
loci export run --to c --json --force -o net | json 'sorted(j)'
/usr/bin/python3 -c 'import json; print(sorted(json.load(open("net/report.json"))))'
loci export run/model.safetensors --to c --data images -o again >/dev/null
cmp net/loci_net.c again/loci_net.c

# the source tests itself
if command -v gcc >/dev/null; then
    for folder in net parts/digits lists; do
        make -s -C $folder CC=gcc >out
        [ "$(tail -n 1 out)" = passed ]
        make -s -C $folder clean
    done
fi

# refused, with nothing left behind
refuse loci export run --to c -o net
refuse loci export run --to c -o run --force
refuse loci export run --to c -o .
refuse loci export run/model.safetensors --to c -o none
refuse loci export dense --to c -o none
refuse loci export poisson --to c -o none
refuse loci export run --to c --flash 200 -o none
refuse loci export run --to c --ram 64 -o none
refuse loci export run --to c --flash 0 -o none
refuse loci export run --to c --flash 12kB -o none
refuse loci export run --to c --flash 000000000000000000016384 -o none
refuse loci export run --to c --ram k -o none
refuse loci export run --to c --name 1st -o none
refuse loci export run --to c --name volatile -o none
refuse loci export run --to c --name '' -o none
refuse loci export run --to c --bits 16 -o none
refuse loci export run --to c --mode weight -o none
refuse loci export run --to c --samples 0 -o none
refuse loci export run --to c --data nowhere -o none
refuse loci export run --to c
refuse loci export run --to c --dt 1 -o none
refuse loci export run --to npz --bits 8 -o none
refuse loci export run --to npz --data images -o none
refuse loci export run --to d -o none
refuse loci export run --to c -o run/model.safetensors/net

# trained rounded: in the bits of the training, by its scales
loci train --hidden 6 --dendrite-sites 2 --range -1 --data images --epochs 2 --quiet --quantise 4 --quantise-charges 8 --out rounded >/dev/null
try loci export rounded --to c -o four | figures
try loci export rounded --to c --bits 2 -o two | figures
grep -h '^ \* Stored' four/loci_net.c two/loci_net.c
loci train --init rounded --data images --epochs 1 --quiet --out on >/dev/null
rulers() { strings $1/model.safetensors | grep -o 'rounding[^}]*}.\{100\}'; }
loci info rounded | grep rounded:
rulers rounded >a
rulers on >b
cmp a b && [ -s a ]
refuse loci train --hidden 6 --wiring dense --data images --quantise 4 --quantise-what positions --out none
refuse loci train --hidden 6 --data images --quantise ternary --quantise-charges 4 --out none
refuse loci train --hidden 6 --data images --quantise 3 --out none
refuse loci train --hidden 6 --data images --quantise-charges 4 --out none
refuse loci train --hidden 6 --data images --quantise-start 0.2 --out none

# weights trained rounded
loci train --hidden 6 --dendrite-sites 2 --range -1 --data images --epochs 2 --quiet --quantise ternary --out three >/dev/null
loci info three | grep rounded
refuse loci export three --to c -o five
# how many weights round to 0 differs likewise
try loci export three --to c --mode pruned -o five | figures | sed -E '/^(flash|multiply-adds)/s/[0-9]+/N/g'
try loci export three --to c --mode weights -o six | figures
grep -h '^ \* Stored' five/loci_net.c six/loci_net.c
ls
