"""Assistants for tests: a model that follows a script, in Home Assistant's own conversation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
import json
from typing import Any, Literal, override

from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
    SystemContent,
    ToolResultContent,
)
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.llm import LLM_API_ASSIST, APIInstance, Tool, ToolInput
from homeassistant.setup import async_setup_component
import probatio

from tests.conftest import DOMAIN
from tests.home import found

MODEL = "conversation.scripted"

type Turn = Callable[[list[dict[str, Any]]], tuple[str, dict[str, Any]]]


def call(tool: str, **given: object) -> Turn:
    """Return a step of the script: the model calls one of our tools."""
    return lambda _: (f"{DOMAIN}__{tool}", given)


def record() -> Turn:
    """Return a step of the script: the model records what it proposed last."""

    def step(results: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        tokens = [result["token"] for result in results if "token" in result]
        return f"{DOMAIN}__record_answer", {"token": tokens[-1]}

    return step


class ScriptedModel(ConversationEntity):
    """A model that calls what its script says, and repeats what the tools answered."""

    entity_id = MODEL
    _attr_name = "Scripted"

    def __init__(self) -> None:
        self.script: list[Turn] = []
        self.results: list[dict[str, Any]] = []
        self.api: APIInstance | None = None
        self.prompt = ""

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return "*"

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context("scripted"), LLM_API_ASSIST, None, None
        )
        system = chat_log.content[0]
        assert isinstance(system, SystemContent)
        self.api, self.prompt = chat_log.llm_api, system.content
        said = []
        for turn in self.script:
            name, given = turn(self.results)
            calls = AssistantContent(
                agent_id=MODEL, tool_calls=[ToolInput(tool_name=name, tool_args=given)]
            )
            async for content in chat_log.async_add_assistant_content(calls):
                assert isinstance(content, ToolResultContent)
                result = content.result if hasattr(content, "result") else content.tool_result
                self.results.append(json.loads(json.dumps(data_of(result))))
                said += spoken(self.results[-1])
        reply = " ".join(said)
        chat_log.async_add_assistant_content_without_tools(
            AssistantContent(agent_id=MODEL, content=reply)
        )
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech(reply)
        return ConversationResult(response, chat_log.conversation_id)


def ours(api: APIInstance) -> list[Tool]:
    """Return our tools; before Home Assistant 2026.10, others do not say whose they are."""
    return [tool for tool in api.tools if getattr(tool, "integration", None) == DOMAIN]


def data_of(result: Any) -> Any:  # noqa: ANN401 - as a tool gives it
    """Return the data of what a tool gave; before Home Assistant 2026.10, there is nothing else."""
    return getattr(result, "data", result)


def _annotations(tool: Tool) -> dict[str, bool] | None:
    """Return what a tool says that it does; before Home Assistant 2026.10, nothing."""
    said: Any = tool.annotations
    names = ("read_only", "destructive", "idempotent", "open_world")
    return {name: getattr(said, name) for name in names} if said else None


def spoken(result: dict[str, Any]) -> list[str]:
    """Return what a careful model says of the result of a tool."""
    answers = [answer["answer"] for answer in result.get("answers", ())]
    texts = [*answers, result.get("answer"), result.get("error"), result.get("credit")]
    return [text for text in texts if text]


@dataclass
class Assistant:
    """Home Assistant's conversation, spoken to by somebody."""

    hass: HomeAssistant
    user: User | None
    model: ScriptedModel = field(default_factory=ScriptedModel)
    talk: list[dict[str, Any]] = field(default_factory=list)
    _conversation: str | None = None

    async def set_up(self) -> None:
        for component in ("homeassistant", "conversation"):
            assert await async_setup_component(self.hass, component, {})
        await self.hass.data[conversation.DATA_COMPONENT].async_add_entities([self.model])
        await self.hass.async_block_till_done()

    def expose(self, *entity_ids: str, exposed: bool = True) -> None:
        """Expose entities; ours are found under ids of `give_ids`."""
        for entity_id in entity_ids:
            async_expose_entity(self.hass, "conversation", found(self.hass, entity_id), exposed)

    def begin(self) -> None:
        """Begin another conversation; the model still knows what the tools told."""
        self._conversation = None

    async def say(self, text: str, *script: Turn, language: str = "en", agent: str = MODEL) -> str:
        """Say something, to which the model follows its script; return its reply."""
        self.model.script = list(script)
        before = len(self.model.results)
        answer = await self.hass.services.async_call(
            "conversation",
            "process",
            {
                "text": text,
                "agent_id": agent,
                "language": language,
                **({"conversation_id": self._conversation} if self._conversation else {}),
            },
            blocking=True,
            return_response=True,
            context=Context(user_id=self.user.id if self.user else None),
        )
        assert answer is not None
        self._conversation = str(answer["conversation_id"])
        speech: Any = answer["response"]
        reply = str(speech["speech"]["plain"]["speech"])
        results = self.model.results[before:]
        self.talk.append({"person": text, "tools": _without_tokens(results), "assistant": reply})
        return reply

    def tools(self) -> list[dict[str, Any]]:
        """Return our tools as a model is told of them."""
        assert self.model.api is not None
        return [
            {
                "name": tool.name,
                "title": tool.title,
                "description": tool.description,
                "parameters": probatio.to_openapi(
                    tool.parameters, custom_serializer=self.model.api.custom_serializer
                ),
                "annotations": _annotations(tool),
            }
            for tool in ours(self.model.api)
        ]


def _without_tokens(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [result | ({"token": "…"} if "token" in result else {}) for result in results]
