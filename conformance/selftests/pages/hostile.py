"""A document and a server that say what would run, repaint or mislead, wherever they have a say."""

from typing import Any

from selftests.running.miniatures import KEY, Answer, Asked

ATTACK = (
    "</script></style></pre><script>window.taken=1</script><img src=x onerror=window.taken=2>"
    "<svg onload=window.taken=3>"
)
"""`window.taken` is there as soon as any of it is more than text."""

_QUOTED = f"\"'`{ATTACK}"

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": ATTACK, "version": _QUOTED, "description": ATTACK},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": ATTACK,
                "summary": ATTACK,
                "security": [{"key": []}],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "description": ATTACK,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "401": {"description": _QUOTED},
                    "404": {"description": _QUOTED},
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Thing": {
                "type": "object",
                "required": [ATTACK, _QUOTED],
                "properties": {ATTACK: {"type": "integer"}, _QUOTED: {"const": ATTACK}},
                "x-relations": [{"kind": "constant", "fields": [f"/{_QUOTED.replace('/', '~1')}"], "sentence": ATTACK}],
            }
        },
    },
}


def server(asked: Asked) -> Answer:
    headers = (("X-Request-Id", _QUOTED), ("X-Other", ATTACK), ("X-Turned", "\xe2\x80\xae"))
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return Answer(401, {"error": ATTACK}, headers)
    if not asked.path.startswith("/things/one"):
        return Answer(404, {"error": ATTACK}, headers)
    return Answer(200, {ATTACK: ATTACK, _QUOTED: _QUOTED, "\u202eturned": "\x1b[2J"}, headers)


def target(url: str) -> str:
    return f"""\
name = '{ATTACK}'
base_url = "{url}"
[credentials.default]
bearer = "{KEY}"
[states.'{ATTACK} 200']
path = {{ id = "one" }}
[excluded.'{ATTACK} 404']
reason = '{ATTACK}'
owner = '{ATTACK}'
"""
