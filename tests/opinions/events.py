"""Compares the sample events with those of "sam local generate-event": see README.md.

    python events.py SAM EVENTS_FOLDER KNOWN_DIFFERENCES

Each field of a sample has to be in SAM's event, with the same JSON type, and each field that a handler reads has to be in
both. The values of the fields in MAPS have names of their own, and texts as values.
"""

import json
import pathlib
import subprocess
import sys

MAPS = ("headers", "queryStringParameters", "pathParameters")

# The context of the Lambda authorizer; SAM's event is that of a request without one.
OF_AUTHORIZER = "requestContext.authorizer.lambda."

# What arena.http.Request and arena.runtime.Telemetry read.
READ_OF_HTTP = (
    "routeKey", "rawPath", "headers", "requestContext.http.method", "requestContext.stage", "requestContext.requestId",
    "isBase64Encoded",
)

# Which samples there are of an event, by the arguments of "sam local generate-event", and what handlers read of it.
EVENTS = {
    # The event of a Lambda authorizer has a version too; SAM does not generate it for HTTP APIs.
    ("apigateway", "http-api-proxy"): (
        lambda event: event.get("version") == "2.0" and event.get("type") != "REQUEST", READ_OF_HTTP),
    ("cloudwatch", "scheduled-event"): (lambda event: event.get("detail-type") == "Scheduled Event", ()),
}


def types(value, path=""):
    """Returns the JSON type of each field, by its path."""
    if isinstance(value, dict) and path not in MAPS:
        found = {}
        for name, field in value.items():
            found.update(types(field, f"{path}.{name}" if path else name))
        return found or {path: "object"}
    if isinstance(value, dict):
        return {path: "object of " + " and ".join(sorted({type(field).__name__ for field in value.values()}) or ["str"])}
    return {path: type(value).__name__}


def known_differences(file):
    """Returns the reasons of the lines "event FILE FIELD: REASON", by file and field."""
    known = {}
    for line in pathlib.Path(file).read_text().splitlines():
        if line.startswith("event "):
            place, reason = line.removeprefix("event ").split(": ", 1)
            known[tuple(place.split(" ", 1))] = reason
    return known


def main(sam, folder, known_file):
    known = known_differences(known_file)
    findings, compared = set(), 0
    for arguments, (is_sample, read) in EVENTS.items():
        theirs = types(json.loads(subprocess.run([sam, "local", "generate-event", *arguments], check=True,
                                                 capture_output=True, text=True).stdout))
        samples = [file for file in sorted(pathlib.Path(folder).glob("*.json")) if is_sample(json.loads(file.read_text()))]
        if not samples:
            sys.exit(f"no sample of {' '.join(arguments)} in {folder}")
        for file in samples:
            compared += 1
            ours = {name: type for name, type in types(json.loads(file.read_text())).items()
                    if not name.startswith(OF_AUTHORIZER)}
            findings |= {(file.name, name, "SAM's event does not have it") for name in ours.keys() - theirs.keys()}
            findings |= {(file.name, name, f"{ours[name]}, but {theirs[name]} in SAM's event")
                         for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]}
            findings |= {(file.name, name, "a handler reads it") for name in read if name not in ours or name not in theirs}
    failures = [f"{file}: {name}: {text}" for file, name, text in sorted(findings) if (file, name) not in known]
    found = {(file, name) for file, name, _ in findings}
    failures += [f"{place[0]}: {place[1]}: remove its line from the known differences" for place in known if place not in found]
    if failures:
        sys.exit("\n".join(failures))
    print(f"{compared} sample events agree with those of SAM, with {len(known)} known differences")


main(*sys.argv[1:])
