"""A category's path in Chinese, kept by the database whoever writes a name or moves a branch."""

from django.db import migrations, models
from django.utils.translation import gettext_lazy as _

# Each level by its Chinese name where it has one. Where the parent is not known the path's own
# beginning stands for it. A new path goes down the tree: each child works out its own anew.
PATHS = """
CREATE FUNCTION category_path_zh() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    above text;
BEGIN
    SELECT path_zh || ' > ' INTO above FROM catalog_category WHERE id = NEW.parent_id;
    IF above IS NULL AND right(NEW.path, length(NEW.name)) = NEW.name THEN
        above := left(NEW.path, length(NEW.path) - length(NEW.name));
    END IF;
    NEW.path_zh := coalesce(above, '') || coalesce(nullif(NEW.name_zh, ''), NEW.name);
    RETURN NEW;
END $$;
CREATE FUNCTION category_paths_below() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    UPDATE catalog_category SET path_zh = '' WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER category_path_zh BEFORE INSERT OR UPDATE ON catalog_category
FOR EACH ROW EXECUTE FUNCTION category_path_zh();
CREATE TRIGGER category_paths_below AFTER UPDATE ON catalog_category
FOR EACH ROW WHEN (OLD.path_zh IS DISTINCT FROM NEW.path_zh)
EXECUTE FUNCTION category_paths_below();
UPDATE catalog_category SET path_zh = '' WHERE parent_id IS NULL;
UPDATE catalog_category SET path_zh = '' WHERE path_zh = '';
"""

BACK = """
DROP TRIGGER category_paths_below ON catalog_category;
DROP TRIGGER category_path_zh ON catalog_category;
DROP FUNCTION category_paths_below();
DROP FUNCTION category_path_zh();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0017_names")]

    operations = [
        migrations.AddField(
            "category",
            "path_zh",
            models.CharField(
                _("path in Chinese"), max_length=1000, blank=True, default="", db_default=""
            ),
        ),
        migrations.RunSQL(PATHS, BACK),
    ]
