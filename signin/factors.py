"""The second factor: how allauth keeps its secrets here, how its QR code is drawn, and who has one."""

from io import BytesIO

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from qrcode.image.svg import SvgPathImage

from core import vault
from organisations.models import User

PURPOSE = "second factor"
# What vault's tokens begin with: Fernet's version and the high bytes of the time. No seed does (base 32, or hex).
ENCRYPTED = "gAAAAA"
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds are encrypted in the database; the QR code stands in the page itself: our policy loads no data: pictures."""

    def encrypt(self, text: str) -> str:
        return vault.close(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Seeds from before they were encrypted are read as they are."""
        return vault.open_(encrypted_text, PURPOSE) if encrypted_text.startswith(ENCRYPTED) else encrypted_text

    def build_totp_svg(self, url: str) -> SafeString:
        """The drawing alone, without the XML declaration: it becomes part of the page. Nothing in it is a person's text."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathImage, border=4).save(drawn)
        text = drawn.getvalue().decode()
        return mark_safe(text[text.index("<svg") :])  # noqa: S308

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """A name to begin with; the person gives a better one."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def has_second_factor(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey; recovery codes alone are none."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists())
