"""Jobs over REST: look at them, cancel them."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ecomportal.jobs.models import Job, JobStatus
from ecomportal.jobs.start import cancel_job
from ecomportal.said import Said, told
from ecomportal.web.api import Problem, ShopView, paged


class JobSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.values)
    phase = serializers.CharField()
    n_total = serializers.IntegerField()
    n_done = serializers.IntegerField()
    n_failed = serializers.IntegerField()
    error = serializers.CharField()
    result = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_result(self, job: Job) -> dict[str, Any]:
        return {name: _plain(told(value)) for name, value in job.result.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Said) else value


class JobPage(serializers.Serializer):
    items = JobSerializer(many=True)
    next = serializers.CharField(allow_null=True)


def show(job: Job) -> dict[str, Any]:
    return dict(JobSerializer(job).data)


class JobsView(ShopView):
    scope = "jobs"

    @extend_schema(operation_id="jobs_list", responses=JobPage)
    def get(self, request: Request) -> Response:
        """The shop's jobs, newest first."""
        return paged(request, request.merchant.jobs.all(), ["-created_at", "-id"], show)


class JobView(ShopView):
    scope = "jobs"

    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, job_id: UUID) -> Response:
        """One job with its progress."""
        return Response(show(get_object_or_404(request.merchant.jobs, pk=job_id)))


class JobCancelView(ShopView):
    scope = "jobs"

    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: UUID) -> Response:
        """Ask a job to stop after the batch in hand; what is written stays."""
        job = get_object_or_404(request.merchant.jobs, pk=job_id)
        if not cancel_job(job):
            raise Problem(status.HTTP_409_CONFLICT, "The job has already ended.")
        job.refresh_from_db()
        return Response(show(job), status=status.HTTP_202_ACCEPTED)
