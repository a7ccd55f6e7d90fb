from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class EcomportalConfig(AppConfig):
    name = "ecomportal"
    verbose_name = "Platform"


class PortalAdminConfig(AdminConfig):
    default_site = "ecomportal.admin_site.PortalAdminSite"
