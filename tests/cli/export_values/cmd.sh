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
