"""From a case to the content of its review: read as the person who asked, at one moment, never above the review's mark."""

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotFound
from documents.blocks import Content
from documents.models import Document, Job
from documents.rendering import Rendered, Tick, render_content
from documents.services import Issue
from incidents.access import CaseAccess, case_for
from organisations.actors import Actor
from organisations.roles import Action

from .hearing import hear_first
