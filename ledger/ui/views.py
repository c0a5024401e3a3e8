"""The log for anybody: what it is, a checkpoint to keep, tiles, and whether a checkpoint one kept still fits."""

from hashlib import sha256
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Invalid
from core.forms import Form
from core.http import show_invalid
from core.public import PUBLIC, as_public, public

from .. import keys, log
from ..merkle import TILE, TILE_HEIGHT
from ..verify import single

FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=5"
HIGHEST = 63 // TILE_HEIGHT


class NoteForm(Form):
    """A checkpoint somebody kept."""

    sent_once = False
    note = forms.CharField(
        label=_("The checkpoint you hold"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr", "spellcheck": "false"}),
        max_length=10_000,
        help_text=_("All of its lines, as you kept them."),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def transparency(request: HttpRequest) -> HttpResponse:
    """The page for people. Comparing changes nothing, so it needs no second thought."""
    form, compared, status = NoteForm(request.POST or None), None, 200
    with as_public():
        if request.method == "POST":
            try:
                if form.is_valid():
                    said, holds = log.compare(form.cleaned_data["note"])
                    compared = {"size": said.size, "holds": holds}
                else:
                    status = 422
            except Invalid as problem:
                show_invalid(form, problem)
                status = 422
        latest = log.checkpoint(using=PUBLIC)
        note = log.whole_note(latest, PUBLIC) if latest else ""
        stamp = log.stamp_of(latest, PUBLIC) if latest else None
    context: dict[str, Any] = {
        "form": form,
        "compared": compared,
        "latest": latest,
        "note": note,
        "stamp": stamp,
        "vkey": keys.signer(log.PURPOSE).vkey,
        "witnesses": log.witnesses(),
        "verifier": sha256(single.archive()).hexdigest(),
    }
    return render(request, "transparency/transparency.html", context, status=status)


def plain(data: bytes | str, media_type: str, cache: str) -> HttpResponse:
    """A file of the log; anybody may fetch it from anywhere."""
    response = HttpResponse(data, content_type=media_type)
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint with its witnesses' lines."""
    with as_public():
        latest = log.checkpoint(using=PUBLIC)
        if latest is None:
            raise Http404
        return plain(log.whole_note(latest, PUBLIC), "text/plain; charset=utf-8", SHORT)


@public
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The offline verifier, made of the sources that run here."""
    response = plain(single.archive(), "application/zip", SHORT)
    response["Content-Disposition"] = f'attachment; filename="{single.NAME}"'
    return response


def width_of(level: int, index: int, width: int | None) -> int:
    """How many hashes are asked for, when the published tree has that many; 404 otherwise: nothing of what is not signed yet."""
    latest = log.checkpoint(using=PUBLIC)
    there = min(TILE, ((latest.size if latest else 0) >> TILE_HEIGHT * level) - index * TILE)
    wanted = TILE if width is None else width
    if not 0 < wanted <= there or (width is not None and width >= TILE):
        raise Http404
    return wanted


@public
@require_safe
def tile(request: HttpRequest, level: int, index: int, width: int | None = None) -> HttpResponse:
    """Hashes of one level; a tile never changes, nor does the beginning of one."""
    if level > HIGHEST:
        raise Http404
    with as_public():
        wanted = width_of(level, index, width)
        data = log.ask(PUBLIC, "SELECT ledger_log_tile(%s, %s, %s)", level, index, wanted)[0][0]
    return plain(data, "application/octet-stream", FOR_EVER)


@public
@require_safe
def entries(request: HttpRequest, index: int, width: int | None = None) -> HttpResponse:
    """The commitments themselves, each with its length in two bytes before it: nothing can be read from them."""
    with as_public():
        wanted = width_of(0, index, width)
        data = log.ask(PUBLIC, "SELECT ledger_log_commitments(%s, %s)", index, wanted)[0][0]
    bundle = b"".join(b"\x00\x20" + data[at : at + 32] for at in range(0, len(data), 32))
    return plain(bundle, "application/octet-stream", FOR_EVER)
