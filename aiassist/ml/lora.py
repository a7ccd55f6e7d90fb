"""Teach a model a manner of writing: low-rank additions to its layers, the model itself unchanged.

Training goes in a fixed order given by the seed, and everything it needs to go on is in a
checkpoint: a run that was killed and resumed ends with the weights of one that was not.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy

STATE = "state.safetensors"


@dataclass(frozen=True)
class Example:
    prompt: tuple[int, ...]
    answer: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """How to train; the defaults are the usual ones for small sets of examples."""

    rank: int = 16
    alpha: int = 32
    rate: float = 2e-4
    n_epochs: int = 3
    batch_size: int = 4
    max_tokens: int = 1536
    seed: int = 0

    def n_steps(self, n_examples: int) -> int:
        return self.n_epochs * -(-n_examples // self.batch_size)


class Trainer:
    """One training of one adapter over a loaded model."""

    def __init__(self, model: Any, examples: Sequence[Example], plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        self.examples, self.plan, self.base = examples, plan, model
        config = LoraConfig(
            r=plan.rank, lora_alpha=plan.alpha, target_modules="all-linear", lora_dropout=0.0,
            bias="none", task_type="CAUSAL_LM",
        )  # fmt: skip
        self.model = get_peft_model(model, config)
        self.weights = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.weights, lr=plan.rate, weight_decay=0.0)
        self.n_done = 0
        self.losses: list[float] = []

    @property
    def n_steps(self) -> int:
        return self.plan.n_steps(len(self.examples))

    def train(self, after_step: Callable[[int, float], None]) -> None:
        """Go on from where it stands; `after_step(n_done, loss)` may raise to stop."""
        self.model.train()
        for n, batch in enumerate(self.batches(), start=1):
            if n <= self.n_done:
                continue
            loss = self.step(batch)
            self.n_done = n
            self.losses.append(round(loss, 4))
            after_step(n, loss)
        self.model.eval()

    def batches(self) -> Iterator[list[Example]]:
        rng = random.Random(self.plan.seed)
        for _epoch in range(self.plan.n_epochs):
            order = list(range(len(self.examples)))
            rng.shuffle(order)
            for start in range(0, len(order), self.plan.batch_size):
                yield [self.examples[i] for i in order[start : start + self.plan.batch_size]]

    def step(self, batch: list[Example]) -> float:
        """One step on the answers' tokens; the rate rises over the first tenth, then falls."""
        ids, labels, mask = rectangle(batch, self.plan.max_tokens, self.base.device)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * _slope(self.n_done / max(1, self.n_steps))
        logits = self.model(input_ids=ids, attention_mask=mask).logits[:, :-1].float()
        loss = cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.item()

    # --- Keeping -----------------------------------------------------------------------------

    def save_adapter(self, folder: Path) -> None:
        """The adapter alone, as safetensors and JSON."""
        self.model.save_pretrained(folder, safe_serialization=True)

    def checkpoint(self, folder: Path) -> None:
        """All that is needed to go on; written beside and then moved, so that none is half."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {f"w.{name}": t for name, t in get_peft_model_state_dict(self.model).items()}
        for n, weight in enumerate(self.weights):
            for name, value in self.optimizer.state.get(weight, {}).items():
                state[f"o.{n}.{name}"] = value
        fresh = folder / f"{STATE}.new"
        save_file({name: t.contiguous() for name, t in state.items()}, fresh, self._place())
        fresh.replace(folder / STATE)

    def _place(self) -> dict[str, str]:
        # In the same file as the weights: two files could be of two moments.
        return {
            "n_done": str(self.n_done), "losses": json.dumps(self.losses), "run": self._run()
        }  # fmt: skip

    def _run(self) -> str:
        return json.dumps([asdict(self.plan), len(self.examples)], sort_keys=True)

    def resume(self, folder: Path) -> bool:
        """Go back to the last checkpoint, if there is one of this very run."""
        from safetensors import safe_open

        path = folder / STATE
        if not path.is_file():
            return False
        with safe_open(path, framework="pt") as opened:
            place = opened.metadata() or {}
        if place.get("run") != self._run():
            return False
        state = load_file(path, device=str(self.base.device))
        weights = {k.removeprefix("w."): t for k, t in state.items() if k.startswith("w.")}
        set_peft_model_state_dict(self.model, weights)
        for n, weight in enumerate(self.weights):
            start = f"o.{n}."
            mine = {k.removeprefix(start): t for k, t in state.items() if k.startswith(start)}
            self.optimizer.state[weight].update(mine)
        self.n_done, self.losses = int(place["n_done"]), json.loads(place["losses"])
        return True

    def unload(self) -> None:
        """Leave the model as it was."""
        self.model.unload()


def rectangle(
    batch: Sequence[Example], max_tokens: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(ids, labels, mask), each (B, T), padded on the right; prompts are read, not learnt.

    A prompt that leaves no room for its answer loses its beginning.
    """
    rows = [_within(one, max_tokens) for one in batch]
    width = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    labels, mask = torch.full_like(ids, -100), torch.zeros_like(ids)
    for n, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[n, :end] = torch.tensor([*prompt, *answer])
        labels[n, len(prompt) : end] = torch.tensor(answer)
        mask[n, :end] = 1
    return ids.to(device), labels.to(device), mask.to(device)


def _within(one: Example, max_tokens: int) -> tuple[Sequence[int], Sequence[int]]:
    answer = one.answer[:max_tokens]
    room = max_tokens - len(answer)
    return (one.prompt[-room:] if room else ()), answer


def _slope(share: float) -> float:
    return min(1.0, (share + 0.01) / 0.1) if share < 0.1 else max(0.05, (1 - share) / 0.9)
