"""Pages for people: the shop and its console, as HTML from the server, a third door beside the API and the command line."""
