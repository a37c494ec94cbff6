"""Webhooks: addresses outside the shop that are told what happens in it."""

from retail_domain.kernel.destinations import Destinations as Destinations
from retail_domain.kernel.ids import WebhookId as WebhookId
from retail_domain.webhooks.errors import (
    TooManyWebhooks as TooManyWebhooks,
    WebhookNotFound as WebhookNotFound,
)
from retail_domain.webhooks.events import EVENTS as EVENTS, WebhookStopped as WebhookStopped
from retail_domain.webhooks.facade import WebhookDesk as WebhookDesk
from retail_domain.webhooks.model import (
    SecretSeed as SecretSeed,
    Telling as Telling,
    TellingState as TellingState,
    Tries as Tries,
    TryAnswer as TryAnswer,
    Untold as Untold,
    Webhook as Webhook,
    WebhookState as WebhookState,
)
from retail_domain.webhooks.ports import (
    Tellings as Tellings,
    WebhookLetter as WebhookLetter,
    Webhooks as Webhooks,
    WebhookSender as WebhookSender,
    WebhooksWork as WebhooksWork,
)
from retail_domain.webhooks.queries import (
    TellingView as TellingView,
    WebhookQueries as WebhookQueries,
    WebhookView as WebhookView,
)
from retail_domain.webhooks.use_cases.deciding import (
    ChangeWebhook as ChangeWebhook,
    CreateWebhook as CreateWebhook,
    ReleaseTellings as ReleaseTellings,
    ReplayTellings as ReplayTellings,
    WebhookRules as WebhookRules,
    WebhookSecret as WebhookSecret,
)
