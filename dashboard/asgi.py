"""The dashboard as it is served: ``streamlit run dashboard/asgi.py``, under a policy that lets no foreign script run.

The same pages run as ``streamlit run dashboard/app.py``, without the policy and with more of Streamlit's own addresses
open.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.access.headers import Guarded, content_security_policy
from dashboard.components.square_map.tiles import configured, origin
from dashboard.components.text import explain
from dashboard.problem import Problem
from dashboard.prompt import Prompt


def explained(error: Exception) -> bool:
    """Tell the reader in plain words what went wrong, as far as it is known; the server's log has the rest."""
    explain(error if isinstance(error, Problem) else Problem("unexpected"))
    return True


app = st.App(
    Path(__file__).with_name("app.py"),
    on_script_error=explained,
    middleware=[
        Middleware(Prompt),
        Middleware(Guarded, policy=content_security_policy(origin(configured()))),
    ],
)
