"""The benchmark of writing checks its answers, and knows when a target is missed."""

import pytest
import torch

from aiassist.ml import batching
from tests.bench import content, content_local


@pytest.fixture(scope="module")
def world():
    return content_local.make_world(64, 1)


def test_the_ways_of_writing_are_compared_before_they_are_timed(world, monkeypatch):
    lm, work = world
    assert content_local.check_answers(lm, work) == content_local.N_AT_ONCE

    def other(model, prompts, limits, ends, *, n_at_once):
        return [[1] * limit for limit in limits]

    monkeypatch.setattr(batching, "continuous", other)
    with pytest.raises(AssertionError, match="other texts than one by one"):
        content_local.check_answers(lm, work)


def test_lengths_are_ragged_as_those_of_real_texts(world):
    _lm, work = world
    assert len(work.prompts) == content_local.N_RAGGED
    assert max(work.lengths) > 3 * min(work.lengths)


def test_the_bandwidth_is_that_of_reading_each_weight_once(monkeypatch):
    monkeypatch.setattr(content_local, "READ_BYTES", 16 << 20)
    found = content_local.read_bandwidth(torch.device("cpu"), torch.float32)
    assert 1e8 < found < 1e13


def test_missed_targets_are_named():
    good = {"batched_vs_one_by_one": 4, "continuous_vs_static": 1.3, "overhead_vs_bare_client": 1.0}
    assert content.missed(good) == []
    assert content.missed({**good, "continuous_vs_static": 1.1}) == ["continuous_vs_static"]
    assert content.missed({**good, "overhead_vs_bare_client": 1.2}) == ["overhead_vs_bare_client"]
