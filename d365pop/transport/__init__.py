"""HTTP with one retry policy; knows nothing of what the requests mean."""

from d365pop.transport.message import Headers, Request, Response, Sender
from d365pop.transport.retry import RetryPolicy, Transport
from d365pop.transport.url import host_of, is_loopback, origin_of

__all__ = [
    "Headers",
    "Request",
    "Response",
    "RetryPolicy",
    "Sender",
    "Transport",
    "host_of",
    "is_loopback",
    "origin_of",
]
