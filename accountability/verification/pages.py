"""A verification report as pages: its data in the language that is set, in the standard's own words, and nothing besides."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import norms, reply_rules
from attribution.models import Finding, Opinion
from attribution.pictures import class_words, effect_words, loss_words, robustness_figure
from attribution.selectors import hypotheses_of
from attribution.states import Conflict, HypothesisStatus, Round
from attribution.words import cause_words, names_of
from core.templatetags.norms import TIERS
from documents.blocks import Block, Content, Facts, Heading, Nothing, Picture, Points, Quote, Section, Table, Text
from evidence.states import Status
from incidents.access import CaseAccess
from incidents.models import Incident
from ledger.verbs import VERBS

from ..clearance import WITHHELD
from ..models import VerificationReport
from ..sections.words import day, grade_text
from .limits import SENTENCES

DATA_NAME = "report.json"
NONE = "–"

RECUSED = {
    "conflict": gettext_lazy("stepped out: conflict of interest"),
    "released": gettext_lazy("invitation taken back"),
    "left_house": gettext_lazy("left the organisation that sent them"),
    "passed_on": gettext_lazy("given up before the round, and offered to the same organisation anew"),
}


class Words:
    """The data of one report in words."""

    def __init__(self, incident: Incident, finding: Finding, data: Mapping[str, Any]) -> None:
        self.data, self.finding, self.version = data, finding, finding.standard_version
        self.names = names_of(hypotheses_of(incident, finding.leg))
        self.lists: dict[str, dict[str, str]] = {}

    def named(self, part: str, code: str) -> str:
        """A code of the standard in its words."""
        if part not in self.lists:
            self.lists[part] = dict(norms.named(part, self.version))
        return self.lists[part].get(code, code)

    def say(self, text: Mapping[str, Any]) -> str:
        """A sentence of the rules."""
        params = {name: _("withheld here") if value == WITHHELD else value for name, value in text["params"].items()}
        try:
            return norms.say(text["code"], params, self.version, self.names)
        except (KeyError, TypeError, ValueError):  # a sentence that is no longer in the list
            return str(text["english"])

    def likelihood(self, scale: str, term: str) -> str:
        """The word with its range, and which scale it is of; scales are never converted (R1.5)."""
        return f"{norms.term_words(scale, term, self.version)}, {dict(norms.scales(self.version)).get(scale, scale)}"

    def tier(self, row: Mapping[str, Any]) -> str:
        """A tier with what stands beside it."""
        beside = [str(TIERS["contested"])] if row["contested"] else []
        if row["standing"] != "current":
            beside.append(str(TIERS[row["standing"]]))
        words = f"{row['tier']} – {TIERS[row['tier'].lower()]}"
        return "; ".join([words, *beside])

    def hypothesis(self, row: Mapping[str, Any]) -> str:
        """An explanation with its label."""
        return f"{row['number']} {row['name']}"


def claim(words: Words) -> list[Block]:
    """What is claimed, leg by leg."""
    said = words.data["claim"]
    rows = [
        (_("Leg"), words.named("legs", said["leg"])),
        (_("It asks"), said["asks"] or NONE),
        (_("What is claimed on it"), said["proposition"] or _("not written down")),
        (_("Proposition"), words.hypothesis(said["hypothesis"])),
        (_("Likelihood"), words.likelihood(said["likelihood"]["scale"], said["likelihood"]["term"])),
        (_("Confidence in the analysis"), words.named("confidence", said["confidence"])),
        (_("Standard of proof"), proof(said["proof"], words)),
        (_("Permissible actions"), said["pap"]),
    ]
    if said["article"]:
        articles = dict(norms.articles(words.version))
        rows.append((_("Mode of State responsibility"), articles.get(said["article"], str(said["article"]))))
    if said["decision_reference"]:
        rows.append((_("Decision of a court, tribunal or commission"), said["decision_reference"]))
    alternatives = tuple(
        (row["number"], row["name"], words.named("hypothesis_kinds", row["kind"]), str(HypothesisStatus(row["status"]).label))
        for row in said["alternatives"]
    )  # fmt: skip
    blocks: list[Block] = [
        Text(said["statement"]),
        Facts(_("The claim"), tuple(rows)),
        Heading(_("Reasons")),
        Text(said["reasons"]),
        Heading(_("False-flag check")),
        Text(said["false_flag_check"]) if said["false_flag_check"] else Nothing(_("Not recorded.")),
        *[
            Quote(row["reasons"], _("A lawyer’s reasons for article %(number)s, %(organisation)s") % {"number": row["article"], "organisation": row["organisation"]})
            for row in said["article_reasoned"]
        ],
        Table("alternatives", _("Alternatives it is judged against"), (_("Number"), _("Explanation"), _("Kind"), _("Status")), alternatives, code=(0,))
        if alternatives else Nothing(_("No alternative is recorded on this leg.")),
    ]  # fmt: skip
    return [*blocks, *other_legs(words)]


def proof(said: Mapping[str, Any], words: Words) -> str:
    """The standard of proof and whether the tier answers it."""
    if said["answer"] == "not_set":
        return _("none is set under this standard")
    name = dict(norms.proofs(words.version)).get(said["code"], said["code"])
    if said["answer"] == "reached":
        return _("%(proof)s: reached") % {"proof": name}
    return _("%(proof)s: not reached, it takes %(tier)s") % {"proof": name, "tier": said["needs"]}


def other_legs(words: Words) -> list[Block]:
    """The other legs, each with its own tier: what holds on one says nothing on another."""
    rows = tuple(
        (
            words.named("legs", row["leg"]),
            _("open") if row["open"] else _("not claimed"),
            "\n".join(f"{each['number']}: {words.tier(each)}" for each in row["findings"]) or _("nothing found"),
        )
        for row in words.data["claim"]["other_legs"]
    )
    heads = (_("Leg"), _("Claimed"), _("Findings"))
    return [
        Text(_("Legs are never merged: this report is about one of them. The others stand or fall by themselves.")),
        Table("legs", _("The other legs of this case"), heads, rows),
    ]


def stands(words: Words) -> list[Block]:
    """How the finding stands."""
    said, standard = words.data["stands"], words.data["standard"]
    rows = [
        (_("Tier"), words.tier(said)),
        (_("What the record carries by the standard"), said["computed_tier"]),
        (_("Evidence standard"), f"{standard['title']} {standard['version']}"),
        (_("SHA-256 of the standard"), standard["sha256"]),
        (_("Review by"), day(words.finding.review_on)),
        (_("Computed"), said["computed_at"] or NONE),
        (_("A panel member put their name to it"), said["name_put_to_it"] or _("nobody has")),
    ]
    if said["waits"]:
        causes = ", ".join(cause_words(cause) for cause in said["waits_because"])
        rows.insert(1, (_("Not the last word"), _("It waits to be computed anew: %(causes)s.") % {"causes": causes}))
    if said["standing_reason"]:
        rows.append((_("Why it no longer stands as it was"), said["standing_reason"]))
    if said["superseded_by"]:
        rows.append((_("In its place stands"), said["superseded_by"]))
    if standard["in_force_now"] != standard["version"]:
        rows.append((_("In force for new findings"), standard["in_force_now"]))
    blocks: list[Block] = [Facts(_("How %(label)s stands") % {"label": words.data["finding"]}, tuple(rows))]
    contests = words.data["contests"]
    if contests:
        heads = (_("What is said against it"), _("Items"), _("Opened"), _("Resolved"))
        lines = tuple(
            (
                "\n".join(filter(None, (words.named("contest_kinds", row["kind"]), row["text"]))),
                ", ".join(row["items"]) or NONE, row["opened_at"],
                "\n".join((row["resolved_at"], row["resolution"])) if row["resolved_at"] else _("open"),
            )
            for row in contests
        )  # fmt: skip
        blocks.append(Table("contests", _("Contests"), heads, lines))
    return blocks


def requirements(words: Words) -> list[Block]:
    """The standard, line by line."""
    rows = tuple(
        (
            row["tier"], words.say(row["text"]), row["rule"], _("Met") if row["met"] else _("Not met"),
            "\n".join(words.say(text) for text in row["missing"]) or ", ".join(row["items"]) or NONE,
        )
        for row in words.data["requirements"]
    )  # fmt: skip
    heads = (_("Tier"), _("What the standard asks"), _("Rule"), _("Answer"), _("By which items, or what is missing"))
    if not rows:
        return [Nothing(_("The finding has not been computed yet."))]
    return [
        Text(_("Computed by rule from the record. Nobody ticks a line. A tier holds when every line of it is met and the tier below holds.")),
        Table("requirements", _("How the tier follows from the standard"), heads, rows),
    ]  # fmt: skip


def weighs(row: Mapping[str, Any], words: Words) -> str:
    """How the group rated an item for the proposition, and whether it counts."""
    rated = words.named("ratings", row["rated"]) if row["rated"] else _("not rated")
    reasons = [words.say(text) for text in row["why_not"]]
    return "\n".join([rated, *(reasons or [_("counts in full")])])


def evidence(words: Words) -> list[Block]:
    """Every item with its grade and mark; of what is above the mark no more than that (R2.12)."""
    items = words.data["evidence"]["items"]
    if not items:
        return [Nothing(_("No evidence is held on this case."))]

    def title(row: Mapping[str, Any]) -> str:
        if row["withheld"] == "above_mark":
            return _("Withheld")
        sealed = _("Sealed") if row["withheld"] else ""
        origin = _("Origin: %(name)s") % {"name": row["origin"]} if row["origin"] else _("Origin not declared")
        return "\n".join(filter(None, (row["title"], origin, sealed)))

    def grade(row: Mapping[str, Any]) -> str:
        grades = row["grade"] or {"reliability": "", "credibility": "", "alone": False}
        alone = _("graded by whoever gave it in") if grades["alone"] else ""
        return "\n".join(filter(None, (grade_text(grades["reliability"], grades["credibility"]), alone)))

    rows = tuple(
        (
            row["label"], title(row), class_words(row["evidence_class"], words.version), grade(row), "\n".join(filter(None, (row["mark"], row.get("pap")))),
            str(Status(row["status"]).label), weighs(row, words),
        )
        for row in items
    )  # fmt: skip
    heads = (
        _("Number"), _("Title and origin"), _("Class"), _("Source and information"), _("Mark"), _("Status"), _("For this finding"),
    )  # fmt: skip
    return [
        Text(_("Source reliability (A–G) and information credibility (1–6) are judged apart; F and 6 mean that it cannot be judged.")),
        Table("evidence-items", _("Evidence of this case"), heads, rows, code=(0,)),
    ]  # fmt: skip


def custody(words: Words) -> list[Block]:
    """Heads of the chains, and where one is broken."""
    told = words.data["evidence"]["custody"]
    rows = tuple(
        (
            row["label"], str(row["custody"]["links"]), row["custody"]["head"] or NONE,
            "\n".join(file["sha256"] for file in row["files"]) or _("no file"),
            row["custody"]["fault"] or (_("holds") if row["custody"]["complete"] else _("holds, but is not complete")),
        )
        for row in words.data["evidence"]["items"] if "custody" in row
    )  # fmt: skip
    points = [
        ngettext("%(count)s chain was computed again, link by link.", "%(count)s chains were computed again, link by link.", told["chains"]) % {"count": told["chains"]},
        _("Broken: %(items)s.") % {"items": ", ".join(row["label"] for row in told["broken"])} if told["broken"] else _("None is broken."),
    ]  # fmt: skip
    if told["not_told"]:
        points.append(_("Not told of at this mark: %(items)s.") % {"items": ", ".join(told["not_told"])})
    points.append(
        _("Ask for an item’s custody record and compare the hash of its last link, or of the link at this place, with the one printed here.")
    )  # fmt: skip
    heads = (_("Item"), _("Links"), _("Hash of the last link"), _("SHA-256 of the files"), _("The chain"))
    blocks: list[Block] = [Points(tuple(points))]
    return [*blocks, Table("chains", _("Chains of custody"), heads, rows, code=(0, 2, 3))] if rows else blocks


def robustness(words: Words) -> list[Block]:
    """Independence, and what is left without any one source or class."""
    said = words.data["robustness"]
    classes = ", ".join(class_words(code, words.version) for code in said["evidence_classes"]) or _("none")
    blocks: list[Block] = [
        Text(words.say(said["sentence"])) if said["sentence"] else Nothing(_("The finding has not been computed yet.")),
        Facts(
            _("Independence"),
            ((_("Independent origins"), str(said["independent_origins"])), (_("Classes of evidence"), classes)),
        ),
    ]
    blocks += [
        Text(_("Derived from each other in a circle: %(items)s. Together they share their origins; a circle is never two sources.") % {"items": ", ".join(circle)})
        for circle in said["cycles"]
    ]  # fmt: skip

    def loss(row: Mapping[str, Any]) -> str:
        return _("Without an origin withheld here") if row["key"] == WITHHELD else loss_words(row, words.version)

    drawn = {"tier": words.data["stands"]["computed_tier"], "without": said["without"]}
    figure = robustness_figure(words.data["finding"], drawn, words.version, says=loss)
    if figure:
        alt = "; ".join(f"{row[0].text}: {row[1].text}" for row in figure.rows)
        table = tuple(tuple(cell.text for cell in row) for row in figure.rows)
        blocks += [
            Picture(figure.id, figure.svg, alt, figure.title),
            Table(f"{figure.id}-table", figure.title, figure.headers, table),
        ]
    effects = tuple(effect_words(row, words.version) for row in said["single_items"])
    if effects:
        heads = (_("What is added"), _("Of these classes"), _("Then"))
        blocks.append(Table("effects", _("Which single new item would change it"), heads, effects))
    return blocks


def panel(words: Words) -> list[Block]:
    """Who judged it, seat by seat, and what they said once it was open."""
    blocks: list[Block] = []
    for each in words.data["panels"]:
        caption = _("Panel %(label)s: %(state)s") % {"label": each["label"], "state": Round(each["state"]).label}
        seats = tuple(
            (
                row["label"], words.named("disciplines", row["discipline"]), row["organisation"],
                str(RECUSED.get(row["recused"], row["recused"])) if row["recused"] else str(Conflict(row["conflict"]).label),
            )
            for row in each["seats"]
        )  # fmt: skip
        blocks.append(Heading(caption))
        if seats:
            columns = (
                _("Seat"),
                _("Discipline"),
                _("Organisation"),
                _("Conflict of interest, or why the seat was left"),
            )
            blocks.append(
                Table(
                    f"seats-{each['label']}",
                    _("Seats of %(label)s") % {"label": each["label"]},
                    columns,
                    seats,
                    code=(0,),
                )
            )
        opinions = tuple(
            (
                row["seat"], str(row["round"]), str(Opinion.Position(row["position"]).label), words.likelihood(row["scale"], row["likelihood"]),
                words.named("confidence", row["confidence"]), row["reasons"],
            )
            for row in each["opinions"]
        )  # fmt: skip
        if opinions:
            heads = (_("Seat"), _("Round"), _("Position"), _("Likelihood"), _("Confidence"), _("Reasons"))
            blocks.append(
                Table(
                    f"opinions-{each['label']}",
                    _("Opinions of panel %(label)s") % {"label": each["label"]},
                    heads,
                    opinions,
                    code=(0,),
                )
            )
        else:
            blocks.append(Nothing(_("No opinion has been opened.")))
    return blocks or [Nothing(_("No panel has been convened."))]


def dissent(words: Words) -> list[Block]:
    """Every dissent and objection in full, as large as the finding's own statement (R2.2)."""
    blocks: list[Block] = []
    for each in words.data["panels"]:
        for row in each["opinions"]:
            by = _("%(position)s: %(discipline)s, %(organisation)s (%(seat)s)") % {
                "position": Opinion.Position(row["position"]).label,
                "discipline": words.named("disciplines", row["discipline"]),
                "organisation": row["organisation"], "seat": row["seat"],
            }  # fmt: skip
            blocks += [Quote(text, by) for text in (row["dissent"], row["objection"]) if text]
            if row["objection_answer"]:
                blocks.append(Quote(row["objection_answer"], _("Answer to the objection")))
    return blocks or [Nothing(_("No panel member has dissented in an opened round."))]


