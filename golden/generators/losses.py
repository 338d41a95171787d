"""The losses: values and gradients, from PyTorch in float64.

KL divergence, cross-entropy (focal loss with gamma 0) and unit rows are PyTorch's own functions;
focal loss, center loss and supervised contrastive loss, which it does not have, are written from
their papers' formulas as explicit loops and differentiated by PyTorch.
"""
import numpy as np
import torch
import torch.nn.functional as F

from .fixture import Fixture

REASONS = {
    "once": "computed in double precision from float32 inputs and rounded once: one rounding; 2 leave room "
            "for nothing else but the order of the sums",
    "gradient": "computed in double precision and rounded once, then multiplied by the gradient that flows "
                "in, which rounds again: two roundings; 3 leave room for the order of the sums",
    "centers": "the terms of a center are rounded once each, added in single precision and multiplied by "
               "the gradient that flows in: five roundings of the sum of their magnitudes",
    "contrast": "similarities are float32 dot products of unit rows, one rounding of 1 at least; divided by "
                "the temperature they move each logarithm by as much: four such roundings",
    "contrastSlope": "the similarities' error moves each weight by its own size over the temperature, and "
                     "products of [B, B] with [B, E] add in single precision: four roundings of the sum of "
                     "magnitudes in which each weight counts 1 + 1/temperature times",
    "rawSlope": "as for unit rows, whose own float32 rounding the similarities feel twice, divided by the "
                "row's length: six roundings",
    "unit": "the length is computed in double precision and the quotient rounded once: 2 roundings of the "
            "element itself",
    "unitSlope": "the projection on the row uses the row as rounded to float32, one rounding of the gradient "
                 "that flows in, and the quotient rounds again: 3 roundings, over the row's length",
    "index": "class indices",
}


def targets(random, b, k, kind):
    """Label distributions: one-hot, mixed of two, smoothed, or with class k-1 absent."""
    one_hot = np.eye(k)[random.integers(0, k - 1 if kind == "absent" else k, b)]
    if kind == "mixed":
        share = random.uniform(0, 0.5, (b, 1))
        return (1 - share) * one_hot + share * np.eye(k)[random.integers(0, k, b)]
    if kind == "smooth":
        return 0.9 * one_hot + 0.1 / k
    return one_hot


def inflow(fixture, case):
    """The gradient that flows into the loss: a weight of the sum of losses."""
    value = fixture.random("inflow", case.name).uniform(0.5, 2)
    return float(case.input("dLoss", np.array(value)))


def classification(fixture, name, operation, logits, y, loss, **parameters):
    case = fixture.case(name, operation, **parameters)
    x = torch.tensor(case.input("logits", logits), requires_grad=True)
    value = loss(x, torch.tensor(case.input("targets", y)))
    value.backward()
    case.expect_single("loss", value.item(), 2, "once")
    case.expect_single("dLogits", inflow(fixture, case) * x.grad.numpy(), 3, "gradient")


def kl(x, y):
    return torch.nn.KLDivLoss(reduction="batchmean")(F.log_softmax(x, 1), y)


def focal(gamma):
    def loss(x, y):
        log_p = F.log_softmax(x, 1)
        # 1 - p as the sum of the others' probabilities: exact where p is near 1.
        others = torch.stack([log_p[:, [j for j in range(x.shape[1]) if j != k]].logsumexp(1).exp()
                              for k in range(x.shape[1])], 1)
        return (y * others ** gamma * -log_p).sum(1).mean()
    return F.cross_entropy if gamma == 0 else loss


def center(fixture, name, embeddings, centers, labels):
    case = fixture.case(name, "center")
    f = torch.tensor(case.input("embeddings", embeddings), requires_grad=True)
    c = torch.tensor(case.input("centers", centers), requires_grad=True)
    labels = case.input("labels", labels, np.int64)
    distances = [((f[b] - c[y]) ** 2).sum().clamp(1e-12, 1e12) for b, y in enumerate(labels)]
    value = torch.stack(distances).mean()
    value.backward()
    weight = inflow(fixture, case)
    case.expect_single("loss", value.item(), 2, "once")
    case.expect_single("dEmbeddings", weight * f.grad.numpy(), 3, "gradient")
    magnitudes = np.zeros(c.shape)
    np.add.at(magnitudes, labels, np.abs(weight * f.grad.numpy()))
    case.expect_single("dCenters", weight * c.grad.numpy(), 5, "centers", scale=magnitudes.max())


def khosla(g, labels, temperature):
    """Khosla et al. 2020, equation 2, divided by the batch; an anchor without positives gives 0."""
    b, total = len(labels), g.sum() * 0
    for i in range(b):
        others = [a for a in range(b) if a != i]
        positives = [p for p in others if labels[p] == labels[i]]
        for p in positives:
            denominator = sum(torch.exp(g[i] @ g[a] / temperature) for a in others)
            total = total - torch.log(torch.exp(g[i] @ g[p] / temperature) / denominator) / len(positives)
    return total / b


