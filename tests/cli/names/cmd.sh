# Names from outside: in the language of whoever gave them, wide, too long, or meant to harm a terminal.
{
    echo a,b,label
    for i in 1 2 3 4 5 6 7 8; do
        echo "0.$i,0.1,груша"
        echo "0.$i,0.5,яблоко зелёное, очень длинное название" | sed 's/,я/,"я/; s/$/"/'
        echo "0.$i,0.9,日本語の名前"
        printf '0.%s,0.3,\033[2Jred\302\233\177\342\200\256\n' $i
    done
} >плоды.csv
loci data info плоды.csv
loci data info плоды.csv --json | json '[c["class"] for c in j["classes"]]'
loci train --hidden 6 --data плоды.csv --epochs 1 --quiet --out run | head -1 | sed 's/: .*//'
loci eval run | sed -E '1s/: .*//; 4,8s/( +([0-9.]+%|-)){2}$/  PERCENT/; /^confusions/,$s/  [0-9.]/  #/g'
loci eval run --json >eval.json
json '[c["class"] for c in j["classes"]]' <eval.json
LC_ALL=C grep -c "$(printf '[\001-\011\013-\037\177]')" eval.json || true
loci eval run --predictions out.csv >/dev/null
grep -c 'яблоко зелёное, очень длинное название' out.csv
loci info run | head -1

# a name of more than 63 bytes is cut at a character
long=ж$(printf 'ы%.0s' $(seq 60))
cp плоды.csv "$long"x.csv
loci data info "$long"x.csv | head -1 | tee long
iconv -f utf-8 -t utf-8 long >/dev/null

# names of files that are no text
bad=$(printf 'bad\377\033[2J\n')
cp плоды.csv "$bad.csv"
loci data info "$bad.csv" | head -1
loci data info "$bad.csv" --json | json 'j["dataset"]'
cp -r run "$bad"
loci eval "$bad" | head -1 | sed 's/: .*//'
loci info "$bad" | head -1
loci eval "$bad/no" 2>&1 || echo "= $?"
loci train --hidden 6 --data "$bad.csv" --epochs 1 --quiet --out other 2>&1 || echo "= $?"
ls -d other 2>/dev/null || true

# what cannot be named is not guessed
printf 'a,b,label\n0.1,0.2,\304pfel\n0.2,0.3,Birne\n' >latin1.csv
refuse loci data info latin1.csv
printf 'a,b,label\n0.1,0.2,a\n0.2,%s,b\n' "$long" >cell.csv
refuse loci data info cell.csv
refuse loci train --hiddn"$long" 6 --data плоды.csv
