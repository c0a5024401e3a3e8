from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "organisations"

    def ready(self) -> None:
        """The schema learns the API's ways in when this is imported."""
        from .api import schema  # noqa: F401