def slope_scale(g, labels, temperature):
    """The sum of magnitudes behind a gradient of supCon, each weight times 1 + 1/temperature."""
    b = len(labels)
    weights = np.zeros((b, b))
    for i in range(b):
        positive = [labels[a] == labels[i] and a != i for a in range(b)]
        if any(positive):
            e = np.exp(g[i] @ g.T / temperature)
            e[i] = 0
            weights[i] = e / e.sum() * (1 + 1 / temperature) + np.array(positive) / sum(positive)
    return ((weights + weights.T) @ np.abs(g)).max() / (b * temperature)


def contrast(fixture, name, operation, x, labels, temperature):
    """`operation`: supcon, on unit rows as they are, or supconRaw, on rows made unit first."""
    case = fixture.case(name, operation, temperature=temperature)
    x = torch.tensor(case.input("embeddings", x), requires_grad=True)
    labels = case.input("labels", labels, np.int64)
    raw = operation == "supconRaw"
    g = F.normalize(x, dim=1, eps=1e-12) if raw else x
    value = khosla(g, labels, temperature)
    value.backward()
    weight, unit = inflow(fixture, case), g.detach().numpy()
    least = x.detach().norm(dim=1).min().item() if raw else 1
    scale = weight * slope_scale(unit, labels, temperature)
    case.expect_single("loss", value.item(), 4, "contrast", scale=1 / temperature if value.item() else 0)
    case.expect_single("dEmbeddings", weight * x.grad.numpy(), 6 if raw else 4,
                       "rawSlope" if raw else "contrastSlope", scale=scale / least)


def contrasts(fixture):
    groups = {"all positive": [3] * 6, "none positive": [4, 1, 0, 2, 3], "one": [2], "two alike": [1, 1],
              "a lone anchor": [0, 1, 1, 2, 0, 1, 2, 4], "sixteen": None}
    for label, labels in groups.items():
        for temperature in (0.07, 0.5, 1.0):
            random = fixture.random("supcon", label, temperature)
            drawn = random.integers(0, 4, 16) if labels is None else labels
            x = random.normal(size=(len(drawn), 12))
            unit = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)
            contrast(fixture, f"supcon {temperature} {label}", "supcon", unit, drawn, temperature)
            x *= random.uniform(0.5, 4, (len(drawn), 1))
            contrast(fixture, f"supcon of raw rows {temperature} {label}", "supconRaw", x, drawn, temperature)


def unit_rows(fixture, name, x):
    case = fixture.case(name, "unitRows")
    x = torch.tensor(case.input("x", x), requires_grad=True)
    d_output = case.input("dOutput", fixture.random("dOutput", name).normal(size=x.shape))
    unit = F.normalize(x, dim=1, eps=1e-12)
    unit.backward(torch.tensor(d_output))
    lengths = x.detach().norm(dim=1).clamp(min=1e-12).numpy()
    flow = np.linalg.norm(d_output, axis=1)
    case.expect_single("unit", unit.detach().numpy(), 2, "unit", scale=0)
    case.expect_single("dX", x.grad.numpy(), 3, "unitSlope", scale=(flow / lengths).max())


def make_losses(name, module, seed):
    fixture = Fixture(
        name, "KL divergence, focal, center and supervised contrastive loss and their gradients, with "
        "hard and soft targets, absent classes, extreme logits, a batch of one, lone anchors and distances "
        "beyond the bounds; the class of the greatest share", ["torch", "numpy"], module, seed)
    for key, text in REASONS.items():
        fixture.reason(key, text)
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
    for label, labels in [("all classes", [0, 3, 1, 2, 2, 0, 3, 1]), ("absent class", [0, 3, 1, 0]),
                          ("one utterance", [2]), ("one class", [1] * 6)]:
        random = fixture.random("center", label)
        embeddings, centers = random.normal(size=(len(labels), 8)), random.normal(size=(4, 8))
        center(fixture, f"center {label}", embeddings, centers, labels)
    # Distances 0, 2.5e-13 (held up), 9e-12, 9e11, and 4e12 (held down); one of each alone, then together.
    random = fixture.random("center", "bounds")
    anchors = np.round(random.normal(size=(5, 1)) * 4) / 4 * np.array([[1], [0], [0], [0], [0]])
    far = anchors + np.array([[0], [5e-7], [3e-6], [np.sqrt(9e11)], [2e6]])
    for label, chosen in [("at its center", [0]), ("nearer than the least", [1]), ("near", [2]),
                          ("far", [3]), ("farther than the greatest", [4]),
                          ("at all bounds", [0, 1, 2, 3, 4])]:
        center(fixture, f"center {label}", far[chosen], anchors, chosen)
    contrasts(fixture)
    random = fixture.random("unit")
    unit_rows(fixture, "unit rows", random.normal(size=(6, 5)) * random.uniform(0.1, 50, (6, 1)))
    unit_rows(fixture, "unit rows of nothing", np.zeros((1, 3)))
    unit_rows(fixture, "unit rows below the least length", random.normal(size=(1, 3)) * 1e-14)
    for k in (1, 2, 5, 8):
        case = fixture.case(f"greatest of {k}", "greatest")
        # Few different values, so that rows have equal greatest elements: the first counts.
        shares = case.input("shares", random.integers(0, 3, (24, k)) / 4)
        case.expect_equal("labels", np.argmax(shares, axis=1), "index")
    return fixture


FIXTURES = [("losses", make_losses)]
