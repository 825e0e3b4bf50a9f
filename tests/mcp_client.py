"""An MCP client for tests: the package `mcp`, over HTTP, with a long-lived token of a user."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
import json
from typing import Any

from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN, User
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.llm import LLM_API_ASSIST
from homeassistant.setup import async_setup_component
import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

SERVER = "mcp_server"
PATIENCE_S = 60.0  # A busy machine is slow, and nothing waits for more.


@dataclass(frozen=True)
class McpClient:
    """A session of a client, whose answers are as they came over the wire."""

    _session: ClientSession

    async def tools(self) -> dict[str, dict[str, Any]]:
        """Return the tools that are listed, by name."""
        listed = await self._session.list_tools()
        tools = [tool.model_dump(mode="json", by_alias=True) for tool in listed.tools]
        return {tool["name"]: tool for tool in tools}

    async def call(self, tool: str, **given: object) -> dict[str, Any]:
        """Call a tool; return what it answered."""
        called = await self._session.call_tool(tool, given)
        answer = called.model_dump(mode="json", by_alias=True)
        (content,) = answer["content"]
        result: dict[str, Any] = json.loads(content["text"])
        return result


async def _set_up_server(hass: HomeAssistant) -> None:
    """Set up Home Assistant's MCP server as its dialog does."""
    assert await async_setup_component(hass, "http", {})
    flow = await hass.config_entries.flow.async_init(SERVER, context={"source": "user"})
    asked = flow["data_schema"].schema if flow["data_schema"] else ()  # None from 2026.10 on.
    given = {str(key): [LLM_API_ASSIST] for key in asked}
    done = await hass.config_entries.flow.async_configure(flow["flow_id"], given)
    assert done["type"] is FlowResultType.CREATE_ENTRY, done
    await hass.async_block_till_done()


@asynccontextmanager
async def connected(
    hass: HomeAssistant, user: User, serve: ClientSessionGenerator
) -> AsyncIterator[McpClient]:
    """Connect to Home Assistant's MCP server, which listens on a port of this machine."""
    await _set_up_server(hass)
    refresh = await hass.auth.async_create_refresh_token(
        user,
        client_name="MCP",
        token_type=TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN,
        access_token_expiration=timedelta(days=3650),
    )
    token = hass.auth.async_create_access_token(refresh)
    address = (await serve(token)).make_url("/api/mcp")
    async with (
        httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_S) as http,
        streamable_http_client(str(address), http_client=http) as streams,
        ClientSession(streams[0], streams[1]) as session,
    ):
        await session.initialize()
        yield McpClient(session)
