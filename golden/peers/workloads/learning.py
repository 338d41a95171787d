"""The four losses and a step of optimisation in PyTorch, for every network here."""
import torch
import torch.nn.functional as F

BETAS, EPSILON, TEMPERATURE, CENTER, CONTRAST = (0.9, 0.98), 1e-9, 0.07, 0.002, 0.1


def smoothed(y, classes, share):
    """Targets of which `share` is spread evenly over all classes."""
    return F.one_hot(y, classes).float() * (1 - share) + share / classes


def divergence(logits, targets):
    return F.kl_div(logits.log_softmax(1), targets, reduction="batchmean")


def multi_loss(f, logits, u, centers, y, targets):
    """KL + focal + 0.002 center + 0.1 supervised contrastive loss.

    f: embeddings [B, E]; u: unit vectors [B, E] that are contrasted; targets: [B, K].
    """
    logp = logits.log_softmax(1)
    total = F.kl_div(logp, targets, reduction="batchmean")
    total = total + (targets * (1 - logp.exp()) ** 2 * -logp).sum(1).mean()
    total = total + CENTER * ((f - centers[y]) ** 2).sum(1).clamp(1e-12, 1e12).mean()
    similarity = (u @ u.T / TEMPERATURE).masked_fill(torch.eye(len(y), dtype=torch.bool), -1e9)
    positive = (y[:, None] == y[None]) & ~torch.eye(len(y), dtype=torch.bool)
    logq = similarity.log_softmax(1)
    anchors = -(logq * positive).sum(1) / positive.sum(1).clamp(min=1)
    return total + CONTRAST * anchors.mean()


def optimisers(network, centers, decay=1e-2):
    """AdamW for the network, Adam at a rate of its own for the centers."""
    return (torch.optim.AdamW(network.parameters(), lr=1e-4, betas=BETAS, eps=EPSILON, weight_decay=decay),
            torch.optim.Adam([centers], lr=5e-3, betas=BETAS, eps=EPSILON))


def take_step(total, optimisers, greatest_norm=None):
    """Backward from the loss `total`, the whole gradient held to a norm, both optimisers."""
    for optimiser in optimisers:
        optimiser.zero_grad()
    total.backward()
    if greatest_norm:
        parameters = [p for optimiser in optimisers for group in optimiser.param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(parameters, greatest_norm)
    for optimiser in optimisers:
        optimiser.step()
