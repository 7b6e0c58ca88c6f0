"""Static files with hashed names, for production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports inside our script modules, which would otherwise name unhashed files."""

    support_js_module_import_aggregation = True
