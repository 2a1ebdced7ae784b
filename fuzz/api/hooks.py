"""What random input alone would not reach: the calls of a program that has read the document, and then errs in one place."""

import datetime
import hashlib
import itertools
import json
import os
from pathlib import Path

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoveragePhaseData

PDF = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
FACE = os.environ["MOTCUA_FUZZ_FACE"]
KNOWN = json.loads(Path(os.environ["MOTCUA_FUZZ_KNOWN"]).read_text(encoding="utf-8"))
CALLS = Path(os.environ["MOTCUA_FUZZ_CALLS"]).open("a", buffering=1, encoding="utf-8")
# Entity tags of dossiers, as a program remembers them.
VERSIONS = dict(KNOWN["versions"])
# What the document says of parameters that are for some only.
FOR_OTHERS = {"officer": "Citizens:", "citizen": "Officers:"}[FACE]
# Members of bodies in which anything may be written.
TEXTS = {"legal_base", "note", "question", "reason", "return_address", "subject", "text", "title"}

numbers = itertools.count()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Parameters for others are refused, as the document says in words and cannot say in a schema."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            some = operation.get("parameters", [])
            operation["parameters"] = [one for one in some if not one["description"].startswith(FOR_OTHERS)]


def operation_id(case) -> str:
    return case.operation.definition.raw["operationId"]


def chance(case, of: int, about: str) -> int:
    """A number below `of` that is the same whenever the same call is made again."""
    text = repr((about, operation_id(case), case.path_parameters, case.query, case.body))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:4], "big") % of


def filing() -> dict:
    body = {
        "procedure": "2.000635",
        "unit": "H99.101",
        "filed_for": "me",
        "return_way": "online",
        "declared": True,
        "applicant": {
            "name": "Trần Thị Lan",
            "id_number": "001190000007",
            "birth_date": "1990-02-01",
            "address": "Khu phố 3, phường Sen Hồng",
            "phone": "0912345678",
        },
        "papers": [{"component": "to-khai", "file": KNOWN["files"][0]}],
    }
    if FACE == "officer":
        helper = {"name": "Phan Thị Nụ", "phone": "0912345679", "capacity": "authorised", "id_number": "001190000015"}
        body.update(filed_for="other", consent=True, representative={**helper, "address": "Khu phố 3, phường Sen Hồng"})
    return body


def intake() -> dict:
    return {
        "procedure": "2.000635",
        "channel": "counter",
        "unit": "H99.101",
        "return_way": "desk",
        "applicant": {
            "kind": "citizen",
            "name": "Nguyễn Thị Đào",
            "address": "Phường Sen Hồng",
            "phone": "0912345678",
        },
        "papers": [{"component": "to-khai", "copy": "original"}],
    }


def step(one: dict) -> dict:
    """A step that is possible, with everything it needs."""
    base = {"reason": "Gọi thử", "legal_base": "Điều 19 Nghị định 118/2025/NĐ-CP"}
    file, paper = KNOWN["files"][0], {"title": "Giấy gọi thử", "file": KNOWN["files"][0]}
    members = {
        "accept": {"note": ""},
        "refuse": base,
        "request_supplement": {**base, "defects": [{"wanted": "Ghi lại cho rõ"}]},
        "answer_supplement": {"papers": [paper], "note": "Đã ghi lại"},
        "request_payment": {"name": "Lệ phí", "amount": 8000, "legal_base": base["legal_base"], "pay_by": later(5)},
        "confirm_payment": {"amount": 8000, "receipt": "BL-1"},
        "pause": {**base, "until": later(3)},
        "resume": {},
        "dispatch": {"unit": "H99.101"},
        "forward": {"step": one["step"]},
        "take_over": {"step": one["step"]},
        "send_back": {"step": one["step"], "to": KNOWN["steps"][0], "reason": base["reason"]},
        "assign": {"step": one["step"], "officer": one["officer"]},
        "ask_opinion": {"unit": "H99.12", "question": "Có đúng không?", "answer_by": later(2)},
        "answer_opinion": {"opinion": one["opinion"], "agrees": True, "text": "Đúng"},
        "propose": {"step": one["step"], "verdict": "grant", "text": "Đủ điều kiện"},
        "approve": {"step": one["step"]},
        "settle": {"step": one["step"], "verdict": "grant", "title": "Giấy xác nhận số 1", "file": file},
        "extend": {"new_due": later(9), "reason": base["reason"]},
        "withdraw": {"reason": base["reason"]},
        "stop": {**base, "fee_settlement": "Không thu"},
        "return": {"to": "Trần Thị Lan"},
        "add_paper": {"paper": paper},
        "send_message": {"text": "Gọi thử"},
    }
    return {"action": one["action"], **members[one["action"]]}


