"""Who may see what: one file of rules, the verified session, the release of the reader's audience, a log of visits.

Who somebody is comes from the signed cookie of ``st.login`` alone; what a page's address or state says counts nothing.
"""
