"""The whole demo, in the order it is told."""

from .cast import Cast
from .story import Story


def tell(story: Story, cast: Cast) -> None:
    """Tells what was not told before."""
