"""The key each person holds to what is sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from .boxes import Locked


class SealingKey(models.Model):
    """A person's key pair: the public half as it is, the private half only under a passphrase and a recovery code nobody stores.

    Its owner alone reads the row; others are given the public half by the database where a rule says so. A retired key stays.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    public = models.BinaryField(max_length=32)
    fingerprint = models.CharField(max_length=64, unique=True)
    log_n = models.PositiveSmallIntegerField(help_text="Cost of the passphrase: scrypt with N = 2^log_n, r = 8, p = 1.")
    salt = models.BinaryField(max_length=16)
    by_passphrase = models.BinaryField(max_length=128)
    by_recovery = models.BinaryField(max_length=128)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(retired_at__isnull=True), name="sealing_key_one_in_use"
            ),
            models.CheckConstraint(
                name="sealing_key_fingerprint",
                condition=Q(
                    fingerprint=Func(
                        Func(F("public"), function="sha256", output_field=models.BinaryField()),
                        models.Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
            ),
            models.CheckConstraint(name="sealing_key_slow", condition=Q(log_n__gte=10)),
        ]

    def __str__(self) -> str:
        return self.fingerprint[:16]

    @property
    def locked(self) -> Locked:
        """As the pure part reads it."""
        return Locked(
            bytes(self.public), self.log_n, bytes(self.salt), bytes(self.by_passphrase), bytes(self.by_recovery)
        )
