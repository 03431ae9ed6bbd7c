#!/usr/bin/python3
"""The peer of `loci train paper-snn`: the paper's spiking network in PyTorch, both ways a user writes it.

The wiring of paper_mlp_torch.py, made once a batch, and the neurons of snn_torch.py.

--product inside: the input layer stands in the time loop, as in every tutorial. --product outside: a constant
input's current is computed once a batch. --coding poisson: a pixel spikes with its value as probability, anew in
each step.
"""

import torch

import snn_torch
import torch_common
from paper_mlp_torch import PaperWiring


class PaperSNN(PaperWiring):
    def __init__(self, spec, arrays, outside, poisson):
        super().__init__(spec, arrays)
        self.neurons = snn_torch.Neurons(spec, outside, poisson)

    def forward(self, images):
        return self.neurons(images, [self.weight(pair) for pair in range(self.pairs)], self.bias)


if __name__ == "__main__":
    parser = torch_common.parser(__doc__)
    snn_torch.add_product(parser)
    parser.add_argument("--coding", choices=["constant", "poisson"], default="constant")
    options = parser.parse_args()
    if options.coding == "poisson" and options.product == "outside":
        parser.error("Poisson input changes from step to step: its product stands inside the loop")
    torch.set_num_threads(options.threads)
    torch_common.main(PaperSNN(*torch_common.read_loci(options.model), options.product == "outside",
                               options.coding == "poisson"), options)
