"""Generators of the fixtures. Each module has `FIXTURES`: names, and functions of (name, module, seed)
that return a `Fixture`."""
from . import (batches, clusters, features, fidelity, inference, layers, losses, metrics, mixup, network, operations,
               optimizer, packed, perturbation, pretrained, projections, protocol, randomness, recordings, training)

FAMILIES = [(m.__name__.rpartition(".")[2] + ".py", m.FIXTURES)
            for m in (recordings, features, mixup, perturbation, operations, packed, layers, network, pretrained, losses,
                      optimizer, protocol, batches, training, metrics, inference, clusters, projections, fidelity,
                      randomness)]
