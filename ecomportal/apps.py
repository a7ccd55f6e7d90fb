from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class EcomportalConfig(AppConfig):
    name = "ecomportal"
    verbose_name = _("Platform")


class PortalAdminConfig(AdminConfig):
    default_site = "ecomportal.admin_site.PortalAdminSite"
