#!/usr/bin/python3
"""Writes a table of sensor counts:  sensors.py [--unit U] FILE.csv

A mat of 8 x 8 pressure sensors behind a 12-bit converter, on which somebody sits in one of five ways: each sensor has
an offset and a gain of its own, and noise. A row a reading, 64 columns of counts and the posture; always the same
rows. --unit: not counts, but what is measured, of which a count is U.
"""
import argparse
import csv
import math
import random

SIDE, ROWS = 8, 1500
POSTURES = {"upright": (3.5, 3.5), "left": (3.5, 1.8), "right": (3.5, 5.2), "forward": (1.8, 3.5), "empty": None}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--unit", type=float)
    arguments = parser.parse_args()
    draw = random.Random(1)
    sensors = [(draw.uniform(150, 900), draw.uniform(600, 2400)) for _ in range(SIDE * SIDE)]
    names = [f"row {y} column {x}" for y in range(SIDE) for x in range(SIDE)]
    with open(arguments.file, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*names, "posture"])
        for _ in range(ROWS):
            posture = draw.choice(list(POSTURES))
            place = POSTURES[posture]
            weight, shift = draw.uniform(0.5, 1), (draw.gauss(0, 0.5), draw.gauss(0, 0.5))
            row = []
            for i, (offset, gain) in enumerate(sensors):
                pressure = 0
                if place:
                    away = (i // SIDE - place[0] - shift[0]) ** 2 + (i % SIDE - place[1] - shift[1]) ** 2
                    pressure = weight * math.exp(-away / 6)
                count = min(max(round(offset + gain * pressure + draw.gauss(0, 30)), 0), 4095)
                row.append(f"{count * arguments.unit:.9g}" if arguments.unit else count)
            table.writerow([*row, posture])


if __name__ == "__main__":
    main()
