"""Sign in to the running demo like its browser: this machine is trusted."""

from http import HTTPStatus
import json
import socket
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TIMEOUT_S = 10.0


def address(port: int) -> str:
    """Return the address of the demo."""
    return f"http://127.0.0.1:{port}"


def free_port() -> int:
    """Return a port on which nothing on this machine listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def sign_in(port: int, user_id: str | None = None) -> dict[str, Any]:
    """Return the tokens of a new session, in the form in which the frontend stores them.

    Where several people live, it is that of a user. Raises URLError if nothing answers yet.
    """
    base = address(port)
    client = f"{base}/"
    flow = _post(
        f"{base}/auth/login_flow",
        json.dumps(
            {"client_id": client, "handler": ["trusted_networks", None], "redirect_uri": client}
        ),
    )
    if user_id is not None:
        chosen = json.dumps({"client_id": client, "user": user_id})
        flow = _post(f"{base}/auth/login_flow/{flow['flow_id']}", chosen)
    if "result" not in flow:
        raise URLError(f"the sign-in was not granted: {flow.get('reason', flow)}")
    tokens = _post(
        f"{base}/auth/token",
        urlencode(
            {"grant_type": "authorization_code", "code": flow["result"], "client_id": client}
        ),
    )
    return {**tokens, "hassUrl": base, "clientId": client}


def sign_out(port: int, tokens: dict[str, Any]) -> None:
    """End a session."""
    _post(f"{address(port)}/auth/revoke", urlencode({"token": tokens["refresh_token"]}))


def is_running(port: int, tokens: dict[str, Any]) -> bool:
    """Tell whether Home Assistant has started completely."""
    state = json.loads(_ask(port, "/api/core/state", tokens))
    return bool(state["state"] == "RUNNING")


def device_id(port: int, tokens: dict[str, Any], name: str) -> str:
    """Return the id of the device with a name, "None" if there is none."""
    template = {"template": f"{{{{ device_id({name!r}) }}}}"}
    return _ask(port, "/api/template", tokens, json.dumps(template))


def states(port: int, tokens: dict[str, Any]) -> dict[str, str]:
    """Return all states, by entity id."""
    found = json.loads(_ask(port, "/api/states", tokens))
    return {state["entity_id"]: state["state"] for state in found}


def act(port: int, tokens: dict[str, Any], action: str, data: dict[str, Any]) -> dict[str, Any]:
    """Run an action (`domain/name`) on data; return its response. Raises OSError if it fails."""
    path = f"/api/services/{action}?return_response"
    answer = json.loads(_ask(port, path, tokens, json.dumps(data)))
    return dict(answer["service_response"])


def _ask(port: int, path: str, tokens: dict[str, Any], body: str | None = None) -> str:
    request = Request(  # noqa: S310
        address(port) + path,
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
        data=None if body is None else body.encode(),
    )
    with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
        return str(answer.read().decode())


def _post(url: str, body: str) -> dict[str, Any]:
    with urlopen(url, data=body.encode(), timeout=TIMEOUT_S) as answer:  # noqa: S310
        text = answer.read() if answer.status == HTTPStatus.OK else b""
    return dict(json.loads(text or b"{}"))
