"""Causal language models of a few thousand or million weights, made on the spot and saved as any
model is: real architectures and tokenizers, weights by chance or trained a moment.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, Qwen2Config

# Models so small gain nothing by a second thread, and lose much when the other cores are busy.
torch.set_num_threads(1)
END, PAD = "<|end|>", "<|pad|>"
CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}" + END + "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_tokenizer(texts: Iterable[str], *, n_words: int = 600) -> PreTrainedTokenizerFast:
    """Byte pairs learnt from the texts; any other text can be written too."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=n_words,
        special_tokens=[PAD, END, "<|system|>", "<|user|>", "<|assistant|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=PAD)
    fast.chat_template = CHAT
    return fast


def make_model(tokenizer: Any, *, width: int = 64, n_layers: int = 2, seed: int = 0) -> Any:
    """A Qwen2 with weights by chance."""
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width * 3,
        num_hidden_layers=n_layers,
        num_attention_heads=max(2, width // 64),
        num_key_value_heads=max(1, width // 128),
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def save(folder: Path, model: Any, tokenizer: Any) -> Path:
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    return folder


def teach(
    model: Any, rows: Sequence[tuple[list[int], list[int]]], *, n_steps: int, rate: float = 3e-3
) -> float:
    """Train on (prompt, answer) until it knows them about by heart; returns the last loss."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, n_steps)
    ids, labels = _rectangle(rows)
    mask = (ids != 0).long()
    model.train()
    for _step in range(n_steps):
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    model.eval()
    return loss.item()


def _rectangle(rows: Sequence[tuple[list[int], list[int]]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Padded on the right; only answers are learnt."""
    width = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    labels = torch.full((len(rows), width), -100)
    for n, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[n, :end] = torch.tensor([*prompt, *answer])
        labels[n, len(prompt) : end] = torch.tensor(answer)
    return ids, labels
