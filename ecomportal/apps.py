from django.apps import AppConfig


class EcomportalConfig(AppConfig):
    name = "ecomportal"
    verbose_name = "Platform"
