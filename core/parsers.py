"""JSON as strangers send it: whatever cannot be read, or could not be stored, is said to be so."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """DRF's, and two refusals more: nested deeper than a program can follow, and half of a surrogate pair."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            # Half a pair is no text: neither the database nor our own answer could hold it.
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError as problem:
            raise ParseError(_("This JSON is nested too deeply.")) from problem
        except UnicodeEncodeError as problem:
            raise ParseError(_("This JSON holds half of a surrogate pair, which is no text.")) from problem
        return data
