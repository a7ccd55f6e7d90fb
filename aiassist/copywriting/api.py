"""Drafts over REST: ask for them, read them, decide about them."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from aiassist import tasks
from aiassist.copywriting import publish
from aiassist.copywriting.job import texts_title
from aiassist.copywriting.models import KINDS, Draft, DraftStatus, Tone
from ecomportal.jobs.start import start_job
from ecomportal.tenancy import audit
from ecomportal.web.api import Problem, ShopView, StrictSerializer, once, paged, read

SKUS_MAX = 1000


class DraftsIn(StrictSerializer):
    skus = serializers.ListField(
        child=serializers.CharField(max_length=255), min_length=1, max_length=SKUS_MAX
    )
    fields = serializers.MultipleChoiceField(choices=[key for key, _label in KINDS])
    lang = serializers.MultipleChoiceField(choices=["en", "zh"])
    tone = serializers.ChoiceField(choices=Tone.values, default=Tone.CONVERSATIONAL)
    channel = serializers.CharField(max_length=30, required=False, default="")
    max_chars = serializers.IntegerField(min_value=40, max_value=5000, required=False, default=None)
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=10, required=False, default=list
    )


class DraftsAccepted(serializers.Serializer):
    job_id = serializers.UUIDField()
    unknown_skus = serializers.ListField(child=serializers.CharField())


class DraftOut(serializers.Serializer):
    id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    language = serializers.CharField()
    field = serializers.CharField()
    tone = serializers.CharField()
    status = serializers.ChoiceField(choices=DraftStatus.values)
    text = serializers.CharField()
    final_text = serializers.CharField()
    sentences = serializers.ListField(child=serializers.DictField())
    facts = serializers.ListField(child=serializers.DictField())
    findings = serializers.ListField(child=serializers.DictField())
    engine = serializers.CharField()
    engine_version = serializers.CharField()
    reject_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    reviewed_at = serializers.DateTimeField(allow_null=True)


class DraftPage(serializers.Serializer):
    items = DraftOut(many=True)
    next = serializers.CharField(allow_null=True)


class ApproveIn(StrictSerializer):
    text = serializers.CharField(max_length=20_000, required=False)
    reason = serializers.CharField(max_length=300, required=False, default="")


class RejectIn(StrictSerializer):
    reason = serializers.CharField(max_length=300)


def show(draft: Draft) -> dict[str, Any]:
    return dict(DraftOut(draft).data)


class DraftsView(ShopView):
    scope = "drafts"

    @extend_schema(
        operation_id="drafts_list",
        parameters=[OpenApiParameter("status", str, enum=DraftStatus.values)],
        responses=DraftPage,
    )
    def get(self, request: Request) -> Response:
        """The shop's drafts, newest first."""
        rows = request.merchant.drafts.all()
        if wanted := request.query_params.get("status"):
            if wanted not in DraftStatus.values:
                raise serializers.ValidationError({"status": [f"One of {DraftStatus.values}."]})
            rows = rows.filter(status=wanted)
        return paged(request, rows, ["-created_at", "-id"], show)

    @extend_schema(request=DraftsIn, responses={202: DraftsAccepted})
    @once
    def post(self, request: Request) -> Response:
        """Have texts written as drafts; nothing reaches the shop until each is approved."""
        params = read(DraftsIn, request)
        found, unknown = self._products(request, params.pop("skus"))
        if not found:
            raise serializers.ValidationError({"skus": ["No product has one of these SKUs."]})
        job = start_job(
            tasks.write_copy,
            request.merchant,
            None,
            title=texts_title(len(found)),
            params={
                **params,
                "languages": sorted(params.pop("lang")),
                "fields": sorted(params["fields"]),
                "tone": str(params["tone"]),
            },
            dedupe_key="write_copy",
            items=[(str(pk), {}) for pk in found],
        )
        if not job.is_new:
            raise Problem(
                status.HTTP_409_CONFLICT,
                "Texts are being written already; ask again when that job is done.",
                job_id=str(job.pk),
            )
        body = {"job_id": str(job.pk), "unknown_skus": unknown}
        return Response(body, status=status.HTTP_202_ACCEPTED)

    def _products(self, request: Request, skus: list[str]) -> tuple[list[Any], list[str]]:
        """Ids of the products that have these SKUs or handles, and the words that match none."""
        named = Q(variants__sku__in=skus, variants__deleted_at=None) | Q(handle__in=skus)
        rows = request.merchant.products.live().filter(named).distinct()
        pairs = rows.values_list("pk", "handle", "variants__sku")
        known = {word for _pk, *words in pairs for word in words}
        return list({pk: None for pk, *_ in pairs}), [sku for sku in skus if sku not in known]


class DraftApproveView(ShopView):
    scope = "drafts"

    @extend_schema(request=ApproveIn, responses=DraftOut)
    @once
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Put a draft into the shop, for the person who holds the key."""
        draft = get_object_or_404(request.merchant.drafts, pk=draft_id)
        sent = read(ApproveIn, request)
        try:
            publish.approve(
                request.merchant, draft.pk, None, text=sent.get("text"), reason=sent["reason"]
            )
        except publish.Blocked as refusal:
            raise Problem(422, str(refusal), findings=refusal.findings) from None
        except publish.ReviewError as refusal:
            raise Problem(status.HTTP_409_CONFLICT, str(refusal)) from None
        audit.record(
            request, "draft.approved", draft.name(), draft=str(draft.pk), reason=sent["reason"]
        )
        draft.refresh_from_db()
        return Response(show(draft))


class DraftRejectView(ShopView):
    scope = "drafts"

    @extend_schema(request=RejectIn, responses=DraftOut)
    @once
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Turn a draft down, with the reason."""
        draft = get_object_or_404(request.merchant.drafts, pk=draft_id)
        reason = read(RejectIn, request)["reason"]
        try:
            publish.reject(request.merchant, draft.pk, None, reason=reason)
        except publish.ReviewError as refusal:
            raise Problem(status.HTTP_409_CONFLICT, str(refusal)) from None
        audit.record(request, "draft.rejected", draft.name(), draft=str(draft.pk), reason=reason)
        draft.refresh_from_db()
        return Response(show(draft))
