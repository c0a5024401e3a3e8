"""One class for each rule of attribution that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class HypothesisNeeded(DomainError):
    code = "attribution_alternative_stays"
    message = _(
        "This alternative is kept so that none is forgotten. It can be contradicted by evidence, not taken off the list."
    )


class LegOpen(DomainError):
    code = "attribution_leg_open"
    message = _("This leg is open already. Its standard of proof was set then and is not moved.")


class NoLawOnLeg(DomainError):
    code = "attribution_no_law_on_leg"
    message = _("This finding is on a leg that cannot hold a State responsible: no article belongs to it.")


class HypothesisClosed(DomainError):
    code = "attribution_hypothesis_rejected"
    message = _("This hypothesis was rejected. Take it back into consideration before you propose a finding on it.")


class NotYetProvisional(DomainError):
    code = "finding_not_yet_provisional"
    message = _("The record does not carry a provisional finding yet. What is missing stands below.")


class FindingEnded(DomainError):
    code = "finding_ended"
    message = _("This finding was withdrawn or superseded. It stays on record and is not changed.")


class ReviewNotLater(DomainError):
    code = "finding_review_not_later"
    message = _("The new review date must be later than the present one, and not in the past.")


class ReviewTooFar(DomainError):
    code = "finding_review_too_far"
    message = _("The review date is later than the evidence standard allows (R2.14).")


class NotCorroborated(DomainError):
    code = "finding_not_corroborated"
    message = _("By the standard, the record does not carry a corroborated finding. What is missing stands below.")


class ApproverHasPart(DomainError):
    code = "finding_four_eyes"
    message = _(
        "You filed this case, proposed this finding or gave in evidence. Somebody without a part in it has to put their name to it."
    )


class ApproverNotOnPanel(DomainError):
    code = "finding_approver_not_on_panel"
    message = _("A member of the panel who concurs puts their name to a corroborated finding.")


class AlreadyApproved(DomainError):
    code = "finding_already_approved"
    message = _("Somebody put their name to this finding already.")


class ContestClosed(DomainError):
    code = "contest_resolved"
    message = _("This contest was resolved already.")


class ResolvedByProposer(DomainError):
    code = "contest_resolved_by_proposer"
    message = _("You proposed this finding. Somebody else has to resolve what is said against it.")


class ResolvedByItsProposer(DomainError):
    code = "finding_resolved_by_proposer"
    message = _("You proposed this finding. Somebody else says how it turned out.")


class QuestionResolved(DomainError):
    code = "finding_resolved"
    message = _("How this question turned out is on record already.")


class StillJudged(DomainError):
    code = "finding_still_judged"
    message = _("A panel is at work on this finding. No answer is put before it has spoken.")


class AnswerNotKnown(DomainError):
    code = "finding_answer_not_known"
    message = _(
        "The answer is known when a decision is on record, when the finding was withdrawn because it was disproved, or in an exercise."
    )


class SupersedesItself(DomainError):
    code = "finding_supersedes_itself"
    message = _("Choose another finding of this case that still stands.")


class RoundOpen(DomainError):
    code = "panel_round_open"
    message = _("This finding has a panel at work already. One round at a time.")


class NoSeatFor(DomainError):
    """Why an organisation has no seat, by what side it is on (ATT-7)."""

    code = "panel_no_seat"
    message = _("This organisation cannot sit on the panel.")

    SIDES = {
        "claimant": _("The organisation that holds the case has no seat on its panel (ATT-7)."),
        "kind": _(
            "Only assessment bodies, civil society and regional organisations sit on a panel. States, operators and mediators do not."
        ),
        "accused": _("An organisation of a State named in a hypothesis has no seat (ATT-7)."),
        "harmed": _("An organisation of the country that was harmed has no seat (ATT-7)."),
    }

    def __init__(self, side: str) -> None:
        super().__init__(self.SIDES.get(side), side=side)


class NoSeatForNational(DomainError):
    code = "panel_no_seat_for_national"
    message = _(
        "A national of a State named in a hypothesis, or of the country that was harmed, has no seat, whoever employs them (ATT-7)."
    )


class SpokeBefore(DomainError):
    code = "panel_spoke_before"
    message = _(
        "You gave an opinion on this finding in a round that was opened. New members would read it before they give theirs."
    )


class SecondRoundSeats(DomainError):
    code = "panel_second_round_seats"
    message = _("The second round is for who spoke in the first. No seat is offered in it.")


class NotInFirstRound(DomainError):
    code = "panel_not_in_first_round"
    message = _(
        "The second round is for who spoke in the first: you have read the opinions of the others without giving yours."
    )


class NoSecondRound(DomainError):
    code = "panel_no_second_round"
    message = _("A second round begins once the opinions of the first are open, and there is no third.")


class LaterPanel(DomainError):
    code = "panel_later"
    message = _("A later panel was convened on this finding. Its opinions are the ones to come.")


class SealedAgain(DomainError):
    code = "panel_sealed_again"
    message = _("The panel is in its second round. Put your name to the finding once its opinions are open.")


class SpeaksSealed(DomainError):
    code = "panel_speaks_sealed"
    message = _("You sit in a sealed round. Until it is opened you speak through your opinion alone.")


class NoDiscussionNow(DomainError):
    code = "panel_no_discussion"
    message = _("Members discuss while opinions are open, never while a round is sealed.")


class MemberHasPart(DomainError):
    code = "panel_member_has_part"
    message = _("You filed this case, proposed this finding or gave in evidence. You cannot sit on its panel.")


class SeatTaken(DomainError):
    code = "panel_seat_taken"
    message = _("This seat is taken, or the invitation was taken back.")


class AlreadySitting(DomainError):
    code = "panel_already_sitting"
    message = _("You hold a seat on this panel already.")


class SeatsFilling(DomainError):
    code = "panel_seats_not_filled"
    message = _("Opinions are given once digital forensics, law and human rights are all seated.")


class DeadlineOver(DomainError):
    code = "panel_deadline_over"
    message = _("The time for opinions is over.")


class RoundOver(DomainError):
    code = "panel_round_over"
    message = _("The opinions of this panel are open already. Nothing can be added or changed.")


class ConflictFirst(DomainError):
    code = "panel_declare_conflict_first"
    message = _("Say first whether you have a conflict of interest. Evidence and opinion come after that.")


class StillSealed(DomainError):
    code = "panel_still_sealed"
    message = _("Not every member has given an opinion, and there is still time.")


class NoQuorum(DomainError):
    code = "panel_no_quorum"
    message = _("There is no quorum: an opinion from digital forensics, law and human rights is needed.")


class ObjectionAnswered(DomainError):
    code = "panel_objection_answered"
    message = _("This objection was answered already.")


class NoObjection(DomainError):
    code = "panel_no_objection"
    message = _("This opinion carries no blocking objection.")


class NoNotice(DomainError):
    code = "reply_no_notice"
    message = _("Fix first what is to be published. The parties are shown exactly that.")


class ReplyAwaited(DomainError):
    code = "reply_awaited"
    message = _(
        "Not yet: a party named has a right of reply before publication (ATT-11). What is missing stands below."
    )


class AlreadyAnswered(DomainError):
    code = "reply_already_given"
    message = _("This has been answered or waived already.")


class ReplyChannelEnded(DomainError):
    code = "reply_channel_ended"
    message = _("The time for a reply is over. Write to whoever asked you.")


class ReplyFileDamaged(DomainError):
    code = "reply_file_damaged"
    message = _("This file is not the one that was received: it does not match its hash. It was not handed out.")


class WaivedByProposer(DomainError):
    code = "reply_waived_by_proposer"
    message = _("Whoever proposed a finding does not waive the reply to it. Ask a colleague.")


class PublishedByProposer(DomainError):
    code = "finding_published_by_proposer"
    message = _("Whoever proposed a finding does not publish it. Ask a colleague.")


class AlreadyPublished(DomainError):
    code = "finding_already_published"
    message = _("This was published already. A change or a reply is issued by itself.")
