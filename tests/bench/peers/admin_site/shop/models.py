"""Products and variants as a careful developer would keep them for the admin."""

from django.db import models


class Category(models.Model):
    path = models.CharField(max_length=500, unique=True)

    def __str__(self) -> str:
        return self.path


class Status(models.TextChoices):
    ACTIVE = "active", "Active"
    DRAFT = "draft", "Draft"
    ARCHIVED = "archived", "Archived"


class Product(models.Model):
    title = models.CharField(max_length=255)
    slug = models.CharField(max_length=255, unique=True)
    description = models.TextField(blank=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True)
    vendor = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    updated = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-updated", "-id"], name="product_by_change"),
            models.Index(fields=["status", "-updated"], name="product_by_status"),
        ]

    def __str__(self) -> str:
        return self.title


class Variant(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=120, unique=True)
    price_cents = models.BigIntegerField(default=0)
    stock = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.sku
