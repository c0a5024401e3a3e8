"""Addresses of attribution under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import asof, panels, replies, scores, views, watching

ROOT = "attribution/"
FINDING = f"{ROOT}findings/<finding:number>/"
PANEL = f"{ROOT}panels/<int:panel>/"

urlpatterns = [
    path(f"{ROOT}legs/", views.LegList.as_view(), name="api-leg-list"),
    path(f"{ROOT}hypotheses/", views.HypothesisList.as_view(), name="api-hypothesis-list"),
    path(f"{ROOT}hypotheses/<slug:label>/reject/", views.HypothesisReject.as_view(), name="api-hypothesis-reject"),
    path(
        f"{ROOT}hypotheses/<slug:label>/reconsider/",
        views.HypothesisReconsider.as_view(),
        name="api-hypothesis-reconsider",
    ),
    path(f"{ROOT}ratings/", views.Ratings.as_view(), name="api-ratings"),
    path(f"{ROOT}board/", views.BoardDetail.as_view(), name="api-board"),
    path(f"{ROOT}board/what-if/", views.BoardWhatIf.as_view(), name="api-board-what-if"),
    path(f"{ROOT}findings/", views.FindingList.as_view(), name="api-finding-list"),
    path(FINDING, views.FindingDetail.as_view(), name="api-finding"),
    path(f"{FINDING}report/", views.FindingReport.as_view(), name="api-finding-report"),
    path(f"{FINDING}history/", views.FindingHistory.as_view(), name="api-finding-history"),
    path(f"{FINDING}reply/", replies.FindingReplies.as_view(), name="api-finding-reply"),
    path(f"{FINDING}reply/invitations/", replies.ReplyInvitations.as_view(), name="api-reply-invitations"),
    path(f"{FINDING}reply/invitations/<int:invitation>/renew/", replies.ReplyRenewal.as_view(), name="api-reply-renew"),
    path(f"{FINDING}reply/files/<int:file>/", replies.ReplyFileContent.as_view(), name="api-reply-file-content"),
    path(f"{FINDING}reply/waivers/", replies.ReplyWaivers.as_view(), name="api-reply-waivers"),
    path(f"{FINDING}publish/", replies.FindingPublish.as_view(), name="api-finding-publish"),
    path(f"{FINDING}relying/", replies.FindingRelying.as_view(), name="api-finding-relying"),
    path(f"{FINDING}relying/<int:relying>/", replies.RelyingAcknowledged.as_view(), name="api-relying-acknowledged"),
    path(f"{FINDING}watch/", watching.FindingWatch.as_view(), name="api-finding-watch"),
    path(f"{FINDING}replay/", views.FindingReplay.as_view(), name="api-finding-replay"),
    path(f"{FINDING}as-of/", asof.FindingAsOf.as_view(), name="api-finding-as-of"),
    path(f"{FINDING}extend/", views.FindingExtend.as_view(), name="api-finding-extend"),
    path(f"{FINDING}article/", views.ArticleReasonings.as_view(), name="api-finding-article"),
    path(f"{FINDING}contests/", views.ContestList.as_view(), name="api-contest-list"),
    path(f"{FINDING}contests/<int:contest>/resolve/", views.ContestResolve.as_view(), name="api-contest-resolve"),
    path(f"{FINDING}corroborate/", views.FindingCorroborate.as_view(), name="api-finding-corroborate"),
    path(f"{FINDING}withdraw/", views.FindingWithdraw.as_view(), name="api-finding-withdraw"),
    path(f"{FINDING}supersede/", views.FindingSupersede.as_view(), name="api-finding-supersede"),
    path(f"{FINDING}outcome/", scores.FindingOutcome.as_view(), name="api-finding-outcome"),
    path(f"{FINDING}panels/", panels.PanelList.as_view(), name="api-panel-list"),
    path(PANEL, panels.PanelDetail.as_view(), name="api-panel"),
    path(f"{PANEL}seats/", panels.SeatList.as_view(), name="api-seat-list"),
    path(f"{PANEL}seats/<int:seat>/release/", panels.SeatRelease.as_view(), name="api-seat-release"),
    path(f"{PANEL}opinion/", panels.OwnOpinion.as_view(), name="api-opinion"),
    path(f"{PANEL}reveal/", panels.PanelReveal.as_view(), name="api-panel-reveal"),
    path(f"{PANEL}second-round/", panels.PanelSecondRound.as_view(), name="api-panel-second-round"),
    path(f"{PANEL}discussion/", panels.Discussion.as_view(), name="api-panel-discussion"),
    path(f"{PANEL}close/", panels.PanelClose.as_view(), name="api-panel-close"),
    path(f"{PANEL}objections/<int:seat>/", panels.ObjectionAnswers.as_view(), name="api-objection"),
    path(f"{ROOT}seats/<int:seat>/", panels.SeatOffered.as_view(), name="api-seat"),
]
