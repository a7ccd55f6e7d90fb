"""What an owner sets for the text engine. The key goes in and never comes out."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from aiassist.copywriting.engines.addresses import AddressRefused, judged, parse_url
from aiassist.copywriting.engines.fields import ListField, MicrosField
from aiassist.copywriting.engines.models import EngineChoice, EngineName
from aiassist.copywriting.engines.prompts import prompt_names
from ecomportal.sealed import seal

SERVER = ("base_url", "model", "api_key", "forget_key", "timeout_seconds", "n_in_flight")
LOCAL = ("local_model",)
PRICES = ("price_in_micros", "price_out_micros")
BUDGETS = ("job_tokens", "day_tokens", "job_micros", "day_micros")
VOICE = ("voice_examples", "words_use", "words_avoid")
WORDS = {"separator": r"[\n,，、]", "joint": ", ", "most": 60, "longest": 40}
# Whose answers would come from another server get no key that was meant for the first.
KEY_GOES_WITH = ("scheme", "host", "port")


class EngineForm(forms.ModelForm):
    engine = forms.ChoiceField(
        label=_("Texts are written by"), choices=EngineName.choices, widget=forms.RadioSelect
    )
    api_key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=400,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again. Empty: as it is."),
    )
    forget_key = forms.BooleanField(label=_("Forget the stored key"), required=False)
    prompt_version = forms.ChoiceField(label=_("Prompt"), required=False)
    price_in_micros = MicrosField(label=_("A million tokens read"), required=False)
    price_out_micros = MicrosField(label=_("A million tokens written"), required=False)
    job_tokens = forms.IntegerField(label=_("Tokens a job"), required=False, min_value=1000)
    day_tokens = forms.IntegerField(label=_("Tokens a day"), required=False, min_value=1000)
    job_micros = MicrosField(label=_("Money a job"), required=False)
    day_micros = MicrosField(label=_("Money a day"), required=False)
    voice_examples = ListField(
        label=_("Texts you like"),
        separator=r"\n\s*\n",
        joint="\n\n",
        most=8,
        longest=600,
        help_text=_("Parted by an empty line. They show the manner; nothing is copied from them."),
    )
    words_use = ListField(
        label=_("Words to use"),
        help_text=_("Separated by commas or lines, in both languages."),
        **WORDS,
    )
    words_avoid = ListField(
        label=_("Words to avoid"),
        help_text=_("A model's text that has one of them is sent back, then refused."),
        **WORDS,
    )

    class Meta:
        model = EngineChoice
        fields = (
            "engine", "base_url", "model", "local_model", "prompt_version", "timeout_seconds",
            "n_in_flight", *PRICES, *BUDGETS, *VOICE,
        )  # fmt: skip
        labels = {
            "base_url": _("Address"),
            "model": _("Model"),
            "local_model": _("Model"),
            "timeout_seconds": _("Seconds to wait for an answer"),
            "n_in_flight": _("Requests at once"),
        }
        help_texts = {
            "base_url": _("Up to /v1, such as https://api.openai.com/v1"),
            "model": _("As the server calls it."),
            "local_model": _("A folder among this site's models, or a hub id."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        newest = _("The newest")
        names = [(name, name) for name in prompt_names()]
        self.fields["prompt_version"].choices = [("", newest), *names]
        for name, least, most in (("timeout_seconds", 5, 600), ("n_in_flight", 1, 64)):
            self.fields[name].validators += [MinValueValidator(least), MaxValueValidator(most)]
        for name in VOICE:
            self.fields[name].widget.attrs["rows"] = 5 if name == "voice_examples" else 2
        if not self.instance.sealed_key:
            del self.fields["forget_key"]
        self.was = (self.instance.base_url, self.instance.sealed_key)

    # --- Checks --------------------------------------------------------------------------------

    def clean_base_url(self) -> str:
        text = self.cleaned_data["base_url"].strip()
        if not text:
            return ""
        try:
            base = parse_url(text)
            judged(base)
        except AddressRefused as refusal:
            raise forms.ValidationError(str(refusal.reason)) from None
        except TimeoutError:
            raise forms.ValidationError(
                _("The name of the server could not be looked up.")
            ) from None
        return text.rstrip("/")

    def clean_price_in_micros(self) -> int:
        return self.cleaned_data["price_in_micros"] or 0

    def clean_price_out_micros(self) -> int:
        return self.cleaned_data["price_out_micros"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        needed = {
            EngineName.OPENAI: {
                "base_url": _("Say where the server is."),
                "model": _("Say which of its models is to write."),
            },
            EngineName.LOCAL: {"local_model": _("Say which model is to write.")},
        }
        for name, message in needed.get(data.get("engine"), {}).items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        both = set(map(str.casefold, data.get("words_use", []))) & set(
            map(str.casefold, data.get("words_avoid", []))
        )
        if both:
            message = _("“%(word)s” is among the words to use, too.") % {"word": min(both)}
            self.add_error("words_avoid", message)
        return data

    # --- Saving ----------------------------------------------------------------------------------

    @property
    def key_is_dropped(self) -> bool:
        """Whether the stored key went because the texts come from another server now."""
        url, sealed = self.was
        is_new = bool(self.cleaned_data["api_key"])
        return bool(sealed) and not is_new and _place(url) != _place(self.instance.base_url)

    def save(self, commit: bool = True) -> EngineChoice:
        choice, key = self.instance, self.cleaned_data["api_key"]
        if key:
            choice.sealed_key, choice.key_set_at = seal(key), now()
        elif self.cleaned_data.get("forget_key") or self.key_is_dropped:
            choice.sealed_key, choice.key_set_at = "", None
        choice.updated_at = now()
        return super().save(commit)

    def changed_labels(self) -> list[Any]:
        """What was changed, by name, for the audit; never what a key is."""
        return [self.fields[name].label for name in self.changed_data if name in self.fields]


def _place(url: str) -> tuple[Any, ...]:
    try:
        base = parse_url(url)
    except AddressRefused:
        return ()
    return tuple(getattr(base, name) for name in KEY_GOES_WITH)


class TrialForm(forms.Form):
    product = forms.ChoiceField(label=_("Product"))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("en", "English"), ("zh", "简体中文")]
    )

    def __init__(self, *args: Any, products: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["product"].choices = [(str(p.pk), p.title) for p in products]
