"""The tokens of requests, and the check of Schemathesis that a valid request is accepted."""

import itertools
import pathlib

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


# What the error of a valid request may be, by operation: the code and the field.
ALLOWED_ERRORS = {
    "GET /runs": ("invalid_field", "cursor"),
    "GET /runs/summaries": ("invalid_field", "cursor"),
    "POST /forks": ("no_such_turn", "parent_t"),
}


@schemathesis.check
def accepts_valid_requests(ctx, response, case):
    """Allows one documented error for each of these operations, and no other rejection of a valid request."""
    operation = f"{case.operation.method.upper()} {case.operation.path}"
    if operation not in ALLOWED_ERRORS or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.method.upper() != case.operation.method.upper() or response.status_code not in (400, 413, 422):
        return
    error = response.json()["error"]
    assert (error["code"], error.get("field")) == ALLOWED_ERRORS[operation], f"a valid request was rejected: {error}"
