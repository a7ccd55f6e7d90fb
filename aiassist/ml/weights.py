"""Whether a folder holds a model that can be loaded safely, told before anything is loaded.

Only safetensors are read. Other formats of weights are pickles, which run code when opened.
"""

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open

PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model")
ADAPTER = ("adapter_model.safetensors", "adapter_config.json")


class WeightsError(Exception):
    """Why a model cannot be loaded: `code` is one of the keys callers have words for."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{code}: {name}")
        self.code, self.name = code, name


def check_model(folder: Path) -> None:
    """Raise WeightsError unless the folder holds a whole model: settings, weights, tokenizer."""
    if not folder.is_dir():
        raise WeightsError("missing", folder.name)
    _check_config(folder / "config.json")
    for file in weight_files(folder):
        check_file(file)
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise WeightsError("no_tokenizer", folder.name)


def check_adapter(folder: Path) -> None:
    if not all((folder / name).is_file() for name in ADAPTER):
        raise WeightsError("missing", folder.name)
    check_file(folder / ADAPTER[0])


def _check_config(path: Path) -> None:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError("no_config", path.parent.name) from None
    except ValueError:
        raise WeightsError("broken_config", path.parent.name) from None
    if not isinstance(config, dict) or "model_type" not in config:
        raise WeightsError("broken_config", path.parent.name)


def weight_files(folder: Path) -> list[Path]:
    """The safetensors that make up the model; WeightsError says what is there instead."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        return _shards(index)
    if (folder / "model.safetensors").is_file():
        return [folder / "model.safetensors"]
    is_pickled = any(any(folder.glob(pattern)) for pattern in PICKLED)
    raise WeightsError("pickled" if is_pickled else "no_weights", folder.name)


def _shards(index: Path) -> list[Path]:
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (ValueError, KeyError, AttributeError):
        raise WeightsError("broken_config", index.name) from None
    # A name with a path in it would lead out of the folder.
    for name in sorted(names):
        if Path(name).name != name or not (index.parent / name).is_file():
            raise WeightsError("shard_missing", name)
    return [index.parent / name for name in sorted(names)]


def check_file(path: Path) -> None:
    """The file's own head says how long it must be, so a half download is found at once."""
    try:
        with safe_open(path, framework="numpy") as opened:
            n_tensors = len(opened.keys())
    except (SafetensorError, OSError, ValueError):
        raise WeightsError("truncated", path.name) from None
    if not n_tensors:
        raise WeightsError("no_weights", path.name)
