"""Models on this machine: which names a shop may give, and one of them kept in memory."""

import os
from pathlib import Path

from django.conf import settings

from aiassist.ml.causal_lm import CausalLM
from aiassist.ml.weights import WeightsError
from ecomportal.said import Said, said

_loaded: dict[str, CausalLM] = {}


def place_of(name: str) -> str:
    """The folder or hub id behind a shop's setting.

    A folder must lie under MODELS_ROOT, where only the operator puts things (links count): the
    setting is a shop's, and the machine's other folders are not the shop's business.
    """
    root = os.path.abspath(settings.MODELS_ROOT)
    folder = os.path.normpath(os.path.join(root, name))
    is_trained = name.split("/")[0] == "shops"  # what was trained for shops is no model by itself
    if folder.startswith(root + os.sep) and Path(folder).is_dir() and not is_trained:
        return folder
    if os.path.isabs(name) or ".." in name or name.count("/") != 1 or is_trained:
        raise WeightsError("missing", name)
    return name


def model_at(name: str) -> CausalLM:
    """The model, loaded once in a worker's life; another one takes its place in memory."""
    place = place_of(name)
    if place not in _loaded:
        _loaded.clear()
        _loaded[place] = CausalLM.load(place)
    return _loaded[place]


def forget() -> None:
    """Let the model in memory go."""
    _loaded.clear()


def refusal(error: WeightsError) -> Said:
    """Why a model cannot be used and what to do, in words for the merchant."""
    return REFUSALS.get(error.code, _unknown)(error.name)


def _missing(name: str) -> Said:
    return said(
        "There is no model “%(name)s” on this machine. Give the name of a folder that the operator "
        "put among the models (MODELS_ROOT), or a hub id such as Qwen/Qwen2.5-0.5B-Instruct.",
        name=name,
    )


def _pickled(name: str) -> Said:
    return said(
        "The weights in “%(name)s” are pickles (.bin, .pt), which can run code when they are "
        "opened. They were not opened. Use the same model as safetensors.",
        name=name,
    )


def _truncated(name: str) -> Said:
    return said(
        "The file “%(name)s” of the model is cut off or damaged. Copy or download it again.",
        name=name,
    )


def _incomplete(name: str) -> Said:
    return said(
        "The model is incomplete: “%(name)s” is missing or unreadable. A model is a folder with "
        "config.json, *.safetensors and tokenizer.json.",
        name=name,
    )


def _unreachable(name: str) -> Said:
    return said(
        "The model hub could not be reached for “%(name)s”. Check the machine's connection, or put "
        "the model's folder among the models.",
        name=name,
    )


def _not_on_hub(name: str) -> Said:
    return said(
        "The model hub has no “%(name)s” that this machine may read. Check the id.", name=name
    )


def _unknown(name: str) -> Said:
    return said(
        "The model in “%(name)s” cannot be used: its kind is unknown here or would need code of "
        "its own, which is never run.",
        name=name,
    )


REFUSALS = {
    "missing": _missing,
    "pickled": _pickled,
    "truncated": _truncated,
    "no_config": _incomplete,
    "broken_config": _incomplete,
    "no_tokenizer": _incomplete,
    "no_weights": _incomplete,
    "shard_missing": _incomplete,
    "unreachable": _unreachable,
    "not_on_hub": _not_on_hub,
}
