# Missing, unreadable and damaged files: one line, exit 1, nothing half written.
prepare idx images
loci train --hidden 4 --data images --epochs 1 --quiet --out run >/dev/null
refuse loci train --hidden 4 --data absent --out new
refuse loci train --hidden 4 --data absent.npz --out new
refuse loci train --hidden 4 --data absent.csv --out new
refuse loci train --hidden 4 --data run --out new
mkdir part && cp images/train-images* part
refuse loci train --hidden 4 --data part --out new
rm -r part
refuse loci predict run images
printf 'a,y\n1,u\n2,u\n3,u\n4,u\n5,u\n6,u\n' >alone.csv
refuse loci train --hidden 4 --data alone.csv --out new
rm alone.csv
refuse loci train --hidden 4 --data mnist --data-dir run --out new
refuse loci train --hidden 4 --data mnist --out new
ls

head -c 1000 images/train-images-idx3-ubyte >cut.idx
mv cut.idx images/train-images-idx3-ubyte
refuse loci train --hidden 4 --data images --out new
refuse loci eval run
head -c 100 run/model.safetensors >cut.safetensors
refuse loci eval cut.safetensors --data glyphs
refuse loci eval absent.safetensors --data glyphs
refuse loci eval absent
refuse loci eval images
refuse loci info ./cut.safetensors
mkfifo pipe
refuse loci info ./pipe
refuse loci info images/t10k-labels-idx1-ubyte/x
: >file
refuse loci train --hidden 4 --data glyphs --out file/run --epochs 1 --quiet
refuse loci eval run --data $'two\nlines'
ls
