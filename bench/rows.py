"""What is measured: the networks, their peers, and the limits that the figures are held against."""

import dataclasses


@dataclasses.dataclass
class Peer:
    title: str
    command: list  # the script and its options
    batches: int = 100  # timed ones
    warm_up: int = 10


@dataclasses.dataclass
class Row:
    """Training epochs of a preset."""
    name: str
    title: str
    preset: str
    peers: list
    batch: int = 600
    lr: float = 0.005
    hidden: int = 2048
    options: list = dataclasses.field(default_factory=list)  # Loci's, beyond the preset
    images: int = 60000  # of an epoch that Loci is timed for
    products: int = 1  # how often the input layer's two products are needed a batch, in the dense floor


HAND, AUTOGRAD, LAYERS = "gradient by hand", "autograd", "nn.Linear"
LOOP, HOISTED = "layer inside the time loop", "input product taken out of it"
ROWS = [
    Row("paper-mlp", "paper-mlp", "paper-mlp", [Peer(HAND, ["paper_mlp_torch.py"])]),
    Row("dense-mlp-2048", "dense-mlp-2048", "dense-mlp-2048", [Peer(LAYERS, ["dense_mlp_torch.py"])], lr=0.001),
    Row("arbor-mlp-10k", "arbor-mlp-10k", "arbor-mlp-10k", [
        Peer(HAND, ["arbor_mlp_torch.py", "--derivative", "hand"], batches=60, warm_up=5),
        Peer(AUTOGRAD, ["arbor_mlp_torch.py", "--derivative", "autograd"], batches=60, warm_up=5)],
        batch=128, lr=0.02, hidden=192),
    Row("paper-snn", "paper-snn, constant current", "paper-snn", [
        Peer(LOOP, ["paper_snn_torch.py", "--product", "inside"], batches=5, warm_up=1),
        Peer(HOISTED, ["paper_snn_torch.py", "--product", "outside"], batches=5, warm_up=1)]),
    Row("paper-snn-poisson", "paper-snn, Poisson input", "paper-snn",
        [Peer(LOOP, ["paper_snn_torch.py", "--coding", "poisson"], batches=5, warm_up=1)],
        options=["--coding", "poisson"], images=3000, products=25),
    Row("arbor-snn-10k", "arbor-snn-10k", "arbor-snn-10k", [
        Peer(LOOP, ["arbor_snn_torch.py", "--product", "inside"], batches=30, warm_up=3),
        Peer(HOISTED, ["arbor_snn_torch.py", "--product", "outside"], batches=30, warm_up=3)],
        batch=128, lr=0.02, hidden=192),
]
BY_NAME = {row.name: row for row in ROWS}

SCALED = ["paper-mlp", "paper-snn", "arbor-mlp-10k"]  # rows timed on one thread and on two

# Inference of a network that is not pruned, one image and many in one call.
INFERENCE_NET, INFERENCE_IMAGES = "arbor-mlp-10k", 10000
PREPARED, MODULE, ANEW = "three matrices made once", "the same in nn.Sequential", "weights from positions in each call"
INFERENCE_PEERS = [Peer(PREPARED, ["inference_torch.py", "--weights", "prepared"]),
                   Peer(MODULE, ["inference_torch.py", "--weights", "module"]),
                   Peer(ANEW, ["inference_torch.py", "--weights", "anew"])]

# Networks at 95% sparsity: what they are trained with, epochs, and what they are pruned with afterwards.
SPARSITY = 0.95
PRUNED = {
    "arbor-mlp-10k": (["--range", "-1", "--prune", f"gradual:{SPARSITY}", "--prune-by", "range", "--prune-ramp", "0.8"],
                      8, None),
    "paper-mlp": ([], 1, []),
    "dense-mlp-2048": ([], 1, []),
}

# Where running on lists of connections should begin to pay: shares of connections kept.
LISTED, DENSITIES = ["arbor-mlp-10k", "paper-mlp"], [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4]


@dataclasses.dataclass
class Effort:
    """How long to measure for."""
    turns: int = 3
    scaling_turns: int = 5
    list_turns: int = 5
    epochs: int = 2  # Loci's, a turn
    images: int = 60000  # of an epoch, at most
    batches: int = 1000000  # PyTorch's, a turn, at most
    floor_batches: int = 20
    seconds: float = 1.0  # of inference, a turn
    list_images: int = 30000
    densities: list = dataclasses.field(default_factory=lambda: DENSITIES)


QUICK = Effort(turns=1, scaling_turns=1, list_turns=1, epochs=1, images=1200, batches=1, floor_batches=1, seconds=0.02,
               list_images=1200, densities=[0.2])
