"""Sign-in through the company's own identity provider: OpenID Connect, or WeCom's dialect of OAuth.

A provider only says who somebody is there. Which of our people that is, is decided by a link that
was written down, or by one verified claim that the settings name; nobody is ever made from a claim.
"""
