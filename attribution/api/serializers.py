"""Shapes in and out. What may be said is checked by the services, not here."""

from typing import Any

from rest_framework import serializers

Shape = serializers.Serializer[dict[str, Any]]


class LegIn(Shape):
    """A leg to open, and the standard of proof it is held to; empty is the standard's own."""

    leg = serializers.CharField()
    proof = serializers.CharField(required=False, allow_blank=True)
    claim = serializers.CharField(required=False, allow_blank=True)


class ProofOut(Shape):
    """A standard of proof, the tier that answers it, and whether it is reached."""

    code = serializers.CharField(allow_blank=True)
    needs = serializers.CharField(allow_blank=True)
    answer = serializers.ChoiceField(choices=["reached", "not_reached", "not_set"])


class LegOut(Shape):
    """One leg, never merged with another."""

    leg = serializers.CharField()
    name = serializers.CharField()
    asks = serializers.CharField()
    open = serializers.BooleanField()
    claim = serializers.CharField(allow_blank=True)
    proof = ProofOut()
    tier = serializers.CharField()
    hypotheses = serializers.ListField(child=serializers.CharField())
    findings = serializers.ListField(child=serializers.DictField())


class ReasoningIn(Shape):
    """A lawyer's reasons for an article."""

    article = serializers.IntegerField()
    reasons = serializers.CharField()
    specific_control = serializers.BooleanField(required=False, default=False)


class ReasoningOut(ReasoningIn):
    """On record."""

    reasoned_by = serializers.CharField()
    organisation = serializers.CharField()
    reasoned_at = serializers.DateTimeField()


class HypothesisIn(Shape):
    """An explanation on one leg; without one, on that of the operator."""

    leg = serializers.CharField(required=False, allow_blank=True)
    kind = serializers.CharField()
    country = serializers.CharField(required=False, allow_blank=True)
    actor = serializers.CharField(required=False, allow_blank=True)
    article = serializers.IntegerField(required=False, allow_null=True)
    statement = serializers.CharField(required=False, allow_blank=True)


class ReasonIn(Shape):
    """Why."""

    reason = serializers.CharField()


class ReasonsIn(Shape):
    """Why."""

    reasons = serializers.CharField()


class RatingsIn(Shape):
    """`{"E-1": {"H1": "CC", "H2": ""}}`; an empty code is a blank."""

    ratings = serializers.DictField(child=serializers.DictField(child=serializers.CharField(allow_blank=True)))


class Judged(Shape):
    """What the law and the norms ask to be written."""

    false_flag_check = serializers.CharField(required=False, allow_blank=True)
    article = serializers.IntegerField(required=False, allow_null=True)
    norm_13b = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    analysis = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    decision_reference = serializers.CharField(required=False, allow_blank=True)


class FindingIn(Judged):
    """A proposition with its likelihood and its confidence."""

    hypothesis = serializers.CharField()
    leg = serializers.CharField(required=False, allow_blank=True)
    statement = serializers.CharField()
    scale = serializers.CharField()
    likelihood = serializers.CharField()
    confidence = serializers.CharField()
    reasons = serializers.CharField()
    review_on = serializers.DateField(required=False, allow_null=True)


class FindingChange(Judged):
    """What is added, or a revised judgement with what changed."""

    likelihood = serializers.CharField(required=False)
    confidence = serializers.CharField(required=False)
    reasons = serializers.CharField(required=False)
    why = serializers.CharField(required=False, allow_blank=True)


class ExtensionIn(Shape):
    """Another review date, with reasons."""

    review_on = serializers.DateField()
    reasons = serializers.CharField()


class ContestIn(Shape):
    """What speaks against a finding."""

    kind = serializers.CharField()
    text = serializers.CharField()


class SupersedeIn(Shape):
    """The finding that takes the place of this one."""

    by = serializers.CharField()
    reason = serializers.CharField()


class PanelIn(Shape):
    """Until when opinions are given."""

    deadline = serializers.DateTimeField()
    quorum = serializers.IntegerField(required=False, default=3)
    by_name = serializers.BooleanField(required=False, default=True)


