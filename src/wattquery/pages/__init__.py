"""Pages for a browser that stand in one file: text that is inert, what a page may load, and the page itself.

``escaping``  text from anywhere as HTML that is only text, elements, links, data for a script
``policy``    the content security policy of a page, with the hashes of what stands in it
``cards``     results and specifications as notebooks show them
``page``      a whole document of one file

Standard library only, and nothing here knows what a page is about. No part of a page is text until `escaped` has seen
it: whatever is not `Html` already goes through that one function.
"""

from __future__ import annotations

from wattquery.pages.escaping import Html, data_for_script, element, escaped, joined, link, web_address
from wattquery.pages.page import page
from wattquery.pages.policy import content_security_policy

__all__ = [
    "Html",
    "content_security_policy",
    "data_for_script",
    "element",
    "escaped",
    "joined",
    "link",
    "page",
    "web_address",
]
