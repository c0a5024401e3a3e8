"""A package as a CASE/UCO graph (JSON-LD), so that forensic tools read what is evidence, and whose hands it went through.

An item is a `ProvenanceRecord`, a link of custody an `InvestigativeAction` informed by the one before, the case an
`Investigation`, a file an `ObservableObject` with its hash (CASE 1.x with UCO 1.x; domain standards, 1.6). Identifiers are
made from the package's own, so that the same package always gives the same graph.
"""

import uuid
from collections.abc import Iterable
from typing import Any

Node = dict[str, Any]
CONTEXT = {
    "kb": "https://norms-platform.invalid/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Graph:
    """Builds the nodes of one package."""

    def __init__(self, package: dict[str, Any]) -> None:
        self.package = package
        self.space = uuid.uuid5(uuid.NAMESPACE_URL, package["identifier"])
        self.nodes: dict[str, Node] = {}

    def named(self, kind: str, key: object) -> str:
        """The identifier of a thing; ends in a UUID, as CASE asks."""
        return f"kb:{kind}-{uuid.uuid5(self.space, f'{kind}/{key}')}"

    def add(self, kind: str, key: object, node_type: str, **more: Any) -> str:
        """A node, once."""
        identifier = self.named(kind, key)
        self.nodes.setdefault(identifier, {"@id": identifier, "@type": node_type, **more})
        return identifier

    def file(self, file: dict[str, Any]) -> str:
        """A file by its hash; its name where it is known."""
        digest = {
            "@id": self.named("hash", file["sha256"]), "@type": "uco-types:Hash",
            "uco-types:hashMethod": "SHA256",
            "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": file["sha256"].upper()},
        }  # fmt: skip
        content: Node = {
            "@id": self.named("content", file["sha256"]), "@type": "uco-observable:ContentDataFacet",
            "uco-observable:hash": digest,
            "uco-observable:sizeInBytes": {"@type": "xsd:integer", "@value": str(file["size"])},
        }  # fmt: skip
        if file.get("media_type"):
            content["uco-observable:mimeType"] = file["media_type"]
        facets: list[Node] = [content]
        if file.get("name"):
            facets.append(
                {
                    "@id": self.named("name", file["sha256"]), "@type": "uco-observable:FileFacet",
                    "uco-observable:fileName": file["name"],
                }
            )  # fmt: skip
        return self.add("file", file["sha256"], "uco-observable:File", **{"uco-core:hasFacet": facets})

    def performer(self, custody: dict[str, Any], link: dict[str, Any]) -> str:
        """Who acted: the organisation, for whom a person did it."""
        name = custody["organisations"].get(str(link["organisation_id"]), str(link["organisation_id"]))
        key = f"{custody.get('sender', '')}/{link['organisation_id']}"
        return self.add("organisation", key, "uco-identity:Organization", **{"uco-core:name": name})

    def item(self, item: dict[str, Any], custody: dict[str, Any] | None) -> list[str]:
        """An item with its files and every step of its custody; the identifiers of what the investigation holds."""
        files = [self.file(file) for file in item["files"]]
        record: Node = {
            "uco-core:name": item.get("title") or item["label"],
            "case-investigation:exhibitNumber": item["label"],
        }
        text = item.get("description") or item.get("summary")
        if text:
            record["uco-core:description"] = text
        if files:
            record["uco-core:object"] = [{"@id": file} for file in files]
        provenance = self.add("item", item["label"], "case-investigation:ProvenanceRecord", **record)
        steps, before = [], ""
        names = {file["file_id"]: file for file in (custody or {}).get("files", [])}
        for link in (custody or {}).get("links", []):
            concerned = names.get(link["file_id"])
            step: Node = {
                "uco-core:name": link["act"],
                "uco-action:startTime": {"@type": "xsd:dateTime", "@value": link["at"]},
                "uco-action:endTime": {"@type": "xsd:dateTime", "@value": link["at"]},
                "uco-action:performer": {"@id": self.performer(custody or {}, link)},
                "uco-action:object": [{"@id": self.file(concerned) if concerned else provenance}],
            }
            if link["note"]:
                step["uco-core:description"] = link["note"]
            if before:
                step["case-investigation:wasInformedBy"] = {"@id": before}
            before = self.add(
                "step", f"{item['label']}/{link['place']}", "case-investigation:InvestigativeAction", **step
            )
            steps.append(before)
        return [provenance, *files, *steps]


def case_graph(package: dict[str, Any], custody: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The whole document. `package` is `items.json`, `custody` each item's custody by its number."""
    graph = Graph(package)
    held: list[str] = []
    for item in package["items"]:
        held += graph.item(item, custody.get(item["label"]))
    graph.add(
        "investigation", package["case"], "case-investigation:Investigation",
        **{
            "uco-core:name": f"{package['case']} {package['case_title']}",
            "case-investigation:focus": "Attribution of a cyber incident",
            "uco-core:object": references(held),
        },
    )  # fmt: skip
    return {"@context": CONTEXT, "@graph": [graph.nodes[identifier] for identifier in sorted(graph.nodes)]}


def references(identifiers: Iterable[str]) -> list[Node]:
    """Each once, in order."""
    return [{"@id": identifier} for identifier in dict.fromkeys(identifiers)]
