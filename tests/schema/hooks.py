"""The tokens of requests, and the check of Schemathesis that a valid request is accepted."""

import itertools
import pathlib
import re

import schemathesis

TOKENS = itertools.cycle(pathlib.Path("tokens").read_text().split())


@schemathesis.auth(refresh_interval=1)
class Tokens:
    """Takes another token every second, so that the limits of none are reached."""

    def get(self, case, ctx):
        return next(TOKENS)

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


# What the error of a valid request may be, by operation: the code, and a pattern of the field. A schema cannot say that
# names are unique, that a field needs another one, or what a run or an experiment has.
CURSOR = [("invalid_field", "cursor")]
ALLOWED_ERRORS = {
    "GET /runs": CURSOR,
    "GET /runs/summaries": CURSOR,
    "GET /runs/{run_id}/export": [("invalid_field", "from_seq")],
    "GET /experiments": CURSOR,
    "GET /races": CURSOR,
    "GET /rankings": [("invalid_field", "race_id|prompt_version|to"), ("empty_ranking", "race_id|source")],
    "POST /forks": [("no_such_turn", "parent_t")],
    "POST /experiments": [("no_such_turn", "parent_t"), ("invalid_field", r"control|cells|arms(\[\d\].*)?")],
    "POST /experiments/{experiment_id}/replicas": [("invalid_field", "replicas|cells")],
    "POST /races": [("invalid_field", r"cells|(profiles|scenarios)(\[\d+\].*)?")],
}


@schemathesis.check
def accepts_valid_requests(ctx, response, case):
    """Allows the documented errors of each of these operations, and no other rejection of a valid request."""
    operation = f"{case.operation.method.upper()} {case.operation.path}"
    if operation not in ALLOWED_ERRORS or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.method.upper() != case.operation.method.upper() or response.status_code not in (400, 413, 422):
        return
    error = response.json()["error"]
    allowed = any(
        error["code"] == code and re.fullmatch(field, error.get("field", ""))
        for code, field in ALLOWED_ERRORS[operation]
    )
    assert allowed, f"a valid request was rejected: {error}"
