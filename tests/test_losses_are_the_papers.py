"""Losses vanish for the truth alone, and are joined as the paper has it."""

from __future__ import annotations

import pytest
import torch

from train.fitting.losses import JointLoss, detection_loss, separation_loss
from train.recipe import Objective


@pytest.mark.parametrize("error", ["squared", "absolute", "relative"])
def test_losses_vanish_for_the_truth_and_only_there(error: str) -> None:
    magnitude, mask = torch.rand(2, 5, 257), torch.rand(2, 5, 257)
    batch = {
        "mixture": torch.log1p(magnitude),
        "vocals": torch.log1p(mask * magnitude),
        "accompaniment": torch.log1p((1 - mask) * magnitude),
        "has_stems": torch.ones(2),
    }
    total, count = separation_loss(mask, batch, error)
    assert float(total / count) < 1e-6
    total, count = separation_loss(1 - mask, batch, error)
    assert float(total / count) > 1e-3
    batch["has_stems"] = torch.tensor([1.0, 0.0])
    half, half_count = separation_loss(1 - mask, batch, error)
    assert float(half_count) == float(count) / 2
    assert float(half) < float(total)

    activity = torch.tensor([[0.0, 1.0, -1.0]])
    right, wrong = torch.tensor([[-20.0, 20.0, 20.0]]), torch.tensor([[20.0, -20.0, 20.0]])
    assert float(detection_loss(right, activity)[0]) < 1e-6
    assert float(detection_loss(wrong, activity)[0]) > 10
    assert float(detection_loss(right, activity)[1]) == 2


def test_modes_join_the_losses_as_the_paper_has_it() -> None:
    parts = torch.tensor(2.0), torch.tensor(10.0), torch.tensor(1.0)
    expected = {"separation": 2.0, "substitution": 2.0, "detection": 10.0, "both": 0.9 * 2 + 1}
    for mode, value in expected.items():
        assert float(JointLoss(Objective(mode))(*parts)) == pytest.approx(value)
    assert float(JointLoss(Objective("separation", leakage=0.3))(*parts)) == pytest.approx(2.3)
    likelihood = JointLoss(Objective("likelihood"))
    loss = likelihood(*parts)
    loss.backward()
    assert loss.item() == pytest.approx(0.5 * 2 + 10)
    # At a zero gradient the variances equal the losses.
    with torch.no_grad():
        likelihood.log_variances.copy_(torch.log(torch.tensor([2.0, 20.0])))
    likelihood.zero_grad()
    likelihood(*parts).backward()
    torch.testing.assert_close(likelihood.log_variances.grad, torch.zeros(2))
