"""Layers of maps of a Loci model, "Layers of maps" of docs/format.md: their grids, where senders stand on them, and what a
stencil brings. read_model.py reads the rest."""
import numpy as np


def of_pair(values, l):
    """A list goes on with its last entry."""
    return values[min(l, len(values) - 1)]


def grids(spec, channels):
    """Rows, columns and maps of the image and of each layer of maps."""
    found = [(spec["height"], spec["width"], channels)] if spec["maps"] else []
    for l, maps in enumerate(spec["maps"]):
        stride, pool = of_pair(spec["stride"], l), of_pair(spec["pool"], l)
        found.append((*(-(-side // stride) // pool for side in found[-1][:2]), maps))
    return found


def over_places(model, l, values):
    """What maps share, for each of the senders of pair l: their places, row by row."""
    window = of_pair(model.spec["window"], l)
    rows, columns = (window, window) if l < len(model.spec["maps"]) else model.grids[l][:2]
    return rows, columns, np.tile(values, (rows * columns, *[1] * (values.ndim - 1)))


def stands(model, l):
    """Positions of senders on a grid, [n, 1, coordinates]: places in pitches, and what their maps have."""
    shared = model.arrays.get(f"pair{l}.axon.position", np.zeros((1, 1, 0), np.float32))
    rows, columns, own = over_places(model, l, shared)
    y, x = np.mgrid[:rows, :columns].reshape(2, -1).repeat(len(shared), axis=1)
    at = np.stack([x - (columns - 1) / 2, y - (rows - 1) / 2], axis=-1)[:, None]
    return np.concatenate([at.astype(np.float32), own], axis=-1)


def laid(model, l, stencil, x):
    """What a stencil laid over the places of x [..., n] brings, [..., m]: of a square that is pooled the largest."""
    spec, (height, width, maps), window = model.spec, model.grids[l], of_pair(model.spec["window"], l)
    stride, pool, (rows, columns, m) = of_pair(spec["stride"], l), of_pair(spec["pool"], l), model.grids[l + 1]
    k, around = stencil.reshape(window, window, maps, m), (window - 1) // 2
    edged = np.pad(x.reshape(-1, height, width, maps), ((0, 0), (around, around), (around, around), (0, 0)))
    u = sum(edged[:, dy : dy + height : stride, dx : dx + width : stride] @ k[dy, dx]
            for dy in range(window) for dx in range(window))
    u = u[:, : rows * pool, : columns * pool].reshape(-1, rows, pool, columns, pool, m).max((2, 4))
    return u.reshape(*x.shape[:-1], -1)