def replies(words: Words) -> list[Block]:
    """What those concerned answered, in their words."""
    blocks: list[Block] = []
    for row in words.data["replies"]:
        positions = dict(reply_rules.named("positions", row["rules_version"]))
        parties = dict(reply_rules.named("parties", row["rules_version"]))
        by = _("%(name)s (%(party)s): %(position)s") % {
            "name": row["name"], "party": parties.get(row["party"], row["party"]),
            "position": positions.get(row["position"], row["position"]),
        }  # fmt: skip
        blocks.append(Quote(row["text"], by))
    return blocks or [Nothing(_("No reply is on record."))]


def limits(words: Words) -> list[Block]:
    """What this report does not show."""
    return [Points(tuple(_(SENTENCES[row["code"]]) % row["params"] for row in words.data["limits"]))]


def proofs(words: Words, digest: str) -> list[Block]:
    """What the ledger says of it, and how to check that without this platform."""
    ledger = words.data["ledger"]
    proven = {row["entry_id"]: row for row in ledger["proofs"]}
    rows = tuple(
        (
            row["entry_id"], row["recorded_at"].replace("T", "\n"), str(VERBS.get(row["verb"], row["verb"])), row["leaf"],
            str(proven[row["entry_id"]]["index"] + 1) if row["entry_id"] in proven else _("none yet"),
        )
        for row in ledger["entries"]
    )  # fmt: skip
    heads = (_("Entry"), _("When (UTC)"), _("Act"), _("Hash of the entry"), _("Place in the public log"))
    steps = [
        _("Save the attached file %(name)s. Its SHA-256 is %(sha256)s.") % {"name": DATA_NAME, "sha256": digest},
        _("Take norms-verify.pyz from the transparency page of the platform, once, and keep it. It needs no network."),
        _("Run: %(command)s") % {"command": f"python norms-verify.pyz {DATA_NAME} --key KEY"},
        _("KEY is the platform’s key: give the option twice, for the key of its log and for the key it signs reports with. Ask for them another way than through this file."),
        _("It computes the signature of the report, every entry, its place in the log, the signature of the checkpoint and the commitment of every opened opinion."),
    ]  # fmt: skip
    blocks: list[Block] = [Points(tuple(steps))]
    if ledger["checkpoint"]:
        blocks.append(Facts(_("The checkpoint the proofs lead to"), ((_("Signed note"), ledger["checkpoint"]),)))
    if ledger["why_not"]:
        blocks.append(Nothing(_("Without a proof: %(why)s.") % {"why": ledger["why_not"]}))
    if not rows:
        return [*blocks, Nothing(_("The ledger shows nothing of this finding to whoever asked."))]
    return [*blocks, Table("entries", _("Entries of the ledger about this finding"), heads, rows, code=(0, 3))]


