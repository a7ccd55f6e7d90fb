"""What the audit page calls each action, and the areas it filters by."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "admin.deleted": _("Row deleted in the admin"),
    "admin.entered": _("Shop opened in the admin"),
    "admin.left": _("Shop left in the admin"),
    "api_key.created": _("API key created"),
    "api_key.revoked": _("API key revoked"),
    "attribute.added": _("Kind of fact added"),
    "attribute.changed": _("Kind of fact changed"),
    "category.added": _("Category added"),
    "category.changed": _("Category changed"),
    "category.deleted": _("Category deleted"),
    "change.undone": _("Change undone"),
    "copy.asked": _("Texts asked for"),
    "copy.sentence_approved": _("Sentence approved for use"),
    "copy.sentence_removed": _("Sentence removed"),
    "draft.approved": _("Draft approved"),
    "draft.rejected": _("Draft rejected"),
    "draft.undone": _("Approval taken back"),
    "facts.decided": _("Facts confirmed or refused"),
    "images.added": _("Pictures added"),
    "import.discarded": _("Import discarded"),
    "import.uploaded": _("Import file uploaded"),
    "import.written": _("Import written"),
    "job.cancelled": _("Job cancelled"),
    "job.retried": _("Job started again"),
    "product.created": _("Product created"),
    "product.deleted": _("Product deleted"),
    "product.restored": _("Product restored"),
    "product.saved": _("Product saved"),
    "products.bulk_edit": _("Products changed in bulk"),
    "products.exported": _("Products exported"),
    "shop.changed": _("Shop settings changed"),
    "team.invitation_revoked": _("Invitation revoked"),
    "team.invited": _("Person invited"),
    "team.joined": _("Person joined"),
    "team.removed": _("Member removed"),
    "team.role_changed": _("Role changed"),
}

# name -> label and what the actions of the area begin with
AREAS = {
    "products": (_("Products"), ("product", "facts.", "images.", "category.", "attribute.")),
    "imports": (_("Imports"), ("import.",)),
    "changes": (_("Changes and undo"), ("change.", "draft.undone")),
    "texts": (_("Texts"), ("draft.", "copy.")),
    "jobs": (_("Jobs"), ("job.",)),
    "team": (_("Team"), ("team.",)),
    "settings": (_("Settings and keys"), ("shop.", "api_key.")),
    "admin": (_("Platform admin"), ("admin.",)),
}
