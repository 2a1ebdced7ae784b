#!/usr/bin/env python3
"""Calls a running server with everything its OpenAPI document allows and forbids, and holds each answer against it.

    python3 -m venv VENV && VENV/bin/pip install -r fuzz/api/requirements.txt
    VENV/bin/python fuzz/api/run.py target/release/motcua

The demonstration stands in a folder of its own; people of it make tokens for themselves, and schemathesis calls as each of them.
Afterwards `motcua verify` must find nothing. A round has a seed: MOTCUA_FUZZ_SEED=7 begins at another one, and
MOTCUA_FUZZ_ROUNDS=20 plays so many, each on a demonstration of its own. MOTCUA_FUZZ_KEEP=folder keeps what was called and
answered; MOTCUA_FUZZ_DATABASE is the URL of an empty database on PostgreSQL, for one round.
"""

import collections
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent
SEED = int(os.environ.get("MOTCUA_FUZZ_SEED", "20260302"))
ROUNDS = int(os.environ.get("MOTCUA_FUZZ_ROUNDS", "1"))
KEEP = os.environ.get("MOTCUA_FUZZ_KEEP")
DATABASE = os.environ.get("MOTCUA_FUZZ_DATABASE")
DOSSIERS = 30
NOBODY = "00000000-0000-7000-8000-000000000000"
READY_SECONDS_MAX = 240
STOP_SECONDS_MAX = 30

# Where tokens are made.
PAGES = {"officer": "/can-bo/tai-khoan/khoa-api", "citizen": "/tai-khoan/khoa-api"}
STEPS = ["--include-operation-id", "take_step", "--include-operation-id", "list_actions", "--include-operation-id", "show_dossier"]
# Who calls, by their sign-in of the demonstration: one officer and one citizen everything but steps, of which there are so
# many that they would use up what one person may call; then whoever can take other steps than those before.
PEOPLE = [
    ("officer", "motcua.senhong", ["--exclude-operation-id", "take_step"]),
    ("citizen", "congdan1@huongsen.example", ["--exclude-operation-id", "take_step"]),
    ("officer", "motcua2.senhong", STEPS),
    ("citizen", "congdan6@huongsen.example", STEPS),
    ("officer", "chuyenvien.senhong", STEPS[:2]),
    ("officer", "truongphong.senhong", STEPS[:2]),
    ("officer", "lanhdao.senhong", STEPS[:2]),
]
SCOPES = ["dossiers:read", "dossiers:file", "dossiers:act"]
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


