"""The server of the page: its files, and the eraser as an HTTP API."""
