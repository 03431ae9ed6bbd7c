#!/usr/bin/python3
"""The peer of `loci train dense-mlp-2048`: a conventional network in PyTorch, nn.Linear and nothing else."""

import torch

import torch_common


def dense_mlp(spec, arrays):
    assert (spec["wiring"], spec["logit_scale"]) == ("dense", 1)
    layers = []
    for l in range(len(spec["hidden"]) + 1):
        weight = arrays[f"pair{l}.weight"]  # [n, m]
        layers += [torch.nn.Linear(*weight.shape), torch.nn.ReLU()]
        layers[-2].weight.data = weight.t().contiguous()
        layers[-2].bias.data = arrays[f"layer{l + 1}.bias"]
    return torch.nn.Sequential(*layers[:-1])


if __name__ == "__main__":
    options = torch_common.parser(__doc__).parse_args()
    torch.set_num_threads(options.threads)
    torch_common.main(dense_mlp(*torch_common.read_loci(options.model)), options)
