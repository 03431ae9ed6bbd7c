#!/usr/bin/python3
"""The peer of `loci train arbor-snn-10k`: the wiring of arbor_mlp_torch.py with the spiking neurons of snn_torch.py.

Weights are made once a batch, with the derivative by hand. --product says where the input layer's product stands.
"""

import torch

import snn_torch
import torch_common
from arbor_mlp_torch import ArborWiring, Weights, shifted


class ArborSNN(ArborWiring):
    def __init__(self, spec, arrays, outside):
        super().__init__(spec, arrays, Weights.apply)
        self.neurons = snn_torch.Neurons(spec, outside)

    def forward(self, images):
        return self.neurons(images, [self.weight(pair).t() for pair in range(self.pairs)], self.bias)


if __name__ == "__main__":
    parser = torch_common.parser(__doc__)
    snn_torch.add_product(parser)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch_common.main(ArborSNN(*torch_common.read_loci(options.model), options.product == "outside"), options, shifted)
