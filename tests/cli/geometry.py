#!/usr/bin/python3
"""Says what stands where in a figure:  geometry.py FILE.svg...

Of each: its plots; the marks between their axes by colour, heights as shares of the axis; how many marks are beside
every plot; the legend's samples."""

import re
import sys
import xml.etree.ElementTree as tree
from collections import Counter

NAMES = {"0%,44.7%,69.8%": "blue", "83.5%,36.9%,0%": "vermillion", "0%,62%,45.1%": "green", "35%,35%,35%": "grey",
         "0%,0%,0%": "black", "90.2%,62.4%,0%": "orange"}


def parts(root):
    """Every path outside of glyphs: (style, points)."""
    drawn = [node for node in root if not node.tag.endswith("defs")]
    for node in (path for part in drawn for path in part.iter() if path.tag.endswith("path")):
        style = dict(entry.strip().split(":") for entry in node.get("style").strip(" ;").split(";"))
        numbers = [float(word) for word in re.findall(r"-?[\d.]+", node.get("d"))]
        yield style, list(zip(numbers[::2], numbers[1::2]))


def colour(text):
    return NAMES.get(text.removeprefix("rgb(").removesuffix(")"), "other")


def middle(points):
    xs, ys = zip(*points)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def extent(points):
    xs, ys = zip(*points)
    return max(xs) - min(xs), max(ys) - min(ys)


def main():
    for name in sys.argv[1:]:
        shapes = list(parts(tree.parse(name).getroot()))
        strokes = [(style, points) for style, points in shapes if style.get("stroke", "none") != "none"]
        ups = [points for style, points in strokes if colour(style["stroke"]) == "black"
               and len(points) == 2 and points[0][0] == points[1][0] and extent(points)[1] > 100]
        across = [points for style, points in strokes if colour(style["stroke"]) == "black"
                  and len(points) == 2 and points[0][1] == points[1][1] and extent(points)[0] > 100]
        plots = [(up[0][0], up[0][1], up[0][0] + extent(line)[0], up[1][1]) for up, line in zip(ups, across)]
        top = min((plot[1] for plot in plots), default=0)
        inside, beside = Counter(), 0
        heights = []
        for style, points in shapes:
            if style.get("fill", "none") in ("none", "rgb(100%,100%,100%)") or max(extent(points)) > 14:
                continue
            x, y = middle(points)
            at = [plot for plot in plots if plot[0] - 0.1 <= x <= plot[2] + 0.1 and plot[1] - 0.1 <= y <= plot[3] + 0.1]
            if at:
                inside[colour(style["fill"])] += 1
                heights.append(round((at[0][3] - y) / (at[0][3] - at[0][1]), 2))
            elif y > top and extent(points)[1] != 5:  # above stands the legend; bars of colour are 5 high
                beside += 1
        samples = Counter(colour(style["stroke"]) for style, points in strokes if style["stroke-width"] == "1.2"
                          and len(points) == 2 and abs(extent(points)[0] - 18) < 0.01 and extent(points)[1] == 0)
        print(f"{name}: lines of the legend {dict(sorted(samples.items()))}")
        if plots:
            print(f"  {len(plots)} plots, marks {dict(sorted(inside.items()))}, {beside} beside")
        if 0 < len(heights) <= 12:
            print(f"  heights {sorted(heights)}")


main()
