"""HTTP: reads requests from a connection and writes the answers."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import struct
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from testcase.s3.chunked import DecodedBody, decodeAwsChunked, readHttpChunks
from testcase.s3.dispatch import Answer, answer, errorResponse
from testcase.s3.errors import S3Error
from testcase.s3.messages import Request, Response, splitTarget
from testcase.s3.service import Service

_XML = {"Content-Type": "application/xml"}
_NO_LINGER = struct.pack("ii", 1, 0)


class Listener(ThreadingHTTPServer):
    """The listening socket, always on loopback, and the connections that came from it."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_port = False
    request_queue_size = 256

    def __init__(self, port: int, service: Service) -> None:
        self.service = service
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for this machine's name, which can take seconds.
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of our concern."""

    def stop(self) -> None:
        """End `serve_forever` and every connection. The service has been told to stop before."""
        # Wakes the waiting thread at once; where it does not, it looks up twice a second.
        _hangUp(self.socket)
        self.shutdown()
        self.server_close()
        for connection in tuple(self.connections):
            _hangUp(connection)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive for as many requests as the client sends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)
        if self.server.service.stopping.is_set():
            # The listener may have been through its connections before this one was among them.
            _hangUp(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log_message(self, *args: Any) -> None:
        """Be quiet."""

    def handle_expect_100(self) -> bool:
        self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def respond(self) -> None:
        requestId = secrets.token_hex(8).upper()
        try:
            request = self._request()
        except S3Error as error:
            # Where the next request begins is not known any more.
            self.close_connection = True
            response = errorResponse(error, self.path.partition("?")[0], requestId)
            self._send(Answer(response), requestId)
            return
        self._send(answer(self.server.service, request, requestId), requestId)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = do_PATCH = respond

    def _request(self) -> Request:
        path, bucket, key, query = splitTarget(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        return Request(
            self.command,
            path,
            bucket,
            key,
            query,
            {**headers, **body.trailers},
            body.content,
        )

    def _body(self, headers: dict[str, str]) -> DecodedBody:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            raw = readHttpChunks(self.rfile)
        else:
            length = int(headers.get("content-length", "0"))
            raw = self.rfile.read(length)
            if len(raw) < length:
                raise S3Error("IncompleteBody")
        if not headers.get("x-amz-content-sha256", "").startswith("STREAMING-"):
            return DecodedBody(raw)
        body = decodeAwsChunked(raw)
        if len(body.content) != int(headers.get("x-amz-decoded-content-length", len(body.content))):
            raise S3Error("IncompleteBody")
        return body

    def _send(self, answer: Answer, requestId: str) -> None:
        if answer.response is None:
            self._reset()
            return
        response = answer.response
        body = b"" if self.command == "HEAD" else response.body
        if answer.cut:
            length = answer.cut.length
            body = body[: len(body) // 2 if length is None else length]
            self.close_connection = True
        self.wfile.write(self._head(response, requestId) + body)

    def _head(self, response: Response, requestId: str) -> bytes:
        isEmpty = response.status in (204, 304)
        headers = {
            "x-amz-id-2": requestId * 4,
            "x-amz-request-id": requestId,
            "Date": self.date_time_string(),
            "Server": "AmazonS3",
            **({} if "Content-Type" in response.headers or not response.body else _XML),
            **({} if isEmpty else {"Content-Length": str(len(response.body))}),
            **({"Connection": "close"} if self.close_connection else {}),
            **response.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        reason = responses.get(response.status, "Unknown")
        return f"HTTP/1.1 {response.status} {reason}\r\n{lines}\r\n".encode("iso-8859-1")

    def _reset(self) -> None:
        # Closing without lingering sends RST; detached, so that nobody sends FIN first.
        self.close_connection = True
        self.server.connections.discard(self.connection)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        os.close(self.connection.detach())


def _hangUp(connection: socket.socket) -> None:
    # One that is closed already needs no more.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
