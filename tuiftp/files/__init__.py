"""A place with files: what both panes and the queue need of one, and the local disk as the first such place."""

from tuiftp.files.endpoint import Capabilities, Endpoint, EndpointPool, Listing, Progress

__all__ = ["Capabilities", "Endpoint", "EndpointPool", "Listing", "Progress"]
