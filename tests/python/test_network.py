"""Networks as Python objects."""

import numpy
import pytest

import loci


def small(**given):
    """A network of 4 inputs and 3 outputs."""
    return loci.Network(inputs=4, hidden=(8,), outputs=3, dendrite_sites=4, **given)


def test_a_network_is_a_mapping_of_writable_views():
    net = small()
    x = numpy.linspace(0, 1, 12, dtype=numpy.float32).reshape(3, 4)
    before = net(x)
    net["pair0.dendrite.position"][...] += 0.5
    assert not numpy.array_equal(net(x), before)
    assert sum(tensor.size for tensor in net.values()) == net.parameters.size


def test_a_misspelt_option_has_a_nearest_name():
    with pytest.raises(TypeError, match="did you mean 'hidden'"):
        loci.Network(hiden=(8,))
