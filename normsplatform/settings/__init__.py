"""Settings, one file a subject. Every value that differs between machines comes from the environment (`env.py`)."""

from .base import *
from .interface import *
from .people import *
from .storage import *
