"""What all requests share."""

from __future__ import annotations

import threading

from testcase.s3.faults import Faults
from testcase.s3.manners import Manners
from testcase.s3.messages import RequestRecord
from testcase.s3.store import Store
from testcase.s3.uploads import Uploads


class Service:
    """The state of a server: what it keeps and how it behaves."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.uploads = Uploads()
        self.faults = Faults()
        self.latency = 0.0
        self.pageSize = 1000
        self.manners = Manners()
        self.accessKey: str | None = None
        self.requesterPays = False
        self.holdsRetrievals = False
        self.retrievals: dict[tuple[str, bytes, str], int] = {}
        """The days for which versions were asked for from an archive."""
        self.requests: list[RequestRecord] = []
        self.stopping = threading.Event()
