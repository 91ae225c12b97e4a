"""What the fake answers when it refuses, and what it raises at its own users."""

from http import HTTPStatus

from tests.fakes.bot_api.jsontypes import JsonObject


class ApiError(Exception):
    """A refusal in the words of the Bot API: `{"ok": false, "error_code": …}`."""

    def __init__(self, code: int, description: str, parameters: JsonObject | None = None) -> None:
        """Keep the HTTP status (also the error code), the full description and its parameters."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def body(self) -> JsonObject:
        """Return the answer as JSON."""
        answer: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(what: str) -> ApiError:
    """Return a 400; `what` goes behind "Bad Request: "."""
    return ApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {what}")


def forbidden(what: str) -> ApiError:
    """Return a 403; `what` goes behind "Forbidden: "."""
    return ApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {what}")


def too_many_requests(retry_after: int) -> ApiError:
    """Return a 429 that asks for `retry_after` seconds of silence."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too Many Requests: retry after {retry_after}",
        {"retry_after": retry_after},
    )


def conflict(what: str) -> ApiError:
    """Return a 409; `what` goes behind "Conflict: "."""
    return ApiError(HTTPStatus.CONFLICT, f"Conflict: {what}")


class FakeTelegramError(Exception):
    """A test asked the fake for something that makes no sense, such as a button nobody offered."""
