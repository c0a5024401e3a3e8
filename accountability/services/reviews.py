"""What is done to reviews and recommendations. Each function checks, changes and records in one transaction."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid, NotFound
from documents import languages
from documents import services as jobs
from documents.failures import NotFailed
from documents.states import OPEN, State
from incidents.access import CaseAccess, case_for
from incidents.marks import ORDER, Mark
from incidents.numbering import lock, next_number
from ledger.services import record
from organisations.actors import Actor
from organisations.models import Organisation
from organisations.roles import Action

