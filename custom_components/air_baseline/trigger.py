"""Triggers: the air became unusual or usual again, a range was learned or a change is suspected.

None fires from `unavailable`: a state that Home Assistant restores or reloads is not news.
"""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    NotTriggeredReasonReporter,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)

from .automation_bases import StatementTrigger
from .automation_targets import (
    CONF_MINIMUM_RARITY,
    RARITY_BELOW_MINIMUM,
    RARITY_OPTIONS,
    is_rare,
    reason_of,
)
from .const import ATTR_RARITY_DAYS
from .core.codes import LearningState
from .core.ledger.episode import EpisodeEnd


class UnusualTrigger(StatementTrigger, domain=BINARY_SENSOR_DOMAIN):
    """Fires when the air of a room becomes unusual, or usual again."""

    statement = "unusual"

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Attach the trigger; also report to the trace why the state of a room is unknown."""
        detach = await super().async_attach_runner(run_action, did_not_trigger)
        if did_not_trigger is None:
            return detach

        @callback
        def report_unknown(change: TargetStateChangedData) -> None:
            event = change.state_change_event
            state = event.data["new_state"]
            if state is not None and state.state == STATE_UNKNOWN:
                details = {"entity_id": state.entity_id, "days": state.attributes.get("days")}
                did_not_trigger(NotTriggeredInfo(reason_of(state), details), event.context)

        stop_reporting = await async_track_target_selector_state_change_event(
            self.hass, self.target, report_unknown, self.entity_filter
        )

        @callback
        def detach_both() -> None:
            stop_reporting()
            detach()

        return detach_both


class UnusualDetected(
    UnusualTrigger,
    begins=(STATE_OFF, STATE_UNKNOWN),
    ends=(STATE_ON,),
    options=RARITY_OPTIONS,
):
    """Fires once per episode, even if the state was unknown before it."""

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the required rarity."""
        super().__init__(hass, config)
        self._minimum: float = self.options.get(CONF_MINIMUM_RARITY, 0.0)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether a room is unusual, and as rarely as required; report if less rarely."""
        if not super().is_valid_state(state, report_not_triggered):
            return False
        if is_rare(state, self._minimum):
            return True
        report_not_triggered(
            RARITY_BELOW_MINIMUM,
            entity_id=state.entity_id,
            rarity_days=state.attributes.get(ATTR_RARITY_DAYS),
            minimum=self._minimum,
        )
        return False


class UnusualCleared(UnusualTrigger, begins=(STATE_ON,), ends=(STATE_OFF,)):
    """Fires when the air is back inside its range.

    It does not fire if that is no longer known, or if the episode ended as lasting.
    """

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether the air is back inside its range; report if the episode ended as lasting."""
        if not super().is_valid_state(state, report_not_triggered):
            return False
        outcome = state.attributes.get("outcome")
        if outcome != EpisodeEnd.LASTING:
            return True
        report_not_triggered(outcome, entity_id=state.entity_id)
        return False


class LearningTrigger(StatementTrigger, domain=SENSOR_DOMAIN):
    """Fires when learning itself changes; the end of a pause or of a silence is not news."""

    statement = "learning"


class RangeLearned(
    LearningTrigger,
    begins=(
        LearningState.COLLECTING,
        LearningState.PROVISIONAL,
        LearningState.CHANGING,
        LearningState.STALE,
    ),
    ends=(LearningState.LEARNED,),
):
    """Fires when a range is learned, for the first time or again."""


class ChangeSuspected(LearningTrigger, begins=LearningState, ends=LearningState):
    """Fires when a lasting change is suspected, whatever the learning state."""

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Tell whether another day is suspected than before."""
        before = from_state.attributes.get("suspected_since")
        return before != to_state.attributes.get("suspected_since")

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether a lasting change is suspected."""
        return state.attributes.get("suspected_since") is not None


TRIGGERS: dict[str, type[Trigger]] = {
    "unusual_detected": UnusualDetected,
    "unusual_cleared": UnusualCleared,
    "range_learned": RangeLearned,
    "change_suspected": ChangeSuspected,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return TRIGGERS
