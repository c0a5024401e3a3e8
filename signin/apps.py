from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "signin"

    def ready(self) -> None:
        """Sign-ins, and members who leave, are heard of from here on."""
        from . import subscriptions  # noqa: F401
