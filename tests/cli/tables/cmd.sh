# A table as people have it, from the file to predictions of new rows.
said() { { "$@" >/dev/null; } 2>&1; }
{
    printf '\357\273\277id;size;colour;weight;kind\r\n'
    for i in $(seq 60); do
        colour=$(echo red blue green | cut -d' ' -f$((i % 3 + 1)))
        printf '%d;%d,5;%s;%s;%s\r\n' "$i" $((i % 7)) "$colour" "$([ $((i % 20)) = 7 ] && echo NA || echo 1,$i)" \
            "$([ "$colour" = red ] && echo warm || echo cold)"
    done
} >messy.csv
refuse loci data info messy.csv
loci data info messy.csv --without id --missing mean
loci train --hidden 8 --axon-sites 2 --dendrite-sites 4 --epochs 60 --lr 0.05 --batch 8 --data messy.csv --without id \
    --missing mean --threads 1 --quiet --out run >/dev/null
loci eval run 2>/dev/null | head -1 | sed 's/loss.*//'
python3 -c 'import json; c = json.load(open("run/config.json")); print(c["missing"], c["without"], c["classes"],
      [x["name"] for x in c["table"]["columns"]], c["table"]["left_out"])'

echo "== new rows, without labels, in another order and another dialect"
printf 'colour\tweight\tsize\nred\t1.5\t2\nblue\t1\t?\npink\t1\t2\n' >new.tsv
loci predict run new.tsv | sed 's/ (.*//'
loci predict run/model.safetensors new.tsv --csv | cut -d, -f1,2
loci predict run new.tsv --json --top 2 | json '[(p["row"], p["class"], len(p["top"])) for p in j["predictions"]]'
gzip -c new.tsv >packed.tsv.gz
loci predict run packed.tsv.gz new.tsv 2>/dev/null | sed 's/ (.*//'
printf 'red,1.5,2\n' >bare.csv
refuse loci predict run bare.csv
printf '2,red,1.5\n' >bare.csv
loci predict run bare.csv --no-header | sed 's/ (.*//'
cut -f1,2 new.tsv >lacking.tsv
refuse loci predict run lacking.tsv
sed 's/$/\t7/; 1s/7$/age/' new.tsv >more.tsv
said loci predict run more.tsv
refuse loci predict run new.tsv --missing drop
refuse loci predict run seven.png
refuse loci predict run absent.csv

echo "== a file of answers: what is measured of it"
head -21 messy.csv >answers.csv
said loci eval run --data answers.csv | sed 's/^loci: note: answers.csv: [cm].*//' | grep .
loci eval run --data answers.csv 2>/dev/null | head -1 | sed 's/: .* right, [0-9]*\(.*\); loss.*/\1/'
loci eval run --data answers.csv --test answers.csv 2>/dev/null | head -1 | sed 's/: .* right, [0-9]*\(.*\); loss.*/\1/'
refuse loci data info messy.csv --missing mean --without id --colour grey

echo "== numbers"
loci train --hidden 8 --epochs 30 --data messy.csv --target size,weight --without id,kind --missing drop --threads 1 --quiet \
    --out numbers >/dev/null 2>&1
loci predict numbers new.tsv --missing mean --csv 2>/dev/null | sed 's/[0-9.]*,[-0-9.]*$/,/'
loci predict numbers new.tsv 2>/dev/null | sed 's/size .*, weight .*/size, weight/'
refuse loci eval numbers --target weight,size
refuse loci eval numbers --target size
loci eval numbers --target size,weight 2>/dev/null | head -1 | sed 's/: .*//'