class Office:
    """The demonstration, served from a scratch folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{listen}"
        # Limits count by address; behind a proxy each call may come from one of its own.
        config = f'[server]\npublic_url = "{self.address}"\nbehind_proxy = true\n'
        (folder / "motcua.toml").write_text(config, encoding="utf-8")
        self.said = (folder / "server.log").open("w+", encoding="utf-8")
        self.place = ["--data", str(folder / "data"), "--config", str(folder / "motcua.toml")]
        self.place += ["--database", DATABASE] if DATABASE else []
        command = [program, "demo", "--listen", listen, *self.place]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.said, text=True)

    def await_serving(self) -> None:
        late = threading.Timer(READY_SECONDS_MAX, self.process.kill)
        late.start()
        for line in self.process.stdout:
            if self.address in line:
                late.cancel()
                # Nothing more is said there, but a full pipe would hold the server up.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
        late.cancel()
        sys.exit(f"the server did not begin to serve:\n{self.complaints()}")

    def complaints(self) -> str:
        self.said.flush()
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def verify(self) -> str:
        """What `motcua verify` has to say against the folder; nothing when all is well."""
        done = subprocess.run([self.program, "verify", *self.place], capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else done.stdout + done.stderr


class Person:
    """Somebody of the demonstration, with a token."""

    def __init__(self, office: Office, face: str, login: str) -> None:
        self.office, self.face, self.login, page = office, face, login, PAGES[face]
        browser = requests.Session()
        people = browser.get(f"{office.address}/demo", timeout=60).text
        row = next((row for row in people.split("<tr>") if login in row), None)
        if row is None:
            sys.exit(f"the demonstration does not list {login}")
        entered = browser.post(
            f"{office.address}/demo/dang-nhap", {"csrf": csrf(row), "person": value_of(row, "person")}, timeout=60
        )
        entered.raise_for_status()
        form = browser.get(f"{office.address}{page}", timeout=60).text
        answers = {"csrf": csrf(form), "name": "Máy gọi thử", "days": "30", "scopes": SCOPES}
        made = browser.post(f"{office.address}{page}", answers, timeout=60).text
        found = re.search(r"<code>(motcua_[^<]+)</code>", made)
        if found is None:
            sys.exit(f"{login} was given no token:\n{made}")
        self.token = found.group(1)

    def get(self, path: str, **query: object) -> dict:
        answer = requests.get(
            f"{self.office.address}/api/v1{path}",
            params=query,
            headers={"authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()

    def send_file(self) -> str:
        answer = requests.post(
            f"{self.office.address}/api/v1/files",
            files={"file": ("to-khai.pdf", PDF)},
            headers={"authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()["id"]


def csrf(html: str) -> str:
    return value_of(html, "csrf")


def value_of(html: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', html).group(1)


def words(person: Person) -> tuple[dict[str, list[str]], dict]:
    """What this person can name and do: without such words nothing random would ever reach a dossier."""
    known: dict[str, set[str]] = collections.defaultdict(set)
    possible, versions = [], {}
    procedures = person.get("/procedures", limit=20, online="full")["items"]
    known["procedures"].update(line["code"] for line in procedures)
    known["fields"].update(field["code"] for line in procedures for field in line["fields"])
    known["units"].update(unit["code"] for unit in person.get("/units", limit=30)["items"])
    narrowed = {"whose": "units"} if person.face == "officer" else {}
    for line in person.get("/dossiers", limit=DOSSIERS, **narrowed)["items"]:
        code = line["code"]
        known["dossiers"].add(code)
        dossier = person.get(f"/dossiers/{code}")
        known["papers"].update(paper["id"] for paper in dossier["papers"])
        known["steps"].update(step["key"] for step in dossier["steps"])
        versions[code] = f'"{dossier["version"]}"'
        for action in person.get(f"/dossiers/{code}/actions")["items"]:
            officers = [officer["id"] for officer in action["officers"]]
            known["officers"].update(officers)
            if action["allowed"]:
                targets = {"step": action["step"], "opinion": action["opinion"], "officer": next(iter(officers), None)}
                possible.append({"code": code, "action": action["action"], **targets})
    known["files"].add(person.send_file())
    return {name: sorted(some) for name, some in known.items()}, {"possible": possible, "versions": versions}


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"\n'


def call_as(person: Person, operations: list[str], seed: int, folder: Path) -> tuple[bool, Path]:
    """Runs schemathesis as this person; answers whether it found nothing, and where every call is written down."""
    at = folder / person.login
    at.mkdir()
    known, more = words(person)
    config = (HERE / "schemathesis.toml").read_text(encoding="utf-8")
    for name in re.findall(r'from-file = "(\w+)\.dict"', config):
        some = known.get(name) or [NOBODY]
        (at / f"{name}.dict").write_text("".join(map(quoted, some)), encoding="utf-8")
    (at / "schemathesis.toml").write_text(config, encoding="utf-8")
    (at / "known.json").write_text(json.dumps({**known, **more}), encoding="utf-8")
    calls = at / "calls.txt"
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MOTCUA_FUZZ_TOKEN": person.token,
        "MOTCUA_FUZZ_FACE": person.face,
        "MOTCUA_FUZZ_KNOWN": str(at / "known.json"),
        "MOTCUA_FUZZ_CALLS": str(calls),
    }
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run"),
        *("--seed", str(seed), "--no-color", *operations),
        *(("--report", "ndjson,har", "--report-dir", str(Path(KEEP).resolve() / f"{seed}-{person.login}")) if KEEP else ()),
        f"{person.office.address}/api/v1/openapi.json",
    ]
    print(f"\n--- as {person.login}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, cwd=at, env=environment, check=False)
    print(f"--- as {person.login}: {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0, calls


def tell(counted: dict[str, collections.Counter]) -> list[str]:
    """Prints how often each operation answered what; answers those that never did what they are for."""
    for operation, answers in sorted(counted.items()):
        said = "  ".join(f"{status}: {times}" for status, times in sorted(answers.items()))
        print(f"{operation:18} {said}")
    return [name for name, answers in counted.items() if not any(200 <= status < 400 for status in answers)]


def play(program: str, seed: int) -> bool:
    """One round; answers whether all is well."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-api-fuzz-"))
    office = None
    try:
        office = Office(program, folder)
        office.await_serving()
        findings = []
        counted: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
        for face, login, operations in PEOPLE:
            is_clean, calls = call_as(Person(office, face, login), operations, seed, folder)
            if not is_clean:
                findings.append(f"schemathesis found something as {login}")
            for line in calls.read_text(encoding="utf-8").splitlines():
                operation, status = line.split()
                counted[operation][int(status)] += 1
        print()
        findings += [f"{name} never succeeded" for name in tell(counted)]
        if office.process.poll() is not None:
            findings.append(f"the server ended by itself with {office.process.returncode}")
        office.close()
        if findings:
            print(f"\nThe server said:\n{office.complaints()}")
        if found := office.verify():
            findings.append(f"motcua verify: {found}")
        print(f"\nSeed {seed}: {sum(map(collections.Counter.total, counted.values()))} calls, {len(findings)} findings")
        for finding in findings:
            print(f"FINDING: {finding}")
        return not findings
    finally:
        if office is not None:
            office.close()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    # So that the server is stopped then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program = str(Path(sys.argv[1]).resolve())
    played = [play(program, SEED + number) for number in range(ROUNDS)]
    return 0 if all(played) else 1


if __name__ == "__main__":
    sys.exit(main())
