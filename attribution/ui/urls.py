"""Addresses of attribution's pages, under a case."""

from django.urls import path

from . import asof, findings, legs, matrix, overview, panels, replies, scores, watching

ROOT = "attribution/"
FINDING = f"{ROOT}findings/<finding:number>/"
PANEL = f"{ROOT}panels/<int:panel>/"

urlpatterns = [
    path(ROOT, overview.attribution, name="attribution"),
    path(f"{ROOT}legs/new/", legs.leg_new, name="leg-new"),
    path(f"{ROOT}matrix/", matrix.matrix, name="attribution-matrix"),
    path(f"{ROOT}matrix/what-if/", matrix.what_if, name="attribution-what-if"),
    path(f"{ROOT}matrix/items/<evidence:number>/", matrix.matrix_item, name="attribution-matrix-item"),
    path(f"{ROOT}matrix.csv", matrix.matrix_csv, name="attribution-matrix-csv"),
    path(f"{ROOT}hypotheses/new/", overview.hypothesis_new, name="hypothesis-new"),
    path(f"{ROOT}hypotheses/<slug:label>/reject/", overview.hypothesis_reject, name="hypothesis-reject"),
    path(f"{ROOT}hypotheses/<slug:label>/reconsider/", overview.hypothesis_reconsider, name="hypothesis-reconsider"),
    path(f"{ROOT}findings/new/", findings.finding_new, name="finding-new"),
    path(FINDING, findings.finding_page, name="finding"),
    path(f"{FINDING}change/", findings.finding_amend, name="finding-amend"),
    path(f"{FINDING}extend/", findings.finding_extend, name="finding-extend"),
    path(f"{FINDING}replay/", findings.finding_replay, name="finding-replay"),
    path(f"{FINDING}as-of/", asof.finding_as_of, name="finding-as-of"),
    path(f"{FINDING}article/", legs.article_reason, name="finding-article"),
    path(f"{FINDING}contest/", findings.finding_contest, name="finding-contest"),
    path(f"{FINDING}contests/<int:contest>/resolve/", findings.contest_resolve, name="contest-resolve"),
    path(f"{FINDING}corroborate/", findings.finding_corroborate, name="finding-corroborate"),
    path(f"{FINDING}withdraw/", findings.finding_withdraw, name="finding-withdraw"),
    path(f"{FINDING}outcome/", scores.finding_resolve, name="finding-resolve"),
    path(f"{FINDING}replace/", findings.finding_supersede, name="finding-supersede"),
    path(f"{FINDING}reply/", replies.finding_reply, name="finding-reply"),
    path(f"{FINDING}reply/notice/", replies.notice_new, name="notice-new"),
    path(f"{FINDING}reply/invite/", replies.reply_invite, name="reply-invite"),
    path(f"{FINDING}reply/waive/", replies.reply_waive_new, name="reply-waive-new"),
    path(f"{FINDING}reply/files/<int:file>/", replies.reply_file, name="reply-file"),
    path(f"{FINDING}reply/<int:invitation>/renew/", replies.reply_renew, name="reply-renew"),
    path(f"{FINDING}reply/<int:invitation>/waive/", replies.reply_waive, name="reply-waive"),
    path(f"{FINDING}publish/", replies.finding_publish, name="finding-publish"),
    path(f"{FINDING}relying/", replies.finding_relying, name="finding-relying"),
    path(f"{FINDING}relying/<int:relying>/", replies.relying_acknowledged, name="relying-acknowledged"),
    path(f"{FINDING}watch/", watching.finding_watch, name="finding-watch"),
    path(f"{FINDING}panel/", findings.panel_new, name="panel-new"),
    path(PANEL, panels.panel_page, name="panel"),
    path(f"{PANEL}invite/", panels.seat_invite, name="seat-invite"),
    path(f"{PANEL}seats/<int:seat>/release/", panels.seat_release, name="seat-release"),
    path(f"{PANEL}opinion/", panels.opinion, name="opinion"),
    path(f"{PANEL}reveal/", panels.panel_reveal, name="panel-reveal"),
    path(f"{PANEL}second-round/", panels.second_round, name="panel-second-round"),
    path(f"{PANEL}discussion/", panels.discuss, name="panel-discuss"),
    path(f"{PANEL}close/", panels.panel_close, name="panel-close"),
    path(f"{PANEL}objections/<int:seat>/", panels.objection_answer, name="objection-answer"),
    path(f"{ROOT}seats/<int:seat>/", panels.seat_declare, name="seat-declare"),
]