def odd(text: str) -> str:
    """The text with a NUL at its end. A long one gets no longer, so that what the document allows stays allowed."""
    return (text if len(text) < 100 else text[:-1]) + "\0"


def later(days: int) -> str:
    """Ten in the morning of a day to come that is no weekend."""
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)
    while day.isoweekday() > 5:
        day += datetime.timedelta(days=1)
    return f"{day}T03:00:00Z"


@schemathesis.hook
def map_case(context, case):
    """Puts one or two random members into a call that would succeed, so that the rules behind the readers are reached."""
    body, operation = case.body, operation_id(case)
    if case.meta is None or case.meta.generation.mode.is_negative:
        return case
    # The tool sends no NUL anywhere, because headers cannot carry one.
    if "id" in case.path_parameters and not chance(case, 8, "nul"):
        case.path_parameters["id"] = odd(case.path_parameters["id"])
    if "q" in case.query and not chance(case, 8, "nul"):
        case.query["q"] = odd(case.query["q"])
    if not isinstance(body, dict):
        return case
    if operation == "send_file":
        # The tool writes names of other parts as they are into a header, where not every letter may stand.
        if set(body) != {"file"} or chance(case, 2, "whole"):
            case.body = {"file": PDF + f"% {chance(case, 1 << 30, 'new')}\n"}
    if operation == "take_step" and KNOWN["possible"] and chance(case, 4, "right"):
        one = KNOWN["possible"][chance(case, len(KNOWN["possible"]), "which")]
        case.path_parameters["code"] = one["code"]
        case.body = mixed(case, step(one))
    elif operation in ("file_dossier", "take_in_dossier") and chance(case, 4, "right"):
        case.body = mixed(case, filing() if operation == "file_dossier" else intake())
    return case


def mixed(case, right: dict) -> dict:
    """What is right, with up to two of the random members of the call; those of another step have no place in it."""
    names = sorted(name for name in case.body if name != "action")
    names = [name for name in names if case.body.get("action") == right.get("action") or name in right]
    first = chance(case, len(names), "first") if names else 0
    kept = names[first : first + chance(case, 3, "how many")]
    body = {**right, **{name: case.body[name] for name in kept}}
    for name in TEXTS.intersection(body):
        if isinstance(body[name], str) and not chance(case, 8, "nul"):
            body[name] = odd(body[name])
    return body


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What is inside a cursor is nobody's business, and which views there are is not either: no schema tells them."""
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    pointers = {error["pointer"] for error in response.json().get("errors", [])}
    return not pointers or not pointers <= {"cursor", "view"}


def is_wrong_at(case, location: ParameterLocation) -> bool:
    """Whether this place is wrong on purpose. A call that covers one place is said to be wrong everywhere."""
    data = case.meta.phase.data
    if isinstance(data, CoveragePhaseData) and case.meta.generation.mode.is_negative:
        return data.parameter_location != ParameterLocation.BODY
    return case.meta.is_negative_at(location)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Comes from an address of its own; names a dossier there is, the version it has, and a key that is new."""
    number = next(numbers)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    if case.meta is None:
        return
    is_step = operation_id(case) == "take_step"
    if is_step and VERSIONS and not is_wrong_at(case, ParameterLocation.PATH) and chance(case, 8, "there"):
        if case.path_parameters["code"] not in VERSIONS:
            case.path_parameters["code"] = sorted(VERSIONS)[number % len(VERSIONS)]
    if is_wrong_at(case, ParameterLocation.HEADER):
        return
    if not case.headers.get("Idempotency-Key", "again").startswith("again"):
        case.headers["Idempotency-Key"] = f"key-{number}"
    if is_step and "If-Match" in case.headers and chance(case, 8, "version"):
        case.headers["If-Match"] = VERSIONS.get(case.path_parameters["code"], case.headers["If-Match"])


@schemathesis.hook
def after_call(context, case, response):
    """Learns versions, and counts."""
    tag = response.headers.get("etag")
    code = (case.path_parameters or {}).get("code")
    if tag and code in VERSIONS:
        VERSIONS[code] = tag[0]
    CALLS.write(f"{operation_id(case)} {response.status_code}\n")
