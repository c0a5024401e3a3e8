"""Why a package was not made: a stable code and a sentence for a person."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "package_original_differs": _(
        "A file does not match the hash it was received with: %(detail)s. The item is frozen now and nothing was exported. Ask again without it, or bring back the original."
    ),
    "package_original_unavailable": _(
        "A file cannot be read from the store at the moment: %(detail)s. Nothing was exported. Tell whoever runs the platform."
    ),
    "package_moved": _("%(detail)s was changed while the package was being made. Nothing was exported. Try again."),
    "package_larger": _(
        "The package would be larger than this platform makes them. Choose fewer items. Nothing was exported."
    ),
}
