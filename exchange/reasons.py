"""Why a package was not made or not taken in: a stable code and a sentence for a person."""

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
    # Not taken in. Each ends with what did not happen: nobody should have to guess.
    "package_not_zip": _("This is not a zip this platform reads. Nothing was taken in. %(detail)s"),
    "package_too_large": _(
        "The package is larger than it may be, or claims to be smaller than it is: %(detail)s. Nothing was taken in."
    ),
    "package_path": _(
        "The package holds a file with an unsafe name or of an unsafe kind: %(detail)s. Nothing was taken in."
    ),
    "package_twice": _("Two files in the package have one name: %(detail)s. Nothing was taken in."),
    "package_no_bag": _(
        "This is not a bag (RFC 8493): %(detail)s is missing or says something else. Nothing was taken in."
    ),
    "package_fetch": _(
        "The package wants files fetched from elsewhere (%(detail)s), which is never done. Nothing was taken in."
    ),
    "package_extra_file": _(
        "The package holds a file that no manifest or no item names: %(detail)s. Nothing was taken in."
    ),
    "package_missing_file": _("A file the package names is not in it: %(detail)s. Nothing was taken in."),
    "package_changed_file": _("A file in the package is not the one its hash names: %(detail)s. Nothing was taken in."),
    "package_not_ours": _("This bag is not an evidence package of this kind: %(detail)s. Nothing was taken in."),
    "package_content": _("The package does not say what a package must say: %(detail)s. Nothing was taken in."),
    "package_custody": _("The chain of custody in the package is broken. %(detail)s. Nothing was taken in."),
    "package_entry": _("A ledger entry in the package was changed: %(detail)s. Nothing was taken in."),
    "package_proof": _(
        "A proof in the package does not lead from its ledger entry to the checkpoint: %(detail)s. Nothing was taken in."
    ),
    "package_signature": _("A signature in the package is false: %(detail)s. Nothing was taken in."),
    "package_stored_differs": _(
        "The package is not the one that was given in: it changed in the store. Nothing was taken in. Tell whoever runs the platform."
    ),
    "package_stored_unavailable": _(
        "The package cannot be read from the store at the moment. Nothing was taken in. Try again."
    ),
}
