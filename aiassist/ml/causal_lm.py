"""A causal language model of any architecture that transformers knows, and many texts at once.

Requests run by continuous batching: a place that becomes free is taken by the next request while
the others go on. Where an architecture cannot do that, batches of like length are padded instead.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from aiassist.ml import batching
from aiassist.ml.hardware import best_device, best_dtype
from aiassist.ml.weights import WeightsError, check_adapter, check_model

log = logging.getLogger(__name__)

Messages = Sequence[dict[str, str]]
# What is read of a model from the hub: no code, and no weights that run code.
HUB_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")


@dataclass(frozen=True)
class Completion:
    text: str
    n_read: int
    n_written: int
    is_whole: bool  # it came to its own end, and was not cut at the limit


class CausalLM:
    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model, self.tokenizer = model.eval(), tokenizer
        self.can_continue = True  # whether continuous batching works; tried with the first batch
        self.adapter = ""
        self.adapters: set[str] = set()

    @classmethod
    def load(
        cls, name: str | Path, *, device: torch.device | None = None, dtype: Any = None
    ) -> "CausalLM":
        """A model of a folder or of the hub; WeightsError says why it cannot be had."""
        folder = Path(name) if Path(name).is_dir() else from_hub(str(name))
        check_model(folder)
        device = device or best_device()
        safely = {"trust_remote_code": False, "local_files_only": True}
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **safely)
            model = AutoModelForCausalLM.from_pretrained(
                folder,
                use_safetensors=True,
                dtype=dtype or best_dtype(device.type),
                **safely,
            )
        except (ValueError, KeyError, OSError, RuntimeError) as error:
            log.warning("The model in %s could not be loaded: %s", folder, error)
            raise WeightsError("unknown_model", folder.name) from error
        return cls(model.to(device), tokenizer)

    @property
    def max_tokens(self) -> int:
        """The longest text, prompt included, that the model was made for."""
        return getattr(self.model.config.get_text_config(), "max_position_embeddings", 2048)

    @property
    def weight_bytes(self) -> int:
        return sum(p.numel() * p.element_size() for p in self.model.parameters())

    def encode(self, messages: Messages) -> list[int]:
        """The tokens of a conversation that the model is to go on with."""
        if self.tokenizer.chat_template:
            encoded = self.tokenizer.apply_chat_template(
                list(messages), add_generation_prompt=True, tokenize=True, return_dict=True
            )
            return list(encoded["input_ids"])
        text = "".join(f"{one['content']}\n\n" for one in messages)
        return list(self.tokenizer(text)["input_ids"])

    def complete(
        self,
        prompts: Sequence[list[int]],
        *,
        max_new_tokens: int | Sequence[int],
        n_at_once: int = 16,
        stops: bool = True,
        should_stop: Callable[[], bool] | None = None,
    ) -> list[Completion]:
        """The most likely continuation of each prompt, in the same order.

        `stops=False` goes on to the limit, whatever the model says: for measuring.
        """
        limits = _each(max_new_tokens, len(prompts))
        ends = self.ends() if stops else []
        written = self._written(prompts, limits, ends, n_at_once=n_at_once, should_stop=should_stop)
        return [
            self._completion(prompt, tokens, ends)
            for prompt, tokens in zip(prompts, written, strict=True)
        ]

    def _written(
        self, prompts: Any, limits: list[int], ends: list[int], *, n_at_once: int, should_stop: Any
    ) -> list[list[int]]:
        if len(prompts) > 1 and self.can_continue:
            try:
                return batching.continuous(
                    self.model, prompts, limits, ends, n_at_once=n_at_once, should_stop=should_stop
                )
            except batching.CannotContinue as error:
                log.warning("No continuous batching with this model, padding instead: %s", error)
                self.can_continue = False
        return batching.padded(self.model, prompts, limits, ends, n_at_once=n_at_once)

    def _completion(self, prompt: list[int], tokens: list[int], ends: list[int]) -> Completion:
        is_whole = bool(tokens) and tokens[-1] in ends
        text = self.tokenizer.decode(tokens, skip_special_tokens=True)
        return Completion(text, len(prompt), len(tokens), is_whole)

    def ends(self) -> list[int]:
        """Tokens that end a text, of the model's own settings and of the tokenizer."""
        stated = self.model.generation_config.eos_token_id
        ends = [] if stated is None else stated if isinstance(stated, list) else [stated]
        return sorted({*ends, *_known(self.tokenizer.eos_token_id)})

    def use_adapter(self, folder: Path | None) -> None:
        """Write with an adapter from here on, or without one; the model itself stays loaded."""
        if folder is None:
            if self.adapters:
                self.model.disable_adapters()
            self.adapter = ""
            return
        name = folder.name.replace(".", "_")  # it becomes the name of a module
        if name not in self.adapters:
            check_adapter(folder)
            _load_adapter(self.model, folder, name)
            self.adapters.add(name)
        self.model.enable_adapters()
        self.model.set_adapter(name)
        self.adapter = name


def _load_adapter(model: Any, folder: Path, name: str) -> None:
    from peft import LoraConfig
    from safetensors.torch import load_file

    try:
        config = LoraConfig.from_pretrained(str(folder))
        weights = load_file(folder / "adapter_model.safetensors")
        model.load_adapter(adapter_name=name, peft_config=config, adapter_state_dict=weights)
    except (ValueError, KeyError, RuntimeError, TypeError) as error:
        raise WeightsError("unknown_model", name) from error


def from_hub(name: str) -> Path:
    """The folder with a model of the hub, fetched if it is not here yet."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    if "/" not in name:
        raise WeightsError("missing", name)
    try:
        return Path(snapshot_download(name, allow_patterns=list(HUB_FILES)))
    except HFValidationError:
        raise WeightsError("missing", name) from None
    except LocalEntryNotFoundError:
        raise WeightsError("unreachable", name) from None
    except (HfHubHTTPError, OSError):
        raise WeightsError("not_on_hub", name) from None


def _known(token: int | None) -> list[int]:
    return [] if token is None else [token]


def _each(value: int | Sequence[int], n: int) -> list[int]:
    return [value] * n if isinstance(value, int) else list(value)