class DeadlineIn(Shape):
    """Until when opinions of the second round are given."""

    deadline = serializers.DateTimeField()


class RemarkIn(Shape):
    """What a member says between the rounds."""

    text = serializers.CharField()


class SeatIn(Shape):
    """A seat offered to an organisation."""

    organisation = serializers.SlugField()
    discipline = serializers.CharField()
    about = serializers.CharField(required=False, allow_blank=True)


class DeclarationIn(Shape):
    """Whether the invited person has a conflict of interest."""

    conflict = serializers.BooleanField()
    text = serializers.CharField(required=False, allow_blank=True)
    nationalities = serializers.ListField(child=serializers.CharField(), required=False, default=list)


class OpinionIn(Shape):
    """A member's own judgement, given blind."""

    position = serializers.CharField()
    likelihood = serializers.CharField()
    confidence = serializers.CharField()
    reasons = serializers.CharField()
    change_mind = serializers.CharField(required=False, allow_blank=True)
    dissent = serializers.CharField(required=False, allow_blank=True)
    blocking_objection = serializers.BooleanField(required=False)
    objection = serializers.CharField(required=False, allow_blank=True)
    article = serializers.IntegerField(required=False, allow_null=True)
    article_reasons = serializers.CharField(required=False, allow_blank=True)
    specific_control = serializers.BooleanField(required=False)


class HypothesisOut(HypothesisIn):
    """A hypothesis of the case."""

    number = serializers.CharField()
    name = serializers.CharField()
    is_alternative = serializers.BooleanField()
    status = serializers.CharField()
    rejected_reason = serializers.CharField()


class LikelihoodOut(Shape):
    """A term in its scale, never converted."""

    scale = serializers.CharField()
    term = serializers.CharField()
    words = serializers.CharField(required=False)


class FindingOut(Shape):
    """A finding with its computed tier and the machine-readable explanation."""

    number = serializers.CharField()
    hypothesis = serializers.CharField()
    leg = serializers.CharField()
    statement = serializers.CharField()
    likelihood = LikelihoodOut()
    confidence = serializers.CharField()
    reasons = serializers.CharField()
    false_flag_check = serializers.CharField()
    article = serializers.IntegerField(allow_null=True)
    norm_13b = serializers.DictField()
    analysis = serializers.DictField()
    decision_reference = serializers.CharField()
    standard_version = serializers.CharField()
    pap = serializers.CharField(
        help_text="What may be done with it: the strictest of its case and of what it rests on."
    )
    tier = serializers.CharField()
    computed_tier = serializers.CharField()
    contested = serializers.BooleanField()
    standing = serializers.CharField()
    standing_reason = serializers.CharField()
    superseded_by = serializers.CharField(allow_null=True)
    marked_items = serializers.ListField(child=serializers.CharField())
    review_on = serializers.DateField()
    overdue = serializers.BooleanField()
    overdue_days = serializers.IntegerField()
    asks = serializers.ListField(child=serializers.CharField())
    proposed_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)
    being_recomputed = serializers.BooleanField()
    waits_because = serializers.ListField(child=serializers.CharField())
    computed_at = serializers.DateTimeField(allow_null=True)
    explanation = serializers.DictField()


class FindingPage(Shape):
    """A page of findings."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FindingOut(many=True)


class ContestOut(ContestIn):
    """A contest on record."""

    id = serializers.IntegerField()
    items = serializers.ListField(child=serializers.CharField())
    opened_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    resolution = serializers.CharField()


class FlipOut(Shape):
    """A requirement that was met and is not, or the other way."""

    tier = serializers.CharField()
    code = serializers.CharField()
    met = serializers.BooleanField()


class ChangeOut(Shape):
    """A step of a finding's history."""

    at = serializers.DateTimeField()
    cause = serializers.CharField()
    tier = serializers.CharField()
    computed_tier = serializers.CharField()
    standing = serializers.CharField()
    contested = serializers.BooleanField()
    marked_items = serializers.ListField(child=serializers.CharField())
    flipped = FlipOut(many=True)


