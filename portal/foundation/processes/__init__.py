"""The processes of one machine: the web server, the worker, the clock and their queue server.

`portal up` (see `supervisor`) starts and owns them all; each can also be run alone by whoever
prefers their own service manager.
"""
