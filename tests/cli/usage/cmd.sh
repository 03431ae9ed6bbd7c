# Wrong usage: one line, nothing on stdout, exit 2, and the nearest name where one was misspelt.
refuse loci
refuse loci trian
refuse loci --verison
refuse loci frobnicate

# options
refuse loci train paper-mlp --data glyphs --epoch 3
refuse loci train paper-mlp --data glyphs --axon-site 3
refuse loci train paper-mlp --data glyphs -epochs 3
refuse loci train paper-mlp --data glyphs --frobnicate
refuse loci train paper-mlp --data glyphs --epochs
refuse loci train paper-mlp --data glyphs --json=yes
refuse loci train paper-mlp paper-snn --data glyphs
refuse loci train paper-mlp --data glyphs --time-step 5

# values
refuse loci train paper-mlp --data glyphs --epochs 0
refuse loci train paper-mlp --data glyphs --epochs 1.5
refuse loci train paper-mlp --data glyphs --lr nan
refuse loci train paper-mlp --data glyphs --planes learnt
refuse loci train paper-mlp --data glyphs --hidden 12,,3
refuse loci train paper-mlp --data glyphs --seed -1
refuse loci train paper-mlp --data glyphs --seed 9223372036854775808
refuse loci train paper-mlp --data glyphs --seeds 1,2,1
refuse loci train paper-mlp --data glyphs --seeds 1,,2
refuse loci train paper-mlp --data glyphs --seed 1 --seeds 1,2
refuse loci train paper-mlp --data glyphs --threads 0
refuse loci train paper-mlp --data glyphs --threads 257
refuse loci train paper-mlp --data glyphs --out ''

# empty words, as unset variables of a script make them
refuse loci train '' --data glyphs
refuse loci train paper-mlp --data glyphs --teacher ''
refuse loci train paper-mlp --data glyphs --init=
refuse loci predict model.safetensors a.png ''
refuse loci view model.safetensors -o ''

# what does not go together
refuse loci train
refuse loci train paper-mlp
refuse loci train arbor-mlp-10
refuse loci train arbor-mlp-10 --data glyphs
refuse loci train glyphs
: >own.csv
refuse loci train own.csv
rm own.csv
refuse loci train paper-mlp glyphs
refuse loci train --hidden 10 20 --data glyphs
refuse loci train paper-mlp --data nowhere --label x
refuse loci train dense-mlp-x --data glyphs
refuse loci train paper-mlp --data glyphs --resume --force
refuse loci train --resume
refuse loci train --resume --out nowhere
refuse loci train dense-mlp-8 --data glyphs --dim 4
refuse loci train paper-mlp --data glyphs --axon-sites 2
refuse loci train paper-mlp --data glyphs --time-steps 5
refuse loci train arbor-mlp-10k --data glyphs --hidden 32 --axon-sites 1,2,3
refuse loci train arbor-mlp-10k --data glyphs --dim 2

# the other commands
refuse loci eval
refuse loci eval arbor-mlp-2k
refuse loci eval arbor-mlp-2k --data glyphs
refuse loci predict arbor-mlp-2k a.png
mkdir empty
refuse loci eval empty
refuse loci figure training empty -o a.png
rmdir empty
: >model.safetensors
refuse loci eval model.safetensors
refuse loci eval a b --data glyphs
refuse loci eval a --data glyphs --split validation
refuse loci predict
refuse loci predict model.safetensors
refuse loci predict model.safetensors a.png --top 0
refuse loci predict model.safetensors a.png --csv
refuse loci predict model.safetensors a.csv b.png --csv
refuse loci predict model.safetensors a.csv b.csv --csv
refuse loci predict model.safetensors a.csv --csv --json
refuse loci predict model.safetensors a.csv --csv --top 2
refuse loci predict model.safetensors a.png --separator tab
refuse loci predict model.safetensors a.png --header
refuse loci predict model.safetensors a.png --no-header
refuse loci predict model.safetensors a.png --missing mean
refuse loci predict model.safetensors A.NPZ --show
refuse loci predict model.safetensors a.hdf5 --invert
refuse loci info arbor-mlp-10
refuse loci info paper-mlp paper-mlp-5d
refuse loci data
refuse loci data lits
refuse loci data fetch
refuse loci data info
refuse loci data list mnist
refuse loci data fetch mnist --json
refuse loci data info glyphs --url http://127.0.0.1/
refuse loci data info glyphs mnist
ls

# what only the data show to be wrong
prepare idx images
refuse loci train --hidden 4 --data images --quiet --validation 240
refuse loci train --hidden 4 --data images --quiet --patience 3
refuse loci train --hidden 4 --data images --quiet --shift 8
refuse loci train --hidden 4 --data images --quiet --validation 240 --dry-run
refuse loci train --hidden 4 --data images --quiet --average 41 --epochs 40 --dry-run
ls

# several processes, as mpirun tells each which it is: only `loci train` is for them, and one of them says so
refuse env OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 loci eval model.safetensors --data glyphs
try env OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=1 loci eval model.safetensors --data glyphs
refuse env PMI_SIZE=2 PMI_RANK=0 loci info --json
refuse env OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0 loci eval model.safetensors --data glyphs
refuse loci train --hidden 4 --data images --quiet --shards 0
refuse loci train --hidden 4 --data images --quiet --shards 1025
