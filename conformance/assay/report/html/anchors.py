"""Claims, responses, exchanges and places of the document → the names by which links of the page find them.

Percent-encoded, so that each is the same in an `id`, in a link and in the address bar.
"""

from urllib.parse import quote

_PLAIN = "/~,.-_"


def claim_anchor(claim: str) -> str:
    return f"claim={_quoted(claim)}"


def response_anchor(operation: str, response: str) -> str:
    return f"response={_quoted(operation)}/{_quoted(response)}"


def operation_anchor(operation: str) -> str:
    return f"operation={_quoted(operation)}"


def exchange_anchor(exchange: int) -> str:
    return f"exchange={exchange}"


def place_anchor(pointer: str) -> str:
    return f"at={_quoted(pointer)}"


def _quoted(text: str) -> str:
    return quote(text, safe=_PLAIN, errors="surrogatepass")
