"""What can be recorded about attribution. Nothing here says how anybody judged before the round is opened."""

from django.utils.translation import gettext_lazy as _

from ledger.verbs import declare

declare(
    {
        "leg.opened": _("opened a leg of what is claimed, with its standard of proof"),
        "hypothesis.added": _("added a hypothesis"),
        "hypothesis.rejected": _("rejected a hypothesis"),
        "hypothesis.reconsidered": _("took a hypothesis back into consideration"),
        "evidence.rated": _("rated evidence against the hypotheses"),
        "reply.file_added": _("attached a file to a reply"),
        "reply.file_removed": _("took a file out of the draft of a reply"),
        "reply.file_opened": _("opened a file that came with a reply"),
        "finding.proposed": _("proposed a finding"),
        "finding.amended": _("added to a finding"),
        "finding.review_extended": _("put off the review of a finding, with reasons"),
        "finding.overdue": _("flagged a finding whose review is overdue"),
        "finding.recomputed": _("computed a finding anew, with another result"),
        "finding.corroborated": _("put their name to a corroborated finding"),
        "finding.article_reasoned": _("gave a lawyer’s reasons for an article of State responsibility"),
        "finding.contested": _("contested a finding"),
        "finding.contest_resolved": _("resolved a contest of a finding"),
        "finding.resolved": _("said how a question that was judged turned out"),
        "finding.withdrawn": _("withdrew a finding"),
        "finding.superseded": _("put a new finding in the place of another"),
        "finding.published": _("published a finding"),
        "finding.sent": _("sent a finding to somebody outside"),
        "finding.recall_acknowledged": _("wrote down that an addressee knows of a change"),
        "reply.notice_opened": _("fixed what is to be published of a finding"),
        "reply.invited": _("asked a party to reply"),
        "reply.waived": _("waived a reply, with reasons"),
        "reply.verified": _("saw a party prove who they are"),
        "reply.locked": _("locked a reply after wrong codes"),
        "reply.received": _("received a reply"),
        "panel.convened": _("convened a panel"),
        "panel.seat_invited": _("invited an organisation to a seat on a panel"),
        "panel.seat_released": _("took back an invitation to a seat"),
        "panel.seat_passed_on": _("gave up a member’s panel seat, to be offered to the organisation anew"),
        "panel.seat_recused": _("stepped out of a panel seat"),
        "panel.seat_taken": _("took a panel seat and declared no conflict of interest"),
        "panel.opinion_sealed": _("gave a sealed opinion"),
        "panel.revealed": _("opened the opinions of a panel"),
        "panel.second_round": _("began the second round of a panel, sealed again"),
        "panel.discussed": _("spoke in the discussion of a panel"),
        "panel.closed": _("ended a panel"),
        "panel.objection_answered": _("answered a blocking objection"),
    }
)
