"""The four losses: values and gradients, from PyTorch in float64."""
import numpy as np
import torch
import torch.nn.functional as F

from .fixture import Fixture

B_REASON = ("the loss itself is computed in double precision from float32 inputs and rounded once; "
            "8 roundings leave room for the order of its sums")
G_REASON = ("gradients are computed in double precision and rounded once, then multiplied by the "
            "gradient that flows in; 8 roundings of the greatest element")


def targets(random, b, k, kind):
    """Label distributions: one-hot, mixed of two, smoothed, or with class k-1 absent."""
    one_hot = np.eye(k)[random.integers(0, k - 1 if kind == "absent" else k, b)]
    if kind == "mixed":
        share = random.uniform(0, 0.5, (b, 1))
        return (1 - share) * one_hot + share * np.eye(k)[random.integers(0, k, b)]
    if kind == "smooth":
        return 0.9 * one_hot + 0.1 / k
    return one_hot


def classification(fixture, name, operation, logits, y, loss, **parameters):
    case = fixture.case(name, operation, **parameters)
    x = torch.tensor(case.input("logits", logits), requires_grad=True)
    value = loss(x, torch.tensor(case.input("targets", y)))
    value.backward()
    case.expect_single("loss", value.item(), 8, "loss")
    case.expect_single("dLogits", x.grad.numpy(), 8, "gradient")


def kl(x, y):
    return torch.nn.KLDivLoss(reduction="batchmean")(F.log_softmax(x, 1), y)


def focal(gamma):
    def loss(x, y):
        log_p = F.log_softmax(x, 1)
        # 1 - p as the sum of the others' probabilities: exact where p is near 1.
        others = torch.stack([log_p[:, [j for j in range(x.shape[1]) if j != k]].logsumexp(1).exp()
                              for k in range(x.shape[1])], 1)
        return (y * others ** gamma * -log_p).sum(1).mean()
    return loss


def make_losses(name, module, seed):
    fixture = Fixture(
        name, "KL divergence, focal, center and supervised contrastive loss and their gradients, with "
        "hard and soft targets, absent classes, extreme logits, a batch of one and lone anchors",
        ["torch", "numpy"], module, seed)
    fixture.reason("loss", B_REASON)
    fixture.reason("gradient", G_REASON)
    for kind, b, k in [("hard", 16, 8), ("mixed", 7, 4), ("smooth", 16, 4), ("absent", 5, 3),
                       ("mixed", 1, 7), ("hard", 1, 2)]:
        random = fixture.random(kind, b)
        logits, y = random.normal(size=(b, k)) * 3, targets(random, b, k, kind)
        label = f"{kind} {b}x{k}"
        classification(fixture, f"kl {label}", "kl", logits, y, kl)
        for gamma in (2.0, 0.0, 1.0, 0.5):
            classification(fixture, f"focal {gamma} {label}", "focal", logits, y, focal(gamma), gamma=gamma)
    random = fixture.random("extreme")
    extreme = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [1e4, 1e4, 1e4], [0, 0, 0], [88, -88, 0]])
    for kind in ("hard", "smooth"):
        y = targets(random, 5, 3, kind)
        classification(fixture, f"kl extreme {kind}", "kl", extreme, y, kl)
        classification(fixture, f"focal extreme {kind}", "focal", extreme, y, focal(2.0), gamma=2.0)
    return fixture


FIXTURES = [("losses", make_losses)]
