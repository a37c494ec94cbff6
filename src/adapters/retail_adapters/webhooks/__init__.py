"""How webhooks leave the shop."""

from retail_adapters.webhooks.sending import HttpSender as HttpSender, http_sender as http_sender
