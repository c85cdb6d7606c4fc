"""A document carries out what was given to it and nothing else."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from wattquery.pages import content_security_policy, element, page


def told(text):
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_the_policy_has_the_hash_of_what_stands_in_the_page():
    text = page("T", element("p", "x"), styles=["p { color: red }"], scripts=["let a = 1"], data={"of": ["</script>"]})
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#x27;", "'")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert f"style-src {told(style)}" in policy
    assert f"script-src {told(script)}" in policy
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    assert text.count("</script>") == 2
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_without_scripts_none_are_allowed():
    assert "script-src" not in content_security_policy(styles=["x"])


def test_a_title_is_text():
    assert "<title>&lt;/title&gt;</title>" in page("</title>", element("p"))


@pytest.mark.parametrize("text", ["</script >", "</STYLE>", "<!-- x", "a\r\nb"])
def test_what_would_end_its_own_element_is_refused(text):
    with pytest.raises(ValueError, match="must not hold"):
        page("T", element("p"), scripts=[text])