def content_of(
    case: CaseAccess, report: VerificationReport, data: Mapping[str, Any], digest: str, supersedes: str
) -> Content:
    """The whole report as plain values, in the language that is set."""
    words = Words(case.incident, report.finding, data)
    about = [
        (_("Reference"), data["report"]),
        (_("Case"), data["case"]["reference"]),
        (_("Case held by"), data["case"]["held_by"]),
        (_("Finding"), f"{data['finding']} {data['claim']['hypothesis']['name']}"),
        (_("Tier"), words.tier(data["stands"])),
        (_("Asked for by"), data["asked_for_by"]),
        (_("Record as of"), data["as_of"]),
        (_("Sharing mark"), data["mark"]),
        (_("Permissible actions"), data["pap"]),
    ]
    if data["stands"]["waits"]:
        about.append((_("Not the last word"), _("The tier waits to be computed anew.")))
    if supersedes:
        about.append((_("Supersedes"), supersedes))
    if data["case"]["is_exercise"]:
        about.append((_("Exercise"), _("This case is an exercise. Nothing in it happened.")))
    parts = (
        ("claim", _("What is claimed"), claim(words)),
        ("stands", _("How it stands"), stands(words)),
        ("requirements", _("What the standard asks"), requirements(words)),
        ("robustness", _("Would it still stand?"), robustness(words)),
        ("panel", _("Panel"), panel(words)),
        ("dissent", _("Dissent"), dissent(words)),
        ("replies", _("Replies"), replies(words)),
        ("limits", _("What this report does not show"), limits(words)),
        ("evidence", _("Evidence"), evidence(words)),
        ("custody", _("Custody"), custody(words)),
        ("proofs", _("Proofs, and how to check them without this platform"), proofs(words, digest)),
    )
    return Content(
        reference=data["report"],
        title=_("Verification report"),
        subtitle=f"{data['finding']} {data['claim']['hypothesis']['name']}",
        language=report.language,
        mark=data["mark"],
        about=tuple(about),
        sections=tuple(Section(code, title, tuple(blocks)) for code, title, blocks in parts),
    )
