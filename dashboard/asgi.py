"""The dashboard as it is served: ``streamlit run dashboard/asgi.py``, under a policy that lets no foreign script run.

The same pages run as ``streamlit run dashboard/app.py``, without the policy and with more of Streamlit's own addresses
open.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.access.headers import Guarded, content_security_policy
from dashboard.components.square_map.tiles import configured, origin

app = st.App(
    Path(__file__).with_name("app.py"),
    middleware=[Middleware(Guarded, policy=content_security_policy(origin(configured())))],
)
