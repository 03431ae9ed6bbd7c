"""What acts of positions and charges, or of weights, where a model rounds them: the note "rounding" of docs/format.md."""
import numpy as np


def whole(number, bits, least):
    """Halves away from 0, within what so many bits hold."""
    number = np.clip(number, least, 2 ** (bits - 1) - 1)
    return np.trunc(number + np.copysign(0.5, number))


def sheet_numbers(model, ruler):
    """Of the input pixels [inputs, 1, coordinates], in whole numbers as exported C has them."""
    spec = model.spec
    long = max(spec["height"], spec["width"])
    pitch = 2 * spec["extent"] / long
    rows, columns = np.mgrid[: spec["height"], : spec["width"]]
    finer = 256 / ruler["step"]
    step = int(whole(pitch * finer, 32, -(2**30)))
    numbers = np.zeros((model.values, 1, len(ruler["zero"])), int)
    for x, zero in enumerate(ruler["zero"]):
        side = (spec["width"], spec["height"])[x] if x < 2 else 0
        first = (0.5 - side / 2) * pitch if x < 2 else 0
        places = (columns, rows)[x].ravel() if x < 2 else np.zeros(rows.size, int)
        origin = int(whole((first - zero) * finer, 32, -(2**30))) + 128
        numbers[:, 0, x] = (origin + places * step) >> 8
    return numbers[model.pixels()]


def rounded(model, l, on_sheet, p, c, q, e):
    """Axon positions and charges, dendrite positions and charges of bundle l as they act; charges are as they come where
    there are none. on_sheet: p are the pixels of a sheet."""
    if "position_bits" not in model.rounding:
        return p, c, q, e
    ruler = model.rounding["projections"][l]
    bits, charge_bits = model.rounding["position_bits"], model.rounding["charge_bits"]
    zero, step = np.array(ruler["zero"]), ruler["step"]

    def places(at):
        return (zero + whole((at - zero) / step, bits, -(2 ** (bits - 1))) * step).astype(np.float32)

    def charges(of, key):
        if key not in ruler:
            return of
        return (whole(of / ruler[key], charge_bits, 1 - 2 ** (charge_bits - 1)) * ruler[key]).astype(np.float32)

    p = (zero + sheet_numbers(model, ruler) * step).astype(np.float32) if on_sheet else places(p)
    return p, charges(c, "axon_charge"), places(q), charges(e, "dendrite_charge")


def rounded_weights(model, l, w):
    """The weights of bundle l [n, m] as they act."""
    if "weight_bits" not in model.rounding:
        return w
    unit, bits = model.rounding["projections"][l]["weight"], model.rounding["weight_bits"]
    return whole(w / unit, bits, 1 - 2 ** (bits - 1)) * unit
