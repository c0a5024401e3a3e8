"""`./norms manage prepare_release --as publisher@… [--publish-as second@…]`: the services as a command."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError, NotAllowed
from organisations.actors import Actor, acting, actor_named
from publication import services
from publication.states import Status


def publisher(email: str) -> Actor:
    """The person with this address; what they may do is asked by the services."""
    actor = actor_named(email)
    if actor is None:
        raise CommandError(f"{email} is no member of any organisation.")
    return actor


class Command(BaseCommand):
    help = "Counts and checks a release of the public figures; with a second person, publishes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="first", required=True, help="E-mail of the publisher who prepares it.")
        parser.add_argument("--publish-as", dest="second", default="", help="E-mail of the publisher who publishes it.")
        parser.add_argument("--key-points", default="")
        parser.add_argument("--revision-notes", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.prepare(options)
        except DomainError as error:
            details = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.details.items())
            raise CommandError(f"{error.message} {details}".strip()) from error
        except NotAllowed as error:
            raise CommandError("Only publishers of the secretariat prepare and publish figures.") from error

    def prepare(self, options: dict[str, Any]) -> None:
        first = publisher(options["first"])
        with acting(first):
            release = services.begin_release(
                actor=first, key_points=options["key_points"], revision_notes=options["revision_notes"]
            )
            prepared = services.prepare_release(actor=first, release_id=release.pk)
        if prepared is None or prepared.status == Status.REFUSED:
            raise CommandError("Refused: together with earlier releases this one would single somebody out.")
        self.stdout.write(
            f"{prepared.version} prepared: {prepared.hidden_count} of {prepared.figures_count} figures hidden."
        )
        if options["second"]:
            second = publisher(options["second"])
            with acting(second):
                services.publish_release(actor=second, version=prepared.version)
            self.stdout.write(f"{prepared.version} published, SHA-256 {prepared.sha256}.")
