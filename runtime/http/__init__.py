"""An HTTP/1.1 server core on h11 (the protocol, no sockets) and anyio (the sockets, no protocol).

Shared by the Engine API, the registry and the swarm. It does what ASGI servers cannot: hand the raw connection to
a handler (`docker attach`, `docker exec -it`), and keep writing to a TLS client that has closed its half.
"""
