"""One class for each rule of the case that can be broken."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AlreadyClosed(DomainError):
    code = "case_closed"
    message = _("This case is closed. Open it again before you change it.")


class NotClosed(DomainError):
    code = "case_open"
    message = _("This case is open already.")


class GrantToHolder(DomainError):
    code = "grant_to_holder"
    message = _("This organisation holds the case and sees all of it already.")


class GrantNeedsReason(DomainError):
    code = "grant_needs_reason"
    message = _("Say why this share is needed. Both sides will read it.")


class DraftSent(DomainError):
    code = "draft_sent"
    message = _("This draft has been sent already.")


class OnlyHolder(DomainError):
    code = "only_holder"
    message = _("Only the organisation that holds the case does this.")


class SeesAlready(DomainError):
    code = "sees_already"
    message = _("This person sees the case already, because they hold a seat on a panel.")


class SeatGrant(DomainError):
    code = "seat_grant"
    message = _("A seat on a panel opened the case to this person. It closes when they leave the seat.")


class TooLateToUndo(DomainError):
    code = "too_late_to_undo"
    message = _("This share ended too long ago to be taken back with one act. Share the case anew.")


class HandOverOpen(DomainError):
    code = "hand_over_open"
    message = _("This case is offered to an organisation already. Withdraw that offer first.")


class HandOverAnswered(DomainError):
    code = "hand_over_answered"
    message = _("This offer has been answered or withdrawn.")


class HandOverToItself(DomainError):
    code = "hand_over_to_holder"
    message = _("This organisation holds the case already.")


class MustSeeFirst(DomainError):
    code = "must_see_first"
    message = _("Share the case with this organisation first, so that it knows what it is offered.")


class CannotMove(DomainError):
    code = "cannot_move"
    message = _("The case cannot move to this organisation: it holds a case with the same reference of an import.")


class NotAMember(DomainError):
    code = "not_of_the_house"
    message = _("The person in charge belongs to the organisation that holds the case, and can work on it.")


class AlreadyBlind(DomainError):
    code = "case_blind"
    message = _("Work on this case is organisation-blind already.")


class NotBlind(DomainError):
    code = "case_not_blind"
    message = _("Names are shown in this case already.")


class NamesHidden(DomainError):
    code = "names_hidden"
    message = _(
        "This case is worked on organisation-blind. What you ask for names every hand it passed through, under hashes that cover the names, "
        "so it is not made while names are hidden. A keeper of names with whom the case is shared for export can make a package, with a reason. "
        "Whoever coordinates, oversees or holds the case can show names again, with reasons."
    )


class DeadlineFixed(DomainError):
    code = "deadline_fixed"
    message = _("This deadline follows from a rule. It is changed, if at all, where the thing itself is.")


class DeadlinePaused(DomainError):
    code = "deadline_paused"
    message = _("This deadline is paused. Let it go on first.")


class DeadlineNotPaused(DomainError):
    code = "deadline_not_paused"
    message = _("This deadline is not paused.")


class DeadlinePassed(DomainError):
    code = "deadline_passed"
    message = _("This deadline has passed: it can be put off, not paused.")


class DeadlineMovedMeanwhile(DomainError):
    code = "deadline_moved"
    message = _("The date was changed since it was paused. Put it off instead.")


class TooManySearches(DomainError):
    code = "too_many_searches"
    message = _("You keep as many searches as one can. Drop one first.")