class SeatOut(Shape):
    """A seat: who sits there and whether an opinion was given; never what it says."""

    number = serializers.IntegerField()
    discipline = serializers.CharField()
    seat = serializers.CharField()
    organisation = serializers.CharField()
    about = serializers.CharField()
    answer_by = serializers.DateTimeField()
    member = serializers.CharField(allow_null=True)
    conflict = serializers.CharField()
    recused = serializers.BooleanField()
    sealed = serializers.BooleanField()
    commitment = serializers.CharField()


class OpinionOut(OpinionIn):
    """An opinion: one's own, or any once the round is open."""

    seat = serializers.CharField()
    round = serializers.IntegerField()
    likelihood = LikelihoodOut()  # type: ignore[assignment]
    objection_answer = serializers.CharField(allow_null=True)
    commitment = serializers.CharField()
    salt = serializers.CharField()
    revealed_at = serializers.DateTimeField(allow_null=True)


class SaidOut(Shape):
    """A remark of the discussion."""

    by = serializers.CharField()
    own = serializers.BooleanField()
    text = serializers.CharField()
    at = serializers.DateTimeField()


class PanelOut(Shape):
    """A panel with its seats and, once a round is open, every opinion that counts, those before, and the discussion."""

    number = serializers.IntegerField()
    finding = serializers.CharField()
    state = serializers.CharField()
    round = serializers.IntegerField()
    by_name = serializers.BooleanField()
    scale = serializers.CharField()
    quorum = serializers.IntegerField()
    required_seats = serializers.ListField(child=serializers.CharField())
    deadline = serializers.DateTimeField()
    revealed_at = serializers.DateTimeField(allow_null=True)
    seats = SeatOut(many=True)
    opinions = OpinionOut(many=True)
    earlier = OpinionOut(many=True)
    discussion = SaidOut(many=True)


class CellOut(Shape):
    """One item under one hypothesis."""

    hypothesis = serializers.CharField()
    own = serializers.CharField(allow_blank=True)
    group = serializers.CharField(allow_null=True)
    split = serializers.BooleanField()
    spread = serializers.IntegerField()
    other = serializers.CharField(allow_blank=True)


class SumsOut(Shape):
    """Inconsistency per hypothesis, and which have least against them. No probability."""

    inconsistency = serializers.DictField(child=serializers.IntegerField())
    least = serializers.ListField(child=serializers.CharField())


class RemovalOut(SumsOut):
    """The board without one item, origin or class."""

    kind = serializers.ChoiceField(choices=["item", "origin", "class"])
    key = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    changes = serializers.BooleanField()


class AssessorOut(Shape):
    """Somebody whose ratings on the leg are open."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class BoardOut(SumsOut):
    """What the board of a leg comes to, and with whom one may compare."""

    leg = serializers.CharField()
    assessors = AssessorOut(many=True)
    without = RemovalOut(many=True)


class WhatIfIn(Shape):
    """Ratings to try, and items to leave out."""

    ratings = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True)), required=False, default=dict
    )
    without = serializers.ListField(child=serializers.CharField(), required=False, default=list)


class OutcomeOut(Shape):
    """A finding as it is computed now, and as it would be."""

    number = serializers.CharField()
    computed_tier = serializers.CharField()
    then = serializers.CharField()
    contested = serializers.BooleanField()


class WhatIfOut(Shape):
    """A board tried out, beside the one there is."""

    leg = serializers.CharField()
    now = SumsOut()
    then = SumsOut()
    changes = serializers.BooleanField()
    findings = OutcomeOut(many=True)


class DayOut(Shape):
    """A finding on one day of its replay."""

    on = serializers.DateField()
    items = serializers.ListField(child=serializers.CharField())
    tier = serializers.CharField()
    contested = serializers.BooleanField()
    standing = serializers.ChoiceField(choices=["rejected", "weakened", "open"])
    sentence = serializers.DictField()
    independent_origins = serializers.IntegerField()
    changed = serializers.BooleanField()


class RowOut(Shape):
    """One item across all hypotheses."""

    item = serializers.CharField()
    separates = serializers.IntegerField(allow_null=True)
    weighs = serializers.BooleanField()
    cells = CellOut(many=True)
