"""The door of the dashboard: whoever may come in is let in and written down; everybody else is told what to do."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal, NoReturn

import streamlit as st

from dashboard.access import log
from dashboard.access.reader import Expired, NotSignedIn, Reader, current, session
from dashboard.catalogue import spoken
from dashboard.components.text import explain, paragraph
from dashboard.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_SIGNED_IN: Final = "access:signed-in"
_REFUSED: Final = "access:refused"
_PAGE: Final = "access:page"


def enter() -> Reader:
    """Let the reader in, or show why not, and end the run there: nothing of a release is opened before.

    Returns
    -------
    Reader
        Who reads.
    """
    try:
        reader = current()
        if reader.signed_in and st.session_state.get(_SIGNED_IN) != reader.who:
            log.record(reader.who, log.SIGN_IN)
            st.session_state[_SIGNED_IN] = reader.who
    except NotSignedIn:
        _ask()
    except Expired:
        _leave()
    except Problem as problem:
        _refuse(problem)
    _say(reader)
    return reader


def visit(reader: Reader, page: str) -> None:
    """Write down that a page is visited: once a visit, however often it runs."""
    if not reader.signed_in or st.session_state.get(_PAGE) == page:
        return
    try:
        log.record(reader.who, log.VIEW, page)
    except Problem as problem:
        _refuse(problem)
    st.session_state[_PAGE] = page


def closed(reader: Reader, page: str) -> Callable[[], None]:
    """Give what stands at the address of a page that is for other roles: a bookmark that a colleague has sent."""

    def stands() -> None:
        if reader.signed_in and st.session_state.get(_PAGE) != f"{log.REFUSED}:{page}":
            try:
                log.record(reader.who, log.REFUSED, page)
            except Problem as problem:
                _refuse(problem)
            st.session_state[_PAGE] = f"{log.REFUSED}:{page}"
        says = spoken()
        role = says.text(f"access.role.{reader.role}")
        explain(Problem("not_yours", page=says.text(f"{page}.title"), role=role))

    return stands


def _say(reader: Reader) -> None:
    """Say in a line at the head of the page who reads, or that nobody signs in."""
    says = spoken()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reader"):
        if not reader.signed_in:
            paragraph("reader", says.text("access.local"))
            return
        name = session().get("name")
        role = says.text(f"access.role.{reader.role}")
        paragraph("reader", f"{name} ({role})" if isinstance(name, str) and name else role)
        _sign_out_button("tertiary")


def _ask() -> NoReturn:
    says = spoken()
    st.title(says.text("app.title"), anchor=False)
    paragraph("lead", says.text("access.sign_in_lead"))
    paragraph("note", says.text("access.sign_in_note"))
    st.button(says.text("access.sign_in"), on_click=st.login, type="primary", key="sign-in")
    st.stop()


def _leave() -> NoReturn:
    """End a session whose time is over; the browser is sent to the sign-in page."""
    _signed_out()
    explain(Problem("expired"))
    st.logout()
    st.stop()


def _refuse(problem: Problem) -> NoReturn:
    """Show why nothing is shown, and the way out."""
    shown, who = problem, problem.said.get("who")
    if who and st.session_state.get(_REFUSED) != who:
        try:
            log.record(who, log.REFUSED)
            st.session_state[_REFUSED] = who
        except Problem as failed:
            shown = failed
    if shown.said.get("contact") == "":
        shown.said["contact"] = spoken().text("access.contact")
    explain(shown)
    if session().get("is_logged_in") is True:
        _sign_out_button("secondary")
    st.stop()


def _sign_out_button(kind: Literal["secondary", "tertiary"]) -> None:
    st.button(spoken().text("access.sign_out"), on_click=_sign_out, type=kind, key="sign-out")


def _sign_out() -> None:
    _signed_out()
    st.logout()


def _signed_out() -> None:
    """Write down that somebody left; nobody is kept from leaving because that cannot be written."""
    if who := st.session_state.pop(_SIGNED_IN, None):
        with suppress(Problem):
            log.record(who, log.SIGN_OUT)
