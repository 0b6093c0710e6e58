"""The same page under a policy that lets no script run but those of its own files."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware

if TYPE_CHECKING:
    from starlette.middleware.base import RequestResponseEndpoint
    from starlette.requests import Request
    from starlette.responses import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'self'"
)


class _Strict(BaseHTTPMiddleware):
    async def dispatch(self, request: "Request", call_next: "RequestResponseEndpoint") -> "Response":
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response


app = st.App(str(Path(__file__).with_name("square_map_app.py")), middleware=[Middleware(_Strict)])
