"""The platform's pages of one shop: jobs and settings. (Its home stands in `aiassist.home`.)"""

from django.urls import URLPattern, URLResolver, path

from ecomportal.jobs.urls import urlpatterns as jobs
from ecomportal.tenancy import views as team
from ecomportal.web import settings_views as settings
from ecomportal.webhooks.urls import urlpatterns as webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    *jobs,
    *webhooks,
    path("settings/team/", team.team, name="team"),
    path("settings/team/invite/", team.team_invite, name="team-invite"),
    path("settings/team/<int:membership_id>/role/", team.team_role, name="team-role"),
    path("settings/team/<int:membership_id>/remove/", team.team_remove, name="team-remove"),
    path(
        "settings/invitations/<int:invitation_id>/revoke/",
        team.invitation_revoke,
        name="invitation-revoke",
    ),
    path("settings/keys/", settings.api_keys, name="api-keys"),
    path("settings/keys/new/", settings.api_key_new, name="api-key-new"),
    path("settings/keys/<int:key_id>/revoke/", settings.api_key_revoke, name="api-key-revoke"),
    path("settings/shop/", settings.shop_settings, name="shop-settings"),
    path("settings/audit/", settings.audit_page, name="audit"),
]
