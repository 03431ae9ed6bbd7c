#!/bin/sh
# Trains a spatial net on the built-in glyphs and shows it at work:  tools/demo.sh LOCI-PROGRAM
# Everything together stays under two minutes on two cores; the run is kept in runs/demo.
set -eu
cd "$(dirname "$0")/.."
loci=$1

say() {
    printf '\n%s\n' "$*"
}

say "Training: 784-192-80-10, where no weight is stored; each follows from where two neurons sit."
"$loci" train arbor-mlp-10k --data glyphs --epochs 8 --out runs/demo --force

say "What it is made of:"
"$loci" info runs/demo

say "On the 10,000 digits it has not seen:"
"$loci" eval runs/demo --data glyphs

say "Two drawings, dark on light as from a pencil:"
"$loci" predict runs/demo --invert --show --top 3 examples/pictures/three.png examples/pictures/five.png

say "A page to walk through it, watch it learn, and draw digits for it to read:"
"$loci" view runs/demo -o runs/demo.html || true

cat <<END

Next:
  $loci data fetch mnist                              get the real MNIST (11 MB)
  $loci train arbor-mlp-10k --data mnist              train on it
  $loci predict runs/demo --invert YOUR.png           read your own digit
  $loci figure fig1 runs/demo -o net.svg              draw it for a paper
  $loci train --help                                  every option
docs/guide.md goes on from here.
END
