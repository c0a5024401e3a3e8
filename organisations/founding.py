"""What every installation needs before anybody signs in: the secretariat, and the account of the platform itself."""

from django.db import transaction

from .actors import SYSTEM_EMAIL, SYSTEM_SLUG, system_actor
from .models import Organisation, User
from .services import found_organisation


@transaction.atomic
def found_platform() -> bool:
    """Founds the secretariat and the system's account where they are missing; whether anything was.

    Clocks and sweeps act as this account. It is a member of nothing and has no password: nobody signs in with it.
    """
    missing = False
    if not Organisation.objects.filter(slug=SYSTEM_SLUG).exists():
        found_organisation(
            slug=SYSTEM_SLUG, name="Secretariat", kind=Organisation.Kind.REGIONAL, is_secretariat=True
        )  # fmt: skip
        missing = True
    if not User.objects.filter(email=SYSTEM_EMAIL).exists():
        User.objects.create_user(SYSTEM_EMAIL, None, name="Norms Platform", is_system=True)
        missing = True
    system_actor()  # raises at once, and not at the first clock, if this did not help
    return missing
