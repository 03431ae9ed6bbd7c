# A network that predicts numbers, as C and for other programs: what is printed, what is written.
/usr/bin/python3 -c '
import random, struct, zipfile
draw = random.Random(1)
with zipfile.ZipFile("house.npz", "w") as archive:
    for part, count in ("train", 160), ("test", 40):
        x = [[draw.random() for _ in range(3)] for _ in range(count)]
        y = [[200 + 80 * w * d - 20 * a] for w, d, a in x]
        for name, rows in ("x", x), ("y", y):
            head = f"{{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": ({count}, {len(rows[0])})}}".ljust(117) + "\n"
            numbers = b"".join(struct.pack("<f", number) for row in rows for number in row)
            archive.writestr(f"{name}_{part}.npy", b"\x93NUMPY\x01\0" + struct.pack("<H", 118) + head.encode() + numbers)'
loci train --hidden 8 --dendrite-sites 2 --data house.npz --epochs 20 --quiet --out run >/dev/null 2>&1

# figures differ from one kind of CPU to the next, as the network does
figures() { grep -v '^! loci: note' | sed -E 's/^(R2|MAE|RMSE)( +)[-0-9.e+]+/\1\2N/; s/, [-0-9.e+]+ before/, N before/; s/(multiply-adds|roots) +[0-9,]+ per/\1 N per/'; }
try loci export run --to c --name house -o house | figures
try loci export run --to c --mode weights --bits 32 --name house -o floats | figures
grep '^#define HOUSE_OUTPUTS' house/house.h
grep -l classify house/* floats/* || true
loci export run --to c --json --force -o house 2>/dev/null | json 'sorted(j), j["outputs"]'
/usr/bin/python3 -c 'import json; print(sorted(json.load(open("floats/report.json"))))'
if command -v gcc >/dev/null; then
    make -s -C floats CC=gcc | tail -n 1
fi

# there and back, nothing is lost
loci export run --to npz -o net.npz >/dev/null
loci import net.npz -o back.safetensors >/dev/null
cmp run/model.safetensors back.safetensors
try loci export run --to onnx -o net.onnx | sed -E 's/[0-9.]+ k?B$/SIZE/'

# a table's inputs: measurements in floats, or counts in whole numbers
/usr/bin/python3 -c '
import random
draw = random.Random(2)
print("length,width,kind")
for i in range(120):
    print(f"{draw.gauss(30 + 9 * (i % 3), 2):.1f},{draw.gauss(700 - 90 * (i % 3), 20):.1f}," + ("ash", "elm", "oak")[i % 3])' >leaves.csv
head -n 40 leaves.csv >others.csv # so that nothing here hangs on how a table is split
loci train --hidden 4 --data leaves.csv --test others.csv --epochs 5 --quiet --out leaves >/dev/null 2>&1
without_accuracy() { sed -E 's/^(accuracy +).*/\1.../; s/(multiply-adds|roots) +[0-9,]+ per/\1 N per/'; }
try loci export leaves --to c --name leaf -o floats_c | without_accuracy
try loci export leaves --to c --name leaf --input-type int16 --input-unit 0.1 -o counts_c | without_accuracy
grep -h -A 4 'In this order\|What they are\|_input;' counts_c/leaf.h
grep -c 'leaf_scale\|leaf_pixels' floats_c/leaf.h counts_c/leaf.h
loci export leaves --to c --json --force --input-type uint16 --input-unit 0.1,0.1 -o counts_c |
    json 'sorted(j), j["input_type"], j["inputs_scaled"], j["scaling_bytes"]'
if command -v gcc >/dev/null; then
    make -s -C floats_c CC=gcc | tail -n 1
    make -s -C counts_c CC=gcc | tail -n 1
fi
refuse loci export leaves --to c --input-type int16 -o none
refuse loci export leaves --to c --input-type int8 --input-unit 0.1 -o none
refuse loci export leaves --to c --input-type int16 --input-unit 10000 -o none
refuse loci export leaves --to c --input-type int16 --input-unit 1,2,3 -o none
refuse loci export leaves --to c --input-type int16 --input-unit 0 -o none
refuse loci export leaves --to c --input-type int16 --input-unit 1, -o none
refuse loci export leaves --to c --input-type uint6 -o none
refuse loci export leaves --to c --input-unit 0.1 -o none
refuse loci export leaves --to npz --input-type int8 -o none
